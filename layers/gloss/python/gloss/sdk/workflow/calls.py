"""What the public SDK asks of the tasks of a stage."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from gloss.domain.access import Caller
from gloss.domain.errors import Fault, Invalid
from gloss.domain.model import DataId, DatasetId, ProjectId, TaskId, UserId, Value
from gloss.domain.project import Project
from gloss.domain.workflow.actions import Approve, Assign, Move, Proceed, Reject, Release, Requested, Submit
from gloss.domain.workflow.graph import AgentStage, Stage, StageKind
from gloss.domain.workflow.label_rows import row_id_of
from gloss.domain.workflow.task import Task, TaskStatus
from gloss.kinds.workflow import BRANCH_ROWS, branch_row_key
from gloss.ports import Ports, Store
from gloss.sdk.naming import pathway_of, stage_of
from gloss.sdk.people import emails_of, users_of
from gloss.sdk.wire import Results
from gloss.sdk.workflow.shapes import (
    ActionDto,
    ApproveDto,
    AssignDto,
    Handing,
    Known,
    MoveDto,
    PathwayDto,
    PrioritiesDto,
    RejectDto,
    ReleaseDto,
    SubmitDto,
    TasksQuery,
    task_dto,
)
from gloss.services import browsing, uniting, urging
from gloss.services.browsing import StageFilter
from gloss.services.queueing import Turn
from gloss.services.situating import project_of
from gloss.services.uniting import Wanted

STATUSES: Final = {status.value: status for status in TaskStatus}


class StageRef(Value):
    """Which stage of which project, as the path names it."""

    project_id: ProjectId
    stage_uuid: str

    def found(self, project: Project) -> Stage:
        """The stage; raises NotFound."""
        return stage_of(self.stage_uuid, project.id, project.workflow)


def tasks(where: StageRef, asked: TasksQuery, caller: Caller, ports: Ports) -> Results[dict[str, Any]]:
    """A page of a stage's tasks, people by e-mail."""
    project = project_of(where.project_id, ports.store)
    stage = where.found(project)
    wanted = _filter(project, stage, asked, ports.store)
    page = browsing.of_stage(project, wanted, Turn(token=asked.page_token), caller, ports)
    known = Known(emails_of(_people(page.entries), ports.store), _rows(page.entries, stage, ports.store))
    return Results(
        results=[task_dto(task, stage.kind, known) for task in page.entries], next_page_token=page.next_token
    )


def _people(found: Sequence[Task]) -> Iterator[UserId | None]:
    for task in found:
        yield from (task.assignee, task.last_actioned_by)
        yield from (person for subtask in task.subtasks for person in subtask.people)


def _rows(found: Sequence[Task], stage: Stage, store: Store) -> frozenset[str]:
    """The label rows that the annotators of these tasks have made; only a consensus review tells of them."""
    if stage.kind is not StageKind.CONSENSUS_REVIEW:
        return frozenset()
    ids = [row_id_of(task.id, subtask.branch) for task in found for subtask in task.subtasks]
    return frozenset(row.id for row in store.get_many(BRANCH_ROWS, [branch_row_key(id_) for id_ in ids]))


def act(where: StageRef, asked: list[ActionDto], caller: Caller, ports: Ports) -> None:
    """Do all of the actions, or none."""
    project = project_of(where.project_id, ports.store)
    stage = where.found(project)
    people = _assignees(asked, project, ports.store)
    wanted = [Wanted(task_id=TaskId(it.task_uuid.lower()), action=_action(it, project, stage, people)) for it in asked]
    uniting.act(project, stage.id, wanted, caller, ports)


def move(where: StageRef, asked: MoveDto, caller: Caller, ports: Ports) -> None:
    """Put all of the tasks into another stage, or none."""
    project = project_of(where.project_id, ports.store)
    destination = stage_of(asked.destination_stage_uuid, project.id, project.workflow)
    action = Move(destination=destination.id)
    wanted = [Wanted(task_id=TaskId(uuid.lower()), action=action) for uuid in asked.task_uuids]
    uniting.act(project, where.found(project).id, wanted, caller, ports)


def prioritise(project_id: ProjectId, asked: PrioritiesDto, caller: Caller, ports: Ports) -> None:
    """Give the tasks of these data units their priorities; of two for one, the last counts."""
    wanted = {DataId(data_hash.lower()): priority for data_hash, priority in asked.priorities}
    urging.prioritise(project_of(project_id, ports.store), wanted, caller, ports)


def _filter(project: Project, stage: Stage, asked: TasksQuery, store: Store) -> StageFilter:
    people = users_of(asked.user_emails, project.org_id, store) if asked.user_emails else {}
    return StageFilter(
        stage=stage.id,
        assignees=frozenset(people.values()) if asked.user_emails else None,
        statuses=frozenset(STATUSES[it] for it in asked.statuses if it in STATUSES) if asked.statuses else None,
        data_ids=frozenset(DataId(it.lower()) for it in asked.data_hashes) if asked.data_hashes else None,
        dataset_ids=frozenset(DatasetId(it.lower()) for it in asked.dataset_hashes) if asked.dataset_hashes else None,
        title_contains=asked.data_title_contains or "",
    )


def _assignees(asked: Iterable[ActionDto], project: Project, store: Store) -> Mapping[str, UserId]:
    """The people whom actions name; raises Invalid when one is unknown."""
    emails = {it.assignee for it in asked if isinstance(it, Handing | AssignDto) and it.assignee}
    known = users_of(emails, project.org_id, store) if emails else {}
    faults = [Fault("assignee", f"{email} is nobody's e-mail address here") for email in sorted(emails - known.keys())]
    if faults:
        raise Invalid("An action names somebody unknown.", faults)
    return known


def _action(asked: ActionDto, project: Project, stage: Stage, people: Mapping[str, UserId]) -> Requested:
    if isinstance(asked, PathwayDto):
        return Proceed(pathway=_pathway(asked, project, stage))
    return ACTIONS[type(asked)](asked, people.get(getattr(asked, "assignee", None) or ""))


def _pathway(asked: PathwayDto, project: Project, stage: Stage) -> str:
    """By name, or by UUID; what is neither is refused by the rules with the names that there are."""
    if asked.pathway_uuid and isinstance(stage, AgentStage):
        return pathway_of(asked.pathway_uuid, project.id, stage) or asked.pathway_uuid
    if not asked.pathway_name:
        raise Invalid("Name a pathway.", [Fault("pathwayName", "is missing, as is pathwayUuid")])
    return asked.pathway_name


def _submit(asked: SubmitDto, assignee: UserId | None) -> Requested:
    return Submit(
        assignee=assignee, retain_assignee=asked.retain_assignee, resolve_label_reviews=asked.resolve_label_reviews
    )


def _approve(asked: ApproveDto, assignee: UserId | None) -> Requested:
    return Approve(
        assignee=assignee, retain_assignee=asked.retain_assignee, approve_label_reviews=asked.approve_label_reviews
    )


def _reject(asked: RejectDto, assignee: UserId | None) -> Requested:
    return Reject(
        assignee=assignee, retain_assignee=asked.retain_assignee, reject_label_reviews=asked.reject_label_reviews
    )


def _assign(_asked: AssignDto, assignee: UserId) -> Requested:
    return Assign(assignee=assignee)


def _release(_asked: ReleaseDto, _assignee: UserId | None) -> Requested:
    return Release()


ACTIONS: Final[Mapping[type, Callable[[Any, Any], Requested]]] = {
    SubmitDto: _submit,
    ApproveDto: _approve,
    RejectDto: _reject,
    AssignDto: _assign,
    ReleaseDto: _release,
}

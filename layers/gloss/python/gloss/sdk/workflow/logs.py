"""What the public SDK asks about single steps: the log of a project, one entry a step, save or edit of a label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import Field

from gloss.domain.access import Role
from gloss.domain.attendance import saving_session
from gloss.domain.identity import User
from gloss.domain.labels.differing import Edit
from gloss.domain.model import DataId, ProjectId, UserId
from gloss.domain.ontology import ObjectClass, Structure
from gloss.domain.project import Project
from gloss.domain.workflow.chronicle import Entry, LogFilter
from gloss.domain.workflow.graph import StageKind
from gloss.domain.workflow.task import Task
from gloss.kinds.catalog import ONTOLOGIES
from gloss.kinds.identity import USERS
from gloss.kinds.workflow import TASKS, task_key
from gloss.ports import Key, Ports
from gloss.sdk.asking import Asking, Moment
from gloss.sdk.labels.listing import DATA_TYPES
from gloss.sdk.naming import organisation_number, stage_uuid
from gloss.sdk.people import users_of
from gloss.sdk.projects.shapes import STAGE_TYPES
from gloss.sdk.wire import Results
from gloss.services import chronicling, fetching
from gloss.services.authorising import roles_of
from gloss.services.queueing import Turn
from gloss.services.situating import project_of

PAGE: Final = 500
#: The SDK's log has no word for the stages of agents.
LOGGED_TYPES: Final[Mapping[StageKind, str]] = {
    kind: word for kind, word in STAGE_TYPES.items() if kind is not StageKind.AGENT
}
NOBODY: Final = UserId("")


class LogAsking(Asking):
    """Which entries are wanted; times without a zone are UTC."""

    start_time: Moment
    end_time: Moment
    action: str | None = Field(default=None, max_length=100)
    actor_user_email: str | None = Field(default=None, max_length=254)
    workflow_stage_id: str | None = Field(default=None, max_length=100)
    data_unit_id: str | None = Field(default=None, max_length=100)
    page_token: str | None = Field(default=None, max_length=2048)


def entries(project_id: ProjectId, asked: LogAsking, ports: Ports) -> Results[dict[str, Any]]:
    """A page of the project's log; raises Invalid for a span of more than 31 days."""
    project = project_of(project_id, ports.store)
    page = chronicling.entries(project, _filter(project, asked, ports), Turn(limit=PAGE, token=asked.page_token), ports)
    around = _Around.of(project, page.entries, ports) if page.entries else None
    return Results(results=[_entry(it, around) for it in page.entries if around], next_page_token=page.next_token)


def _filter(project: Project, asked: LogAsking, ports: Ports) -> LogFilter:
    """Somebody or a stage that is not there has done nothing."""
    people = users_of([asked.actor_user_email], project.org_id, ports.store) if asked.actor_user_email else {}
    stages = {stage_uuid(project.id, stage.id): stage.id for stage in project.workflow.stages}
    named = stages.get(asked.workflow_stage_id.lower(), "") if asked.workflow_stage_id else None
    return LogFilter.model_validate(
        {
            "project_id": project.id,
            "after": asked.start_time,
            "before": asked.end_time,
            "action": asked.action,
            "actor": next(iter(people.values()), NOBODY) if asked.actor_user_email else None,
            "stage": named,
            "data_id": DataId(asked.data_unit_id.lower()) if asked.data_unit_id else None,
        }
    )


@dataclass(frozen=True)
class _Around:
    """What the entries of a page share, each read once."""

    project: Project
    structure: Structure
    tasks: Mapping[str, Task]
    people: Mapping[str, User]
    roles: Mapping[UserId, Role]
    datasets: Mapping[str, str]

    @classmethod
    def of(cls, project: Project, told: Sequence[Entry], ports: Ports) -> "_Around":
        store = ports.store
        actors = sorted({entry.actor for entry in told})
        tasks = store.get_many(TASKS, [task_key(id_) for id_ in sorted({entry.task for entry in told})])
        return cls(
            project=project,
            structure=store.get(ONTOLOGIES, Key(f"ONTOLOGY#{project.ontology_id}")).structure,
            tasks={task.id: task for task in tasks},
            people={user.id: user for user in store.get_many(USERS, [Key(f"USER#{id_}") for id_ in actors])},
            roles=roles_of(actors, f"project:{project.id}", store),
            datasets=fetching.dataset_titles([task.dataset_id for task in tasks], store),
        )


def _entry(entry: Entry, around: _Around) -> dict[str, Any]:
    return {
        "id": entry.id,
        "action": entry.action,
        "actionCategory": entry.category,
        "timestamp": entry.at.isoformat(),
        "branchName": entry.branch,
        "workflowTaskId": entry.task,
        "labelId": entry.row,
        "sessionId": saving_session(entry.actor, entry.task),
        **_actor(entry.actor, around),
        **_project(around.project),
        **_unit(around.tasks[entry.task], around.datasets),
        **_stage(entry, around.project),
        **(_label(entry.edit, around.structure) if entry.edit else {}),
    }


def _actor(actor: UserId, around: _Around) -> dict[str, Any]:
    """Somebody who has left the project has no role on it."""
    person, role = around.people.get(actor), around.roles.get(actor)
    return {
        "actorUserId": actor,
        "actorUserEmail": person.email if person else "",
        "actorOrganisationId": organisation_number(person.org_id if person else around.project.org_id),
        "projectUserRole": role.value if role else "",
        "projectOrganisationUserRole": person.org_role.value if person else "",
    }


def _project(project: Project) -> dict[str, Any]:
    return {
        "projectId": project.id,
        "projectOrganisationId": organisation_number(project.org_id),
        "ontologyId": project.ontology_id,
    }


def _unit(task: Task, datasets: Mapping[str, str]) -> dict[str, Any]:
    return {
        "dataUnitId": task.data_id,
        "dataUnitTitle": task.title,
        "dataUnitDataType": DATA_TYPES[task.media_kind],
        "dataUnitDatasetId": task.dataset_id,
        "dataUnitDatasetTitle": datasets.get(task.dataset_id, ""),
    }


def _stage(entry: Entry, project: Project) -> dict[str, Any]:
    stage = next((it for it in project.workflow.stages if it.id == entry.stage), None)
    return {
        "workflowStageId": stage_uuid(project.id, entry.stage),
        "workflowStageType": LOGGED_TYPES.get(stage.kind, "") if stage else "",
        "workflowStageTitle": stage.title if stage else "",
    }


def _label(edit: Edit, structure: Structure) -> dict[str, Any]:
    """A class that the ontology has no more has no name."""
    known = structure.features.get(edit.feature)
    root = known.root if known else None
    named = root.name if isinstance(root, ObjectClass) else root.attribute.name if root else ""
    label = {"labelName": named, "featureId": edit.feature, "labelRanges": edit.ranges}
    if edit.label_type == "classification":
        return label | {"classificationHash": edit.label_id}
    return label | {
        "objectShape": root.shape.value if isinstance(root, ObjectClass) else "",
        "objectHash": edit.label_id,
        "objectCurrentFrame": edit.frame,
        "objectId": edit.number,
    }

"""What one batch of a bulk job does to its data units or tasks; doing it twice leaves them as once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from gloss.domain import bulk
from gloss.domain.access import Caller
from gloss.domain.bulk import (
    ActOnTasks,
    BulkJob,
    CreateTasks,
    Failure,
    ReleaseTasks,
    RemoveTasks,
    Repeatable,
    SaveUploaded,
    SendToAnnotate,
)
from gloss.domain.errors import GlossError, Invalid, Throttled
from gloss.domain.model import DataId, TaskId, UserId
from gloss.domain.project import Project
from gloss.domain.workflow.actions import Release
from gloss.domain.workflow.issues import NewIssue
from gloss.kinds.catalog import DATA_ROWS, data_row_key
from gloss.kinds.workflow import ISSUES, issue_key
from gloss.ports import Ports, Store
from gloss.services import advancing, conveying, discussing, entering
from gloss.services.authorising import roles_of
from gloss.services.conveying import Haul
from gloss.services.locating import Outlook
from gloss.services.situating import TaskPath, project_of, situation

#: So many faults of a row that was refused are told.
FAULTS_TOLD: Final = 20


@dataclass(frozen=True)
class Site:
    """The task at which a job is at work."""

    job: BulkJob
    project: Project
    task_id: TaskId

    @property
    def path(self) -> TaskPath:
        return TaskPath(project_id=self.project.id, task_id=self.task_id)


class InTurn:
    """The same ids in turn, so that a comment that is tried again cannot be made twice."""

    def __init__(self, *ids: str) -> None:
        self._ids = cycle(ids)

    def new(self) -> str:
        return next(self._ids)


def carry_out(job: BulkJob, units: Sequence[str], ports: Ports) -> list[Failure] | None:
    """Do the job's operation to these units; those that were left as they were, or None when there is more to do."""
    match job.operation:
        case CreateTasks() as operation:
            return _create(operation, units, job.caller, ports)
        case RemoveTasks() as operation:
            return _remove(operation, units, job.caller, ports)
        case ActOnTasks(apply=action):
            return _each(_sites(job, units, ports), lambda site: _act_once(action, site, ports))
        case SendToAnnotate() as sending:
            return _each(_sites(job, units, ports), lambda site: _send(sending, site, ports))
        case ReleaseTasks() as leaving_them:
            people = gone(leaving_them, ports.store)
            return _each(_sites(job, units, ports), lambda site: _release(people, site, ports))
        case SaveUploaded() as saving:
            return _saved(saving, _sites(job, units, ports), ports)


def _create(operation: CreateTasks, units: Sequence[str], caller: Caller, ports: Ports) -> list[Failure]:
    """Enter the tasks; when the dataset leaves the project at the same time they go again, whoever was first."""
    gone = _entered(operation, units, caller, ports) if _is_on(operation, ports) else set[str]()
    if _is_on(operation, ports):
        return _left(gone, "The data unit left the dataset meanwhile.")
    _withdrawn(operation, units, caller, ports)
    return _left(units, "The dataset left the project meanwhile.")


def _remove(operation: RemoveTasks, units: Sequence[str], caller: Caller, ports: Ports) -> list[Failure]:
    """Take the tasks away; when the dataset comes back at the same time they come again, whoever was first."""
    if not _is_on(operation, ports):
        _withdrawn(operation, units, caller, ports)
    if not _is_on(operation, ports):
        return []
    _entered(operation, units, caller, ports)
    return _left(units, "The dataset came back to the project meanwhile.")


def _is_on(operation: CreateTasks | RemoveTasks, ports: Ports) -> bool:
    return operation.dataset_id in project_of(operation.project_id, ports.store).dataset_ids


def _entered(operation: CreateTasks | RemoveTasks, units: Sequence[str], caller: Caller, ports: Ports) -> set[str]:
    """Make the tasks of data units; those that are in the dataset no more."""
    rows = ports.store.get_many(DATA_ROWS, [data_row_key(operation.dataset_id, unit) for unit in units])
    entering.enter(project_of(operation.project_id, ports.store), rows, caller.user_id, ports)
    return set(units) - {row.id for row in rows}


def _withdrawn(operation: CreateTasks | RemoveTasks, units: Sequence[str], caller: Caller, ports: Ports) -> None:
    entering.withdraw(
        project_of(operation.project_id, ports.store), [DataId(unit) for unit in units], caller.user_id, ports
    )


def _left(units: Iterable[str], reason: str) -> list[Failure]:
    return [Failure(unit=unit, reason=reason) for unit in sorted(units)]


def _send(operation: SendToAnnotate, site: Site, ports: Ports) -> None:
    for action in bulk.actions_of(operation):
        _act_once(action, site, ports)
    if operation.comment:
        _comment_once(operation.comment, site, ports)


def _saved(operation: SaveUploaded, sites: Sequence[Site], ports: Ports) -> list[Failure] | None:
    more = list[bool]()
    failed = _each(sites, lambda site: more.append(_carry_on(operation, site, ports)))
    return None if any(more) else failed


def _carry_on(operation: SaveUploaded, site: Site, ports: Ports) -> bool:
    outlook = Outlook.of(operation.project_id, site.job.caller, ports)
    save_id = str(uuid5(NAMESPACE_URL, f"bulk:{site.job.id}:{site.task_id}:save"))
    haul = Haul(site.job.id, site.task_id, operation.upload_key, save_id, site.job.created_at)
    return conveying.carry_on(haul, site.job.caller, outlook, ports)


def gone(operation: ReleaseTasks, store: Store) -> list[UserId]:
    """Those who work on the project no more; who has a role by a group, or came back, keeps the tasks."""
    staying = roles_of(operation.people, f"project:{operation.project_id}", store)
    return [person for person in operation.people if person not in staying]


def _release(people: Sequence[UserId], site: Site, ports: Ports) -> None:
    met = situation(site.path, site.job.caller, ports)
    if met.present.assignee in people:
        advancing.act(site.path, Release(version=met.task.version), site.job.caller, ports)


def _act_once(action: Repeatable, site: Site, ports: Ports) -> None:
    met = situation(site.path, site.job.caller, ports)
    if not bulk.is_done(met.present, action, site.project.workflow):
        advancing.act(site.path, action, site.job.caller, ports)


def _comment_once(comment: str, site: Site, ports: Ports) -> None:
    issue_id, event_id = (str(uuid5(NAMESPACE_URL, f"bulk:{site.job.id}:{site.task_id}:{what}")) for what in ("i", "e"))
    if ports.store.find(ISSUES, issue_key(site.task_id, issue_id)) is None:
        named = replace(ports, ids=InTurn(issue_id, event_id))
        discussing.open_issue(site.path, NewIssue(comment=comment), site.job.caller, named)


def _sites(job: BulkJob, units: Sequence[str], ports: Ports) -> list[Site]:
    project = project_of(job.operation.project_id, ports.store)
    return [Site(job, project, TaskId(unit)) for unit in units]


def _each(sites: Sequence[Site], work: Callable[[Site], None]) -> list[Failure]:
    found = [(site.task_id, _refusal(site, work)) for site in sites]
    return [Failure(unit=unit, reason=reason) for unit, reason in found if reason is not None]


def _refusal(site: Site, work: Callable[[Site], None]) -> str | None:
    """Why a unit is left as it is; raises Throttled, which is no fault of the unit: the batch is tried again."""
    try:
        work(site)
    except Throttled:
        raise
    except Invalid as refused:
        return " ".join([refused.message, *(f"{it.path}: {it.reason}." for it in refused.faults[:FAULTS_TOLD])])
    except GlossError as refused:
        return refused.message
    return None

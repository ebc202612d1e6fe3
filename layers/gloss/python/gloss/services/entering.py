"""Making the tasks of data units that come to a project, and taking them away with those that leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import NAMESPACE_URL, uuid5

from gloss.domain.dataset import Attachment, DataRow
from gloss.domain.events import TaskRemoved
from gloss.domain.model import DataId, Title, UserId
from gloss.domain.project import Project
from gloss.domain.workflow import rules
from gloss.domain.workflow.graph import StageKind
from gloss.domain.workflow.rules import Moved, Occasion
from gloss.domain.workflow.task import Task, TaskStatus, task_id_of
from gloss.kinds.catalog import ATTACHMENTS, attachment_key
from gloss.kinds.workflow import STEPS, TASKS, task_key
from gloss.ports import Change, Demand, Ports, Save
from gloss.services.situating import persistently

AT_ONCE = 30
#: Beside a task, its step and its event, a transaction demands up to as many links to datasets.
LINKED_AT_ONCE = 24


@dataclass(frozen=True)
class _Entrance:
    """Into which project, and who lets the data units in."""

    project: Project
    actor: UserId
    ports: Ports


def enter(project: Project, rows: Sequence[DataRow], actor: UserId, ports: Ports) -> int:
    """Give each data unit its one task, or its old one with the labels back; who has one keeps it. Returns how many.

    For who looks afterwards whether their datasets are still on the project.
    """
    entrance = _Entrance(project, actor, ports)
    return sum(
        persistently(partial(_enter, entrance, rows[start : start + AT_ONCE], ()))
        for start in range(0, len(rows), AT_ONCE)
    )


def enter_linked(project: Project, rows: Sequence[DataRow], actor: UserId, ports: Ports) -> int:
    """The same for those data units whose dataset is on the project in the very moment in which the task is made."""
    entrance = _Entrance(project, actor, ports)
    return sum(
        persistently(partial(_enter_linked, entrance, rows[start : start + LINKED_AT_ONCE]))
        for start in range(0, len(rows), LINKED_AT_ONCE)
    )


def _enter_linked(entrance: _Entrance, rows: Sequence[DataRow]) -> int:
    keys = [attachment_key(id_, entrance.project.id) for id_ in dict.fromkeys(row.dataset_id for row in rows)]
    links = {link.dataset_id: link for link in entrance.ports.store.get_many(ATTACHMENTS, keys)}
    return _enter(entrance, [row for row in rows if row.dataset_id in links], tuple(links.values()))


def _enter(entrance: _Entrance, rows: Sequence[DataRow], links: Sequence[Attachment]) -> int:
    project, ports = entrance.project, entrance.ports
    found = ports.store.get_many(TASKS, [task_key(task_id_of(project.id, row.id)) for row in rows])
    known = {task.data_id: task for task in found}
    tasks = [_task(project, row, known.get(row.id), ports) for row in {row.id: row for row in rows}.values()]
    entered = [_entered(project, task, entrance.actor) for task in tasks if task is not None]
    if entered:
        _commit(entered, links, ports)
    return len(entered)


def withdraw(project: Project, data_ids: Sequence[DataId], actor: UserId, ports: Ports) -> int:
    """Take away the tasks of data units that leave the project; labels and history stay stored. Returns how many."""
    return sum(
        persistently(partial(_withdraw, project, data_ids[start : start + AT_ONCE], actor, ports))
        for start in range(0, len(data_ids), AT_ONCE)
    )


def _withdraw(project: Project, data_ids: Sequence[DataId], actor: UserId, ports: Ports) -> int:
    found = ports.store.get_many(TASKS, [task_key(task_id_of(project.id, data_id)) for data_id in data_ids])
    present = [task for task in found if task.removed_at is None]
    gone = {"removed_at": ports.clock.now(), "assignee": None, "lease_until": None}
    saves = [Save(TASKS, task.changed(fence=task.fence + 1, **gone)) for task in present]
    if present:
        ports.store.commit(saves, [_removed(task, actor, ports) for task in present])
    return len(present)


def retitle(project: Project, data_id: DataId, title: Title, ports: Ports) -> None:
    """The title of a data unit's task in a project, if it has one there."""
    task = ports.store.find(TASKS, task_key(task_id_of(project.id, data_id)))
    if task is not None and task.title != title:
        ports.store.commit([Save(TASKS, task.changed(title=title))])


def _task(project: Project, row: DataRow, old: Task | None, ports: Ports) -> Task | None:
    """The task that a data unit is to get: a new one, the old one again, or none when it has one."""
    now = ports.clock.now()
    if old is not None:
        return old.changed(removed_at=None, status=TaskStatus.NEW, updated_at=now) if old.removed_at else None
    return Task(
        id=task_id_of(project.id, row.id),
        org_id=project.org_id,
        project_id=project.id,
        data_id=row.id,
        dataset_id=row.dataset_id,
        item_id=row.item_id,
        title=row.title,
        media_kind=row.media_kind,
        stage=project.workflow.first(StageKind.START).id,
        created_at=now,
        updated_at=now,
    )


def _entered(project: Project, task: Task, actor: UserId) -> Moved:
    """Its event follows from the task and its version, so that a request that was cut off can go on anywhere."""
    event_id = str(uuid5(NAMESPACE_URL, f"entering:{task.id}:{task.version}"))
    return rules.enter(task, project.workflow, Occasion(actor=actor, at=task.updated_at, event_id=event_id))


def _commit(batch: Sequence[Moved], links: Sequence[Attachment], ports: Ports) -> None:
    changes: list[Change] = [Demand(ATTACHMENTS, link) for link in links]
    for moved in batch:
        changes += [Save(TASKS, moved.task), Save(STEPS, moved.history)]
    ports.store.commit(changes, [event for moved in batch for event in moved.events])


def _removed(task: Task, actor: UserId, ports: Ports) -> TaskRemoved:
    return TaskRemoved(
        id=ports.ids.new(),
        at=ports.clock.now(),
        actor=actor,
        org_id=task.org_id,
        project_id=task.project_id,
        task_id=task.id,
        data_id=task.data_id,
        stage=task.stage,
        to_stage=task.stage,
    )

"""Making the tasks of data units that come to a project, and taking them away with those that leave."""

from collections.abc import Sequence
from functools import partial
from uuid import NAMESPACE_URL, uuid5

from gloss.domain.access import Caller
from gloss.domain.dataset import DataRow
from gloss.domain.events import TaskRemoved
from gloss.domain.model import DataId, Title, UserId
from gloss.domain.project import Project
from gloss.domain.workflow import rules
from gloss.domain.workflow.graph import StageKind
from gloss.domain.workflow.rules import Moved, Occasion
from gloss.domain.workflow.task import Task, TaskStatus, task_id_of
from gloss.kinds.workflow import STEPS, TASKS, task_key
from gloss.ports import Change, Ports, Save
from gloss.services.situating import persistently

AT_ONCE = 30


def enter(project: Project, rows: Sequence[DataRow], caller: Caller, ports: Ports) -> int:
    """Give each data unit its one task, or its old one with the labels back; who has one keeps it. Returns how many."""
    return sum(
        persistently(partial(_enter, project, rows[start : start + AT_ONCE], caller, ports))
        for start in range(0, len(rows), AT_ONCE)
    )


def _enter(project: Project, rows: Sequence[DataRow], caller: Caller, ports: Ports) -> int:
    found = ports.store.get_many(TASKS, [task_key(task_id_of(project.id, row.id)) for row in rows])
    known = {task.data_id: task for task in found}
    tasks = [_task(project, row, known.get(row.id), ports) for row in {row.id: row for row in rows}.values()]
    entered = [_entered(project, task, caller.user_id) for task in tasks if task is not None]
    _commit(entered, ports)
    return len(entered)


def withdraw(project: Project, data_ids: Sequence[DataId], caller: Caller, ports: Ports) -> int:
    """Take away the tasks of data units that leave the project; labels and history stay stored. Returns how many."""
    return sum(
        persistently(partial(_withdraw, project, data_ids[start : start + AT_ONCE], caller, ports))
        for start in range(0, len(data_ids), AT_ONCE)
    )


def _withdraw(project: Project, data_ids: Sequence[DataId], caller: Caller, ports: Ports) -> int:
    found = ports.store.get_many(TASKS, [task_key(task_id_of(project.id, data_id)) for data_id in data_ids])
    present = [task for task in found if task.removed_at is None]
    gone = {"removed_at": ports.clock.now(), "assignee": None, "lease_until": None}
    saves = [Save(TASKS, task.changed(fence=task.fence + 1, **gone)) for task in present]
    if present:
        ports.store.commit(saves, [_removed(task, caller.user_id, ports) for task in present])
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


def _commit(batch: Sequence[Moved], ports: Ports) -> None:
    changes: list[Change] = []
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

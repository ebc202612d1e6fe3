"""Giving many tasks of a project priorities of their own: each that has another gets it, in as few writes as can be."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from uuid import UUID, uuid5

from gloss.domain.access import Caller
from gloss.domain.errors import Fault, Invalid
from gloss.domain.model import DataId, TaskId, Value
from gloss.domain.project import Project
from gloss.domain.workflow.actions import SetPriority
from gloss.domain.workflow.task import Task, task_id_of
from gloss.kinds.workflow import TASKS, task_key
from gloss.ports import Key, Ports
from gloss.services.advancing import act_once
from gloss.services.convoying import all_freed
from gloss.services.drafting import Draft
from gloss.services.making import Following
from gloss.services.situating import meeting, persistently

AT_ONCE = 30


def prioritise(project: Project, wanted: Mapping[DataId, float], caller: Caller, ports: Ports) -> None:
    """Give the task of each data unit its priority; raises Invalid when one has no task, and has changed nothing then.

    The same request again goes on where it broke off, since who has the priority already is left alone.
    """
    priorities = {task_id_of(project.id, data_id): priority for data_id, priority in wanted.items()}
    _demand_known(project, wanted, ports)
    seed, ids = UUID(ports.ids.new()), list(priorities)
    for start in range(0, len(ids), AT_ONCE):
        some = {task_id: priorities[task_id] for task_id in ids[start : start + AT_ONCE]}
        own = replace(ports, ids=Following(str(uuid5(seed, str(start)))))
        persistently(partial(_prioritise, project, some, caller, own))


def _prioritise(project: Project, wanted: Mapping[TaskId, float], caller: Caller, ports: Ports) -> None:
    tasks = all_freed(ports.store.get_many(TASKS, [task_key(task_id) for task_id in wanted]), ports)
    known: dict[Key, Value] = {task_key(task.id): task for task in tasks}
    draft = Draft(ports.store, known, {})
    for task in tasks:
        _urge(project, task, wanted[task.id], caller, replace(ports, store=draft))
    changes = [change for each in draft.drafted for change in each.changes]
    ports.store.commit(changes, [event for each in draft.drafted for event in each.events])


def _urge(project: Project, task: Task, priority: float, caller: Caller, ports: Ports) -> None:
    if task.priority != priority:
        act_once(meeting(project, task.id, caller, ports), SetPriority(priority=priority), ports)


def _demand_known(project: Project, wanted: Mapping[DataId, float], ports: Ports) -> None:
    keys = [task_key(task_id_of(project.id, data_id)) for data_id in wanted]
    known = {task.data_id for task in ports.store.get_many(TASKS, keys) if task.removed_at is None}
    faults = [Fault(data_id, "is no data unit of this project") for data_id in wanted if data_id not in known]
    if faults:
        raise Invalid("Some of these have no task here.", faults)

"""Sending the tasks of label rows back to their first stage, or straight to Complete, past all edges."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, Literal

from gloss.domain.access import Caller
from gloss.domain.model import StageId
from gloss.domain.workflow.actions import Move, Reopen, Requested
from gloss.domain.workflow.graph import StageKind
from gloss.domain.workflow.task import Task, TaskStatus
from gloss.ports import Ports
from gloss.services import locating, uniting
from gloss.services.locating import Outlook
from gloss.services.uniting import Wanted

AT_ONCE: Final = 25
Way = Literal["reopen", "complete"]


def send(row_ids: Sequence[str], way: Way, caller: Caller, ports: Ports, outlook: Outlook) -> None:
    """Reopen or complete the task of each row; those that are where they are to go stay untouched.

    Some tasks move together or not at all; whoever asks again after a refusal or a crash moves those that are left.
    """
    wanted = list(dict.fromkeys(row_ids))
    rows = locating.demand_all(locating.by_id(wanted, outlook, ports.store), len(wanted))
    tasks = {row.task.id: row.task for row in rows}.values()
    for stage, batch in _batches([task for task in tasks if not _is_there(task, way, outlook)]):
        asked = [Wanted(task_id=task.id, action=_action(way, outlook)) for task in batch]
        uniting.act(outlook.project, stage, asked, caller, ports)


def _is_there(task: Task, way: Way, outlook: Outlook) -> bool:
    if way == "complete":
        return outlook.project.workflow.stage(task.stage).kind is StageKind.COMPLETE
    first = outlook.project.workflow.first_labelling().id
    return task.stage == first and task.status is TaskStatus.REOPENED


def _action(way: Way, outlook: Outlook) -> Requested:
    if way == "reopen":
        return Reopen()
    return Move(destination=outlook.project.workflow.first(StageKind.COMPLETE).id)


def _batches(tasks: Sequence[Task]) -> Iterator[tuple[StageId, list[Task]]]:
    ordered = sorted(tasks, key=lambda task: task.stage)
    for stage, group in groupby(ordered, key=lambda task: task.stage):
        among = list(group)
        yield from ((stage, among[start : start + AT_ONCE]) for start in range(0, len(among), AT_ONCE))

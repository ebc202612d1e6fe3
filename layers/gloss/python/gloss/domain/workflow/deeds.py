"""What people do with the tasks of a project, over time: the steps that count as actions, and where they are listed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from gloss.domain.model import ProjectId, TaskId, iso
from gloss.domain.workflow import queue
from gloss.domain.workflow.task import Step

#: Steps that are listed by project. Entering a project is none of them, so that a large dataset costs no index write.
DEEDS: Final = frozenset({"assign", "claim", "release", "skip", "submit", "approve", "reject", "move", "proceed"})


def is_listed(step: Step) -> bool:
    """Whether the step is listed by project."""
    return step.action in DEEDS and step.project_id is not None


def partition_of(project_id: ProjectId, month: str, shard: int) -> str:
    """A quarter of a month's steps in a project; `month` is `2026-11`."""
    return f"PROJECT#{project_id}#STEPS#{month}#{shard}"


def month_of(moment: datetime) -> str:
    """The UTC month of a moment."""
    return moment.astimezone(UTC).strftime("%Y-%m")


def shard_of(task_id: TaskId) -> int:
    """Which quarter the steps of a task are listed in."""
    return queue.shard_of_id(task_id)


def place_of(step: Step) -> str:
    """The step's place among those of its project."""
    return f"{iso(step.at)}#{step.id}"


def months(after: datetime, before: datetime) -> Iterator[str]:
    """The UTC months that a span touches, in order."""
    year, month = after.astimezone(UTC).year, after.astimezone(UTC).month
    while (name := f"{year:04}-{month:02}") <= month_of(before):
        yield name
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)

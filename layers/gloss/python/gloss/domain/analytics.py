"""Counts as folds over the event log: what happened in a project, day by day, and where its tasks stand."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from pydantic import Field

from gloss.domain.events import Event
from gloss.domain.happened import OfTask
from gloss.domain.model import StageId, Value

COUNTED: Final[Mapping[str, str]] = {
    "task.created": "created",
    "task.removed": "removed",
    "task.submitted": "submitted",
    "task.skipped": "skipped",
    "task.approved": "approved",
    "task.rejected": "rejected",
    "task.proceeded": "proceeded",
    "task.moved": "moved",
    "task.reopened": "reopened",
    "labels.saved": "label_saves",
    "issue.opened": "issues_opened",
    "issue.resolved": "issues_resolved",
    "issue.reopened": "issues_reopened",
    "export.finished": "exports",
}


class DayCounts(Value):
    """What happened on one UTC day: actions by name, and by how much each stage gained or lost tasks."""

    day: date
    actions: dict[str, int] = Field(default_factory=dict)
    gains: dict[StageId, int] = Field(default_factory=dict)


class Overview(Value):
    """A project's days in order, the sums of their actions, and how many tasks stand in each stage."""

    tasks_by_stage: dict[StageId, int]
    actions: dict[str, int]
    days: tuple[DayCounts, ...]


def counted(day: date, events: Iterable[Event]) -> DayCounts:
    """The counts of one day's events; an event that comes twice counts once, their order does not matter."""
    seen: set[str] = set()
    actions: Counter[str] = Counter()
    gains: Counter[StageId] = Counter()
    for event in events:
        if event.id in seen:
            continue
        seen.add(event.id)
        actions.update([COUNTED[event.kind]] if event.kind in COUNTED else [])
        gains.update(_gains(event))
    return DayCounts(day=day, actions=dict(sorted(actions.items())), gains={s: n for s, n in gains.items() if n})


def summed(days: Iterable[DayCounts]) -> Overview:
    """The overview of days, each of which must come once."""
    ordered = tuple(sorted(days, key=lambda it: it.day))
    actions: Counter[str] = Counter()
    stages: Counter[StageId] = Counter()
    for it in ordered:
        actions.update(it.actions)
        stages.update(it.gains)
    return Overview(
        tasks_by_stage={stage: count for stage, count in sorted(stages.items()) if count},
        actions=dict(sorted(actions.items())),
        days=ordered,
    )


def _gains(event: Event) -> Mapping[StageId, int]:
    if not isinstance(event, OfTask):
        return {}
    if event.kind == "task.created":
        return {event.to_stage: 1}
    if event.kind == "task.removed":
        return {event.stage: -1}
    return {event.stage: -1, event.to_stage: 1} if event.stage != event.to_stage else {}

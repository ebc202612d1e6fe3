"""Remembering what was done in a project: its steps in order of time, page by page."""

import heapq
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from gloss.domain.model import DataId, StageId, UserId, Value, iso
from gloss.domain.project import Project
from gloss.domain.workflow import deeds, queue
from gloss.domain.workflow.task import Step
from gloss.kinds.workflow import STEPS
from gloss.ports import Page, Ports, Query, Store
from gloss.services.queueing import Turn, beyond_of, written_token

#: How many steps one page looks at; when filters leave few of them, the page is short and its token goes on.
LOOKED_AT: Final = 2_000
AT_ONCE: Final = 250


class DeedFilter(Value):
    """Which steps are wanted: from `after` on, those before `before`; of the rest None means whichever."""

    after: datetime
    before: datetime
    actions: frozenset[str] = deeds.DEEDS
    actors: frozenset[UserId] | None = None
    stages: frozenset[StageId] | None = None
    data_ids: frozenset[DataId] | None = None

    def keeps(self, step: Step) -> bool:
        """Whether a step inside the span is wanted."""
        chosen = ((self.actors, step.actor), (self.stages, step.stage), (self.data_ids, step.data_id))
        return step.action in self.actions and all(some is None or value in some for some, value in chosen)


def steps(project: Project, wanted: DeedFilter, turn: Turn, ports: Ports) -> Page[Step]:
    """A page of what was done in a project, the earliest first; raises Malformed for a token of another list."""
    entries: list[Step] = []
    looked_at, last = 0, ""
    for step in _between(project, wanted, beyond_of(turn.token), ports.store):
        if looked_at == LOOKED_AT or len(entries) == turn.limit:
            return Page(tuple(entries), written_token(last))
        looked_at, last = looked_at + 1, deeds.place_of(step)
        entries += [step] if wanted.keeps(step) else []
    return Page(tuple(entries))


def every(project: Project, wanted: DeedFilter, store: Store) -> Iterator[Step]:
    """All that was done in a project and is wanted, the earliest first."""
    return filter(wanted.keeps, _between(project, wanted, None, store))


def _between(project: Project, wanted: DeedFilter, beyond: str | None, store: Store) -> Iterator[Step]:
    """A place is a moment and an id, so what comes after the bare moment before the span is the span."""
    first = max(beyond or "", iso(max(wanted.after, project.created_at)))
    for month in deeds.months(max(wanted.after, project.created_at), wanted.before):
        if month < first[:7]:
            continue
        for step in _of_month(project, month, first, store):
            if step.at >= wanted.before:
                return
            yield step


def _of_month(project: Project, month: str, beyond: str, store: Store) -> Iterator[Step]:
    query = Query(index="by_parent", limit=AT_ONCE, beyond=beyond)
    partitions = (deeds.partition_of(project.id, month, shard) for shard in range(queue.SHARDS))
    return heapq.merge(*(store.every(STEPS, each, query) for each in partitions), key=deeds.place_of)

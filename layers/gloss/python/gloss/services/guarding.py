"""The store as services see it: a task that a convoy has reserved is written by nobody else."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from gloss.domain.errors import Stale
from gloss.domain.events import Event
from gloss.domain.model import Value
from gloss.domain.workflow.convoy import ConvoyStatus
from gloss.kinds.workflow import TASKS
from gloss.ports import Change, Key, Kind, Page, Ports, Query
from gloss.services import convoying

M = TypeVar("M", bound=Value)


class Guarded:
    """A store of which every write of a task is looked at; one that bears no convoy's id costs nothing more."""

    def __init__(self, ports: Ports) -> None:
        self._ports, self._store = ports, ports.store

    def get(self, kind: Kind[M], key: Key) -> M:
        return self._store.get(kind, key)

    def find(self, kind: Kind[M], key: Key) -> M | None:
        return self._store.find(kind, key)

    def get_many(self, kind: Kind[M], keys: Sequence[Key]) -> list[M]:
        return self._store.get_many(kind, keys)

    def find_each(self, *asked: tuple[Kind[Any], Key]) -> list[Any]:
        return self._store.find_each(*asked)

    def page(self, kind: Kind[M], partition: str, query: Query | None = None) -> Page[M]:
        return self._store.page(kind, partition, query)

    def every(self, kind: Kind[M], partition: str, query: Query | None = None) -> Iterator[M]:
        return self._store.every(kind, partition, query)

    def commit(self, changes: Sequence[Change], events: Sequence[Event] = ()) -> None:
        self._store.commit([self._let(change) for change in changes], events)

    def _let(self, change: Change) -> Change:
        """The change, without the id of a convoy that holds nothing any more; raises Stale where one holds the task."""
        if change.kind is not TASKS or change.model.convoy is None:
            return change
        convoy = convoying.standing(change.model.convoy, self._ports)
        if convoy is None or convoy.status is ConvoyStatus.ABANDONED:
            return replace(change, model=change.model.model_copy(update={"convoy": None}))
        if convoy.status is ConvoyStatus.COMMITTED:
            convoying.finish(convoy.id, self._ports)
        raise Stale("The task is being moved together with others; read it again.")


def guarded(ports: Ports) -> Ports:
    """The same ports with a guarded store."""
    return replace(ports, store=Guarded(ports))

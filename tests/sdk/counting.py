"""What a call of the SDK asks of DynamoDB: the requests of the store's port, one by one."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from typing import Any, TypeVar

from gloss.adapters.dynamodb import READ_AT_ONCE
from gloss.adapters.memory import MemoryStore
from gloss.domain.events import Event
from gloss.domain.model import Value
from gloss.ports import Change, Key, Kind, Page, Query

M = TypeVar("M", bound=Value)


class CountingStore(MemoryStore):
    """Records in memory; counts what the same calls ask of the table."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = 0
        self._aside = False

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What a state machine does meanwhile is no part of the call."""
        before, self._aside = self._aside, True
        try:
            yield
        finally:
            self._aside = before

    def find(self, kind: Kind[M], key: Key) -> M | None:
        self._count(1)
        return super().find(kind, key)

    def get_many(self, kind: Kind[M], keys: Sequence[Key]) -> list[M]:
        self._count(ceil(len(keys) / READ_AT_ONCE))
        with self.aside():
            return super().get_many(kind, keys)

    def page(self, kind: Kind[M], partition: str, query: Query | None = None) -> Page[M]:
        self._count(1)
        return super().page(kind, partition, query)

    def commit(self, changes: Sequence[Change], events: Sequence[Event] = ()) -> None:
        self._count(1)
        super().commit(changes, events)

    def _count(self, requests: int) -> None:
        self.requests += 0 if self._aside else requests


class Ledger:
    """The requests of every call, by route or operation."""

    def __init__(self) -> None:
        self._calls: dict[str, list[int]] = defaultdict(list)

    def note(self, call: str, requests: int) -> None:
        """One call's."""
        self._calls[call].append(requests)

    def least(self) -> dict[str, int]:
        """The fewest of each call: what it asks when it is about one thing."""
        return {call: min(counts) for call, counts in sorted(self._calls.items())}

    def told(self) -> Any:
        """A line a call, the dearest first."""
        ordered = sorted(self._calls.items(), key=lambda each: -max(each[1]))
        return "\n".join(f"{max(counts):4} {min(counts):4} {len(counts):5}  {call}" for call, counts in ordered)

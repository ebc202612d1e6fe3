"""Many workers on one store, one operation at a time in an order drawn from a seed, with an index that lags behind."""

import random
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from gloss.adapters.memory import MemoryStore
from gloss.adapters.records import LEAN_INDEXES
from gloss.domain.events import Event
from gloss.ports import Change, Key, Kind, Page, Query


class TurnTaking:
    """Lets exactly one of its threads run between two operations; who is next is drawn."""

    def __init__(self, seed: int) -> None:
        self._draw, self._gates, self._idle = (
            random.Random(seed),
            dict[int, threading.Semaphore](),
            threading.Semaphore(0),
        )

    def run(self, jobs: Sequence[Callable[[], None]]) -> None:
        threads = [threading.Thread(target=self._work, args=(job,)) for job in jobs]
        for thread in threads:
            thread.start()
            self._idle.acquire()
        while self._gates:
            self._gates[self._draw.choice(sorted(self._gates))].release()
            self._idle.acquire()
        for thread in threads:
            thread.join()

    def pause(self) -> None:
        gate = self._gates.setdefault(threading.get_ident(), threading.Semaphore(0))
        self._idle.release()
        gate.acquire()

    def _work(self, job: Callable[[], None]) -> None:
        self.pause()
        try:
            job()
        finally:
            del self._gates[threading.get_ident()]
            self._idle.release()


class LaggingStore(MemoryStore):
    """A store whose every operation waits for its turn, and whose indexes tell what was `lag` operations ago."""

    def __init__(self, turns: TurnTaking, lag: int) -> None:
        super().__init__()
        self.turns, self.lag, self.writes, self.started = turns, lag, 0, False
        self._past: deque[dict[Key, Any]] = deque(maxlen=max(lag, 1))

    def get_many(self, kind: Kind[Any], keys: Sequence[Key]) -> list[Any]:
        self._step()
        return super().get_many(kind, keys)

    def page(self, kind: Kind[Any], partition: str, query: Query | None = None) -> Page[Any]:
        self._step()
        if query is None or query.index is None:
            return super().page(kind, partition, query)
        past = MemoryStore()
        past._records = self._past[0] if self._past else self._records
        page = past.page(kind, partition, query)
        return replace(page, entries=self._standing(page.entries, kind, partition, query.index))

    def _standing(self, listed: Sequence[Any], kind: Kind[Any], partition: str, index: str) -> tuple[Any, ...]:
        """What an index of keys lists is read as it stands."""
        if index not in LEAN_INDEXES:
            return tuple(listed)
        place = kind.indexes[index]
        found = super().get_many(kind, [kind.key(model) for model in listed])
        return tuple(model for model in found if (key := place(model)) is not None and key.partition == partition)

    def commit(self, changes: Sequence[Change], events: Sequence[Event] = ()) -> None:
        self._step()
        self.writes += self.started
        super().commit(changes, events)

    def _step(self) -> None:
        if self.started:
            self.turns.pause()
            self._past.append(dict(self._records))

"""Webhooks under drawn interleavings of first attempts, probes and moves, with a receiver that fails now and then."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from gloss.adapters.memory import FixedClock, memory_ports
from gloss.adapters.memory_mail import MemoryAlarms, MemoryQueue, MemorySealer, ScriptedSender
from gloss.domain.errors import Stale
from gloss.domain.webhooks import Answer
from gloss.kinds.relay import DELIVERIES, ENDPOINTS, PARKED, delivery_log, endpoint_key, waiting_line
from gloss.ports import Key, Kind, Query, Save
from gloss.postal import Mailroom
from gloss.services import delivering, draining
from gloss.services.delivering import Probe
from tests.builders_webhooks import FINAL, NOW, PROJECT, a_move, a_submit, an_endpoint
from tests.interleaving import LaggingStore, TurnTaking


class TurnStore(LaggingStore):
    """A store that lets others run before each read of one record, too."""

    def find(self, kind: Kind[Any], key: Key) -> Any:
        self._step()
        return super().find(kind, key)


class MoodySender(ScriptedSender):
    """A receiver that fails half of the first requests; others run while it thinks."""

    def __init__(self, turns: TurnTaking, seed: int) -> None:
        super().__init__()
        self.accepted: list[str] = []
        self._turns, self._draw, self._moods = turns, random.Random(seed), 12

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self._turns.pause()
        self._moods -= 1
        if self._moods > 0 and self._draw.random() < 0.5:
            return Answer(status=503)
        self.accepted.append(headers["webhook-id"])
        return super().post(url, headers, body)


class SlowAlarms(MemoryAlarms):
    """Alarms that ring a good while after they were set, long after a commit that follows is through."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0
        self._due: dict[str, int] = {}

    def set(self, name: str, at: datetime, message: Mapping[str, Any]) -> None:
        super().set(name, at, message)
        self._due[name] = self.now + 50

    def ring(self) -> Mapping[str, Any] | None:
        due = [name for name in self.pending if self._due[name] <= self.now]
        return self.pending.pop(due[0])[1] if due else None


@dataclass
class Office:
    """A mailroom in which every message and alarm is taken by one of its consumers."""

    turns: TurnTaking
    room: Mailroom
    store: TurnStore
    sender: MoodySender
    queue: MemoryQueue
    alarms: SlowAlarms
    at_work: list[int] = field(default_factory=list)

    def submit(self, number: int) -> None:
        for ref in delivering.match(a_submit(number), FINAL, self.store):
            self.persist(lambda ref=ref: delivering.attempt(ref, self.room))
        self.at_work.remove(number)

    def move(self, number: int) -> None:
        self.persist(lambda: delivering.line_up([a_move(number)], self.store, self.queue))
        self.at_work.remove(number)

    def consume(self) -> None:
        while self.at_work or self.queue.sent or self.alarms.pending:
            self.turns.pause()
            self.alarms.now += 1
            message = self.queue.sent.pop(0)[0] if self.queue.sent else self.alarms.ring()
            if message is not None:
                self._probe(Probe.model_validate(message))

    def _probe(self, call: Probe) -> None:
        self.persist(lambda: draining.probe(call, self.room))

    def persist(self, work: Callable[[], object]) -> None:
        """Try again after a lost write, as machines and queues do."""
        while True:
            try:
                work()
            except Stale:
                self.turns.pause()
            else:
                return


def an_office(seed: int) -> Office:
    turns = TurnTaking(seed)
    store, sender, sealer = TurnStore(turns, 0), MoodySender(turns, seed), MemorySealer()
    queue, alarms = MemoryQueue(), SlowAlarms()
    _, sealed = sealer.fresh("endpoint-1")
    store.commit([Save(ENDPOINTS, an_endpoint(sealed_secret=sealed, events=("task.submitted", "task.moved")))])
    room = Mailroom(store, FixedClock(NOW), memory_ports().ids, sender, sealer, queue, alarms)
    return Office(turns, room, store, sender, queue, alarms)


@pytest.mark.parametrize("seed", range(40))
def test_no_interleaving_loses_doubles_or_strands_a_delivery(seed: int) -> None:
    office = an_office(seed)
    office.at_work = list(range(8))
    submits = [lambda number=number: office.submit(number) for number in range(5)]
    moves = [lambda number=number: office.move(number) for number in range(5, 8)]
    office.store.started = True
    office.turns.run([*submits, *moves, office.consume, office.consume])

    office.store.started = False
    endpoint = office.store.get(ENDPOINTS, endpoint_key(PROJECT, an_endpoint().id))
    log = list(office.store.every(DELIVERIES, delivery_log(endpoint.id), Query(index="by_parent")))
    assert [delivery.status for delivery in log] == ["delivered"] * 8
    assert sorted(delivery.uid for delivery in log) == sorted(office.sender.accepted)
    assert list(office.store.every(PARKED, waiting_line(endpoint.id))) == []
    assert endpoint.status == "active"

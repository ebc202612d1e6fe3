"""What a request has read it does not read again, until it writes or waits."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from gloss.adapters.memory import MemoryStore
from gloss.domain.errors import Stale
from gloss.domain.events import Event
from gloss.domain.identity import EmailClaim
from gloss.domain.model import UserId
from gloss.kinds.identity import EMAILS
from gloss.kinds.workflow import TASKS
from gloss.ports import Change, Key, Kind, Overwrite, Save
from gloss.remembering import Remembering

ANN = EmailClaim(email="ann@acme.io", user_id=UserId("ann"))
AT_TASK = Key("TASK#t")
AT_ANN = Key("EMAIL#ann@acme.io")


class Watched(MemoryStore):
    """A store that notes which records it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Key] = []

    def find(self, kind: Kind[Any], key: Key) -> Any:
        self.asked.append(key)
        return super().find(kind, key)


def test_a_record_is_read_once_whichever_way_it_is_asked_for() -> None:
    store = Watched()
    store.commit([Save(EMAILS, ANN)])
    memory = Remembering(store)

    found = [memory.get(EMAILS, AT_ANN), *memory.get_many(EMAILS, [AT_ANN]), *memory.find_each((EMAILS, AT_ANN))]

    assert (found, store.asked) == ([ANN] * 3, [AT_ANN])


def test_a_missing_record_is_missed_once() -> None:
    store = Watched()
    memory = Remembering(store)

    assert [memory.find(EMAILS, AT_ANN), *memory.get_many(EMAILS, [AT_ANN])] == [None]
    assert store.asked == [AT_ANN]


def test_after_a_write_everything_is_read_anew() -> None:
    store = MemoryStore()
    memory = Remembering(store)
    assert memory.find(EMAILS, AT_ANN) is None

    memory.commit([Save(EMAILS, ANN)])

    assert memory.find(EMAILS, AT_ANN) == ANN


def test_a_lost_race_is_seen_at_the_second_try() -> None:
    store = MemoryStore()
    memory = Remembering(store)
    assert memory.find(EMAILS, AT_ANN) is None
    store.commit([Overwrite(EMAILS, ANN)])

    with pytest.raises(Stale):
        memory.commit([Save(EMAILS, ANN)])

    assert memory.find(EMAILS, AT_ANN) == ANN


def test_long_readings_are_not_kept() -> None:
    store = Watched()
    memory = Remembering(store)
    many = [Key(f"EMAIL#{number}") for number in range(200)]

    for _ in range(2):
        memory.get_many(EMAILS, many)

    assert len(store.asked) == 400


class Interrupted(MemoryStore):
    """A store that lets somebody else do something in the midst of a reading or before a write lands."""

    meanwhile: Callable[[], object] = staticmethod(lambda: None)

    def find(self, kind: Kind[Any], key: Key) -> Any:
        found = super().find(kind, key)
        self._let()
        return found

    def commit(self, changes: Sequence[Change], events: Sequence[Event] = ()) -> None:
        self._let()
        super().commit(changes, events)

    def _let(self) -> None:
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()


def test_what_was_read_before_a_write_landed_is_forgotten() -> None:
    store = Interrupted()
    memory = Remembering(store)
    store.meanwhile = lambda: memory.find(EMAILS, AT_ANN)

    memory.commit([Save(EMAILS, ANN)])

    assert memory.find(EMAILS, AT_ANN) == ANN


def test_a_reading_that_a_write_overtook_is_not_remembered() -> None:
    store = Interrupted()
    memory = Remembering(store)
    store.meanwhile = lambda: memory.commit([Save(EMAILS, ANN)])

    assert [memory.find(EMAILS, AT_ANN), memory.find(EMAILS, AT_ANN)] == [None, ANN]


def test_a_task_is_read_anew_each_time_since_others_move_it() -> None:
    store = Watched()
    memory = Remembering(store)

    for _ in range(2):
        memory.find(TASKS, AT_TASK)
        memory.get_many(TASKS, [AT_TASK])
        memory.find_each((TASKS, AT_TASK))

    assert store.asked == [AT_TASK] * 6

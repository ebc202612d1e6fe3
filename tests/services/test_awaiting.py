"""Holding a request: no longer than patience lasts, no shorter than what is waited for, and with few looks."""

from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gloss.adapters.memory import FixedClock
from gloss.services.awaiting import Patience, held


class Waiting:
    """Something that is over after so many seconds of a clock, and counts who looks."""

    def __init__(self, over_after_s: float, patience_s: float) -> None:
        self.clock, self.looks = FixedClock(), 0
        self._began, self._over_after_s = self.clock.now(), over_after_s
        self.patience = Patience(patience_s, self.clock, self.clock.pass_time)

    @property
    def seconds(self) -> float:
        return (self.clock.now() - self._began).total_seconds()

    def look(self) -> bool:
        self.looks += 1
        return self.seconds >= self._over_after_s

    def held(self) -> bool:
        return held(self.look, bool, self.patience)


def test_what_is_over_already_is_answered_at_once() -> None:
    waiting = Waiting(0, 25)

    assert waiting.held() is True
    assert (waiting.seconds, waiting.looks) == (0, 1)


def test_what_goes_on_is_held_to_the_end_with_few_looks() -> None:
    waiting = Waiting(60, 25)

    assert waiting.held() is False
    assert waiting.seconds == 25
    assert waiting.looks <= 28


def test_without_patience_there_is_one_look() -> None:
    waiting = Waiting(60, 0)

    assert waiting.held() is False
    assert (waiting.seconds, waiting.looks) == (0, 1)


@given(st.floats(0, 40), st.floats(0, 30))
def test_an_end_is_seen_within_a_second(over_after_s: float, patience_s: float) -> None:
    waiting = Waiting(over_after_s, patience_s)

    over = waiting.held()

    assert over is (over_after_s <= waiting.seconds)
    assert waiting.seconds <= patience_s + 0.001
    assert over or waiting.seconds >= patience_s - 0.001
    assert waiting.seconds <= over_after_s + 1 or not over


def test_looks_are_never_further_apart_than_a_second() -> None:
    waiting = Waiting(60, 10)

    moments = list(_moments(waiting))

    assert max(later - earlier for earlier, later in pairwise(moments)) <= 1


def _moments(waiting: Waiting) -> Iterator[float]:
    seen: list[float] = []
    held(lambda: seen.append(waiting.seconds), lambda _: False, waiting.patience)
    yield from seen

"""Holding a request until something is over, or until it has been held long enough."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import chain, repeat
from typing import Final, NamedTuple, TypeVar

from gloss.ports import Clock

T = TypeVar("T")

#: Short waits first, since most of what is waited for is short; then one a second.
FIRST_PAUSES_S: Final = (0.25, 0.5)
PAUSE_S: Final = 1.0


class Patience(NamedTuple):
    """How long to hold at most, the clock, and what lets time pass."""

    seconds: float
    clock: Clock
    pause: Callable[[float], None]


def held(look: Callable[[], T], is_over: Callable[[T], bool], patience: Patience) -> T:
    """What is seen when it is over or patience is; `look` is called about once a second."""
    end = patience.clock.now() + timedelta(seconds=patience.seconds)
    found = look()
    for pause in _pauses():
        left = (end - patience.clock.now()).total_seconds()
        if is_over(found) or left <= 0:
            break
        patience.pause(min(pause, left))
        found = look()
    return found


def _pauses() -> Iterator[float]:
    return chain(FIRST_PAUSES_S, repeat(PAUSE_S))

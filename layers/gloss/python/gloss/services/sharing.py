"""The same work on many things, several at once where there are many."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Final, TypeVar

T = TypeVar("T")
R = TypeVar("R")

#: So many are done one after the other, since their neighbours are done at the same time.
FEW: Final = 100
HANDS: Final = 16
WINDOW: Final = 256


def shared(work: Callable[[T], R], things: Iterable[T], few: int = FEW) -> Iterator[R]:
    """What comes of each thing, in order; no more than a window of them wait in memory."""
    left = iter(things)
    yield from map(work, islice(left, few))
    some = list(islice(left, WINDOW))
    if some:
        with ThreadPoolExecutor(HANDS) as pool:
            while some:
                yield from pool.map(work, some)
                some = list(islice(left, WINDOW))

"""How much of an answer one request makes, so that it is done in time; a run makes what is longer, without bound."""

from collections.abc import Iterable, Iterator
from itertools import islice
from math import ceil, inf
from threading import Lock
from typing import Final, TypeVar

T = TypeVar("T")

#: A label row in a list, or a part of a group, weighs one: 0.2 to 0.4 ms of one core. So do these bytes of labels.
BYTES_OF_ONE: Final = 4096
#: So much one request makes: 4 to 6 s of a core. It has 29 s, but cores differ, and the table takes its time.
MOST_IN_A_REQUEST: Final = 20_000


class Overlong(Exception):
    """The answer is longer than a request makes."""


class Ration:
    """What a request may still make; raises Overlong, for whichever thread asks, once that is used up."""

    def __init__(self, most: float = inf) -> None:
        self._left = most
        self._lock = Lock()

    def take(self, weight: float) -> None:
        """Use up so much."""
        with self._lock:
            self._left -= weight
            self.demand(0)

    def demand(self, weight: float) -> None:
        """Make sure that so much is left, without using it up."""
        if weight > self._left:
            raise Overlong

    def counted(self, entries: Iterable[T], weight: int = 1) -> Iterable[T]:
        """The same entries, each of that weight; read ahead while there is a bound, before anything is made of them."""
        if self._left == inf:
            return entries
        first = list(islice(entries, ceil(self._left / weight) + 1))
        self.take(len(first) * weight)
        return first

    def weighed(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The same pieces, weighed as they come."""
        for piece in pieces:
            self.take(len(piece) / BYTES_OF_ONE)
            yield piece

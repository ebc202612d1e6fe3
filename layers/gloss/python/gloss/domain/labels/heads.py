"""The labels of a long body as they are stored: a line each, by their ids, so that one is found without reading all.

A line is 16 digits of the label's digest, its id, and its JSON.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from gloss.domain.labels.body import Instance

DIGEST_DIGITS: Final = 16
_ID: Final = slice(17, 25)
_JSON: Final = slice(26, None)
#: So many labels that were read lately are held, so that those of neighbouring frames are read once.
_HELD: Final = 4096

T = TypeVar("T", bound=Instance)


class Lines:
    """The lines of stored bytes, of which only their places are held beside the bytes."""

    def __init__(self, stored: bytes) -> None:
        self.stored = stored
        self._ends = array("Q")
        end = stored.find(b"\n")
        while end >= 0:
            self._ends.append(end)
            end = stored.find(b"\n", end + 1)

    def __getitem__(self, number: int) -> bytes:
        return self.stored[self._ends[number - 1] + 1 if number else 0 : self._ends[number]]


@dataclass(frozen=True)
class Heads(Generic[T]):
    """The labels of one sort on a page in the order of their ids, read as they are asked for."""

    lines: Lines
    places: range
    model: type[T]
    features: Collection[str] | None = None
    _held: dict[str, T] = field(default_factory=dict)

    def __iter__(self) -> Iterator[T]:
        found = (self.model.model_validate_json(self.lines[place][_JSON]) for place in self.places)
        return (each for each in found if self.wants(each))

    def find(self, id_: str) -> T | None:
        """The label of this id, if it is here and of a wanted class."""
        if id_ not in self._held:
            place = bisect_left(self.places, id_, key=self._id)
            if place == len(self.places) or self._id(self.places[place]) != id_:
                return None
            if len(self._held) >= _HELD:
                self._held.clear()
            self._held[id_] = self.model.model_validate_json(self.lines[self.places[place]][_JSON])
        return self._held[id_] if self.wants(self._held[id_]) else None

    def digests(self) -> Iterator[tuple[str, str]]:
        """Id and digest of each label, wanted or not."""
        for place in self.places:
            yield self._id(place), self.lines[place][:DIGEST_DIGITS].decode()

    def at(self, number: int) -> T:
        """The label of this number."""
        return self.model.model_validate_json(self.lines[self.places[number]][_JSON])

    def _id(self, place: int) -> str:
        return self.lines[place][_ID].decode()

    def wants(self, it: Instance) -> bool:
        """Whether a label is of a wanted class."""
        return self.features is None or it.feature in self.features


class Answers:
    """Which answers hold on a frame, by their numbers; those without ranges hold on all."""

    def __init__(self, told: Iterable[Sequence[tuple[int, int]]]) -> None:
        self._everywhere: list[int] = []
        held: list[tuple[int, int, int]] = []
        for number, ranges in enumerate(told):
            held.extend((first, last, number) for first, last in ranges)
            self._everywhere.extend([] if ranges else [number])
        held.sort()
        self._firsts, self._lasts = array("q", (it[0] for it in held)), array("q", (it[1] for it in held))
        self._numbers, self._furthest = array("q", (it[2] for it in held)), array("q")
        for last in self._lasts:
            self._furthest.append(max(last, self._furthest[-1] if self._furthest else -1))

    def on(self, frame: int) -> list[int]:
        """Their numbers, in order."""
        found = set(self._everywhere)
        place = bisect_right(self._firsts, frame) - 1
        while place >= 0 and self._furthest[place] >= frame:
            found.update([self._numbers[place]] if self._lasts[place] >= frame else [])
            place -= 1
        return sorted(found)

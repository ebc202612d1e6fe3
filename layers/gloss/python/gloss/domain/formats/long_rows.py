"""A label row of any length, told appearance by appearance: as the SDK writes it, or as `/v1` takes labels.

Of classifications only the answers count, which name their ranges, as the SDK writes and reads them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple

from pydantic_core import to_json

from gloss.domain.errors import Fault, Invalid, TooLarge
from gloss.domain.formats import label_row_reading
from gloss.domain.formats.leaves import Path, leaves

Json = dict[str, Any]

#: The reviews of so many labels are written by one commit.
MOST_LABELS: Final = 10_000
LONGEST_NUMBER: Final = 9
_ASIDES: Final = frozenset({"object_answers", "object_actions", "classification_answers"})
#: What is taken apart, and how it is written when nothing is in it.
_EMPTY: Final[Json] = {"objects": [], "classifications": [], "data_units": {}, **{name: {} for name in _ASIDES}}


class Placed(NamedTuple):
    """An object on a frame: the object by its number in the row, what is said of it as JSON.

    Where a file is a frame of its own, `unit` is the file's number, and `LongRow.frame` tells the frame in the end.
    """

    unit: int | None
    frame: int
    number: int
    said: bytes


@dataclass
class LongRow:
    """What is kept of a row while its appearances are told: everything else."""

    _objects: dict[int, Json] = field(default_factory=dict)
    _classifications: list[Any] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)
    _first: list[Json] = field(default_factory=list)
    _asides: dict[str, Json] = field(default_factory=dict)
    _units: dict[str, int] = field(default_factory=dict)
    _sequences: dict[int, int] = field(default_factory=dict)
    _strange: Json = field(default_factory=dict)
    _kept: int = 0

    def appearances(self, chunks: Iterable[bytes]) -> Iterator[Placed]:
        """Every object on every frame, in the order of the text; raises Malformed, Invalid, or TooLarge."""
        for path, value in leaves(chunks, _is_taken_apart):
            try:
                yield from self._told(path, value)
            except (AttributeError, KeyError, TypeError, ValueError) as broken:
                where = ".".join(map(str, path))
                raise Invalid("This is no label row.", [Fault(where, f"{type(broken).__name__}: {broken}")]) from None

    def frame(self, placed: Placed) -> int:
        """The frame of an appearance, once all were told: files count in the order of their sequence."""
        return placed.frame if placed.unit is None else self._ranks[placed.unit]

    def body_json(self) -> Json:
        """The labels without the frames of their objects, once all were told."""
        if not self._units and not self._asides:
            return {
                **self._strange,
                "objects": [self._objects[it] for it in sorted(self._objects)],
                "classifications": self._classifications,
            }
        page = {"objects": self._first}
        body = label_row_reading.body_json({"data_units": {"": {"labels": {"0": page}}}, **self._asides})
        return {**body, "objects": [{**each, "frames": {}} for each in body["objects"]]}

    @cached_property
    def _ranks(self) -> dict[int, int]:
        units = sorted(self._units.values(), key=lambda unit: (self._sequences.get(unit, 0), unit))
        return {unit: rank for rank, unit in enumerate(units)}

    def _told(self, path: Path, value: Any) -> Iterator[Placed]:
        match path:
            case ("objects", int(number), "frames", str(frame)):
                self._object(number)
                yield Placed(None, _frame(frame), number, to_json(value))
            case ("objects", int(number), str(name)):
                self._object(number)[name] = value
            case ("classifications", int()):
                self._keep()
                self._classifications.append(value)
            case ("data_units", str(unit), *rest):
                yield from self._of_unit(self._units.setdefault(unit, len(self._units)), tuple(rest), value)
            case (str(name), str(hash_)) if name in _ASIDES:
                self._keep()
                self._asides.setdefault(name, {})[hash_] = value
            case _:
                self._take_aside(path, value)

    def _take_aside(self, path: Path, value: Any) -> None:
        """What is no part of labels, or an empty part of them."""
        match path:
            case (str(name),) if name not in _EMPTY:
                self._strange[name] = None
            case (str(name),) if value == _EMPTY[name] or (value is None and name in _ASIDES):
                return
            case _ if path or value != {}:
                raise TypeError("something else was expected here")

    def _of_unit(self, unit: int, rest: Path, value: Any) -> Iterator[Placed]:
        match rest:
            case ("data_sequence",):
                self._sequences[unit] = int(value or 0)
            case ("labels", "objects"):
                yield from self._page({"objects": value}, unit, 0)
            case ("labels", str(frame)) if frame != "classifications":
                yield from self._page(value, None, _frame(frame))
            case () | ("labels",) if value not in (None, {}):
                raise TypeError("an object was expected")

    def _page(self, page: Json, unit: int | None, frame: int) -> Iterator[Placed]:
        for each in page.get("objects") or ():
            yield Placed(unit, frame, self._number(each), to_json(label_row_reading.appearance(each)))

    def _number(self, each: Json) -> int:
        hash_ = each["objectHash"]
        if hash_ not in self._numbers:
            self._keep()
            self._numbers[hash_] = len(self._first)
            self._first.append(each)
        return self._numbers[hash_]

    def _object(self, number: int) -> Json:
        if number not in self._objects:
            self._keep()
            self._objects[number] = {}
        return self._objects[number]

    def _keep(self) -> None:
        self._kept += 1
        if self._kept > 4 * MOST_LABELS:
            raise too_many()


def too_many() -> TooLarge:
    """The refusal of a row whose reviews no commit carries."""
    return TooLarge(f"Above 32 MiB a label row has at most {MOST_LABELS} objects and classifications.")


def _is_taken_apart(path: Path) -> bool:
    match path:
        case () | ("objects", int()) | ("objects", int(), "frames") | ("data_units", _) | ("data_units", _, "labels"):
            return True
        case (name,):
            return name in _EMPTY
    return False


def _frame(text: str) -> int:
    if not text.isdecimal() or len(text) > LONGEST_NUMBER:
        raise ValueError(f"{text[:40]} is no number of a frame")
    return int(text)

"""A label row of any length, told appearance by appearance: as the SDK writes it, or as `/v1` takes labels.

Of classifications only the answers count, which name their ranges, as the SDK writes and reads them. What is kept of a
row is a list of facts, so that one that was half read goes on from them.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple

from gloss.domain.errors import Fault, Invalid
from gloss.domain.formats import label_row_reading
from gloss.domain.formats.leaves import Path
from gloss.domain.formats.long_heads import Facts, heads, strange
from gloss.domain.labels.heading import Head

Json = dict[str, Any]

LONGEST_NUMBER: Final = 9
_ASIDES: Final = frozenset({"object_answers", "object_actions", "classification_answers"})
#: What is taken apart, and how it is written when nothing is in it.
_EMPTY: Final[Json] = {
    "objects": [],
    "classifications": [],
    "data_units": {},
    "spaces": {},
    **{name: {} for name in _ASIDES},
}


class Placed(NamedTuple):
    """An object on a frame of a page (0: the row's own): the object by its number in the row, what is said of it.

    Where a file is a frame of its own, `unit` is the file's number and `frame` its place in the sequence;
    `LongRow.frame` tells the frame once all were told.
    """

    page: int
    frame: int
    unit: int
    number: int
    said: Json


class LongRow:
    """What is kept of a row while its appearances are told: everything else."""

    def __init__(self, facts: Iterable[bytes] = ()) -> None:
        self._facts, self._held = Facts(), list[Placed]()
        self._unit_path: Path = ()
        for fact in facts:
            self._facts.add(fact)

    @property
    def facts(self) -> Sequence[bytes]:
        """What is kept, each as a line of JSON."""
        return self._facts.lines

    @property
    def is_even(self) -> bool:
        """Whether nothing waits for what comes next, so that the facts are all that there is."""
        return not self._held

    @property
    def pages(self) -> list[str]:
        """The pages that objects were told of: the row's own under an empty name, and spaces."""
        return list(self._facts.pages)

    def told(self, path: Path, value: Any) -> Iterator[Placed]:
        """The objects on frames that a leaf of the text tells of; raises Invalid, or TooLarge."""
        if self._held and path[:2] != self._unit_path:
            yield from self.released()
        try:
            yield from self._told(path, value)
        except (AttributeError, KeyError, TypeError, ValueError) as broken:
            where = ".".join(map(str, path))
            raise Invalid("This is no label row.", [Fault(where, f"{type(broken).__name__}: {broken}")]) from None

    def released(self) -> Iterator[Placed]:
        """What was held of a file until its place in the sequence is known: it is when all of the file was told."""
        held, self._held = self._held, []
        return (it._replace(frame=self._facts.sequences.get(it.unit, 0)) for it in held)

    def frame(self, frame: int, unit: int) -> int:
        """The frame of an appearance, once all were told: files count in the order of their sequence."""
        return frame if unit == 0 else self._ranks[unit]

    def heads(self) -> Iterator[Head]:
        """Every label of every page without its frames, once all were told."""
        return heads(self._facts)

    def strange(self) -> list[str]:
        """The paths of what no label body has, once all was told; a row of the SDK's may have what it likes."""
        return strange(self._facts)

    @cached_property
    def _ranks(self) -> dict[int, int]:
        units = sorted(self._facts.units.values(), key=lambda unit: (self._facts.sequences.get(unit, 0), unit))
        return {unit: rank for rank, unit in enumerate(units)}

    def _told(self, path: Path, value: Any) -> Iterator[Placed]:
        match path:
            case ("data_units", str(unit), *rest):
                self._unit_path = path[:2]
                yield from self._of_unit(unit, tuple(rest), value)
            case ("spaces", str(space), "labels", str(frame)):
                yield from self._page(value, self._page_number(space), _frame(frame), 0)
            case ("spaces", str(space), "objects" | "classifications", *_):
                yield from self._of_page(self._page_number(space), path[2:], value)
            case ("spaces", str(space)) if value == {}:
                self._page_number(space)
            case ("spaces", str(space), str(name)):
                self._page_number(space)
                self._facts.note("strange", ".".join(map(str, path)), name)
            case ("objects" | "classifications", *rest) if rest:
                yield from self._of_page(0, path, value)
            case (str(name), str(hash_)) if name in _ASIDES:
                self._facts.note("aside", name, hash_, value)
            case _:
                self._take_aside(path, value)

    def _of_page(self, page: int, path: Path, value: Any) -> Iterator[Placed]:
        """A part of labels as `/v1` takes them."""
        match path:
            case ("objects", int(number), "frames", str(frame)):
                yield Placed(page, _frame(frame), 0, self._object(page, number), value)
            case ("objects", int(number), str(name)):
                self._facts.note("field", self._object(page, number), name, value)
            case ("classifications", int()):
                self._facts.note("said", page, value)
            case (str(name),) if value == []:
                return
            case _:
                raise TypeError("something else was expected here")

    def _take_aside(self, path: Path, value: Any) -> None:
        """What is no part of labels, or an empty part of them."""
        match path:
            case (str(name),) if name not in _EMPTY:
                self._facts.note("strange", name, name)
            case (str(name),) if value == _EMPTY[name] or (value is None and name in {*_ASIDES, "spaces"}):
                return
            case _ if path or value != {}:
                raise TypeError("something else was expected here")

    def _of_unit(self, name: str, rest: Path, value: Any) -> Iterator[Placed]:
        unit = self._facts.units.get(name) or self._facts.note("unit", name)
        match rest:
            case ("data_sequence",):
                self._facts.note("sequence", unit, _frame(str(value or 0)))
            case ("labels", "objects"):
                self._held.extend(self._page({"objects": value}, 0, 0, unit))
            case ("labels", str(frame)) if frame != "classifications":
                yield from self._page(value, 0, _frame(frame), 0)
            case () | ("labels",) if value not in (None, {}):
                raise TypeError("an object was expected")

    def _page(self, page: Json, number: int, frame: int, unit: int) -> Iterator[Placed]:
        for each in page.get("objects") or ():
            yield Placed(number, frame, unit, self._drawn(number, each), label_row_reading.appearance(each))

    def _drawn(self, page: int, each: Json) -> int:
        hash_ = each["objectHash"]
        known = self._facts.drawn.get((page, hash_))
        return self._facts.note("drawn", page, hash_, each["featureHash"]) if known is None else known

    def _object(self, page: int, number: int) -> int:
        """The number in the row of an object of a page; those of a page come in order."""
        if self._facts.begun != (page, number):
            self._facts.note("object", page, number)
        return self._facts.count - 1

    def _page_number(self, space: str) -> int:
        pages = self._facts.pages
        return pages[space] if space in pages else self._facts.note("page", space)


def is_taken_apart(path: Path) -> bool:
    """Whether a value of a label row is told part by part."""
    match path:
        case () | ("data_units" | "spaces", _) | ("data_units" | "spaces", _, "labels"):
            return True
        case ("spaces", _, "objects" | "classifications", *_):
            return _is_apart(path[2:])
        case (name,) if name in _EMPTY:
            return True
    return _is_apart(path)


def _is_apart(path: Path) -> bool:
    match path:
        case ("objects" | "classifications",) | ("objects", int()) | ("objects", int(), "frames"):
            return True
    return False


def _frame(text: str) -> int:
    if not text.isdecimal() or len(text) > LONGEST_NUMBER:
        raise ValueError(f"{text[:40]} is no number of a frame")
    return int(text)

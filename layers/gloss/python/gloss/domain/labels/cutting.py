"""Cutting appearances that come by page, frame and object into ranges of frames, without taking them apart."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby, pairwise
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from gloss.domain import parsing
from gloss.domain.errors import Fault, Invalid, TooLarge
from gloss.domain.labels.appearing import BROKEN, Author, Inked
from gloss.domain.labels.body import Appearance
from gloss.domain.labels.canvas import Canvas
from gloss.domain.labels.checking import appearance_faults
from gloss.domain.labels.long import RANGE_BYTES
from gloss.domain.ontology import ObjectClass, Structure

#: The first frames of all objects are kept in memory while a row is cut.
FIRST_BYTES: Final = 160 * 2**20
#: A line begins with its page, frame and file; then come the object's number, and the place among all lines.
PLACE: Final = 22
_NUMBERED: Final = 30


@dataclass(frozen=True)
class Terms:
    """What labels must fit, who saves them, and about how many bytes a range of frames has."""

    structure: Structure
    canvas: Canvas
    author: Author
    range_bytes: int = RANGE_BYTES

    def canvas_of(self, page: str) -> Canvas | None:
        """The canvas of a page: of the row's own under an empty name, or of a space."""
        return self.canvas.spaces.get(page) if page else self.canvas

    def class_of(self, feature: object) -> ObjectClass | None:
        """The class of objects of this feature, if it is one."""
        known = self.structure.features.get(feature) if isinstance(feature, str) else None
        return known.feature if known is not None and isinstance(known.feature, ObjectClass) else None


def line_of(placed: tuple[int, int, int, int, Any], count: int, inked: Inked) -> bytes:
    """An appearance as a line: its page, frame, file (0: none), object, its place among all, then how it is stored.

    Lines are sorted by their bytes; of two for the same object and frame the last counts.
    """
    return b"%04d%010d%08d%08d%012d\t%b\t%b\t%b" % (*placed[:4], count, *inked)


class Named(NamedTuple):
    """An object whose appearances are cut: its page, what faults call it, its id and its class, if it has one."""

    page: str
    path: str
    id: str
    feature: str
    class_: ObjectClass | None


class Cut(NamedTuple):
    """A range of frames of a page as it is stored, and where the lines behind it begin (empty: there are none)."""

    page: str
    first: int
    last: int
    stored: bytes
    then: bytes


class Mark(NamedTuple):
    """What is kept of an object that was cut: the digest of its appearances, and the first, with its frame."""

    digest: bytes
    frame: int
    said: bytes


Faults = list[Fault]


@dataclass
class Cutting:
    """A row while it is cut; `frame` tells the frame of a frame and a file."""

    terms: Terms
    objects: Mapping[int, Named]
    frame: Callable[[int, int], int]
    marks: dict[int, Mark] = field(default_factory=dict)
    faults: Faults = field(default_factory=list)
    _held: dict[int, list[bytes]] = field(default_factory=dict)
    _size: int = 0
    _kept: int = 0

    def __post_init__(self) -> None:
        self._kept = sum(len(it.said) for it in self.marks.values())

    def ranges(self, lines: Iterable[bytes]) -> Iterator[Cut]:
        """One range after the other, from lines in order; raises Invalid when 100 are wrong."""
        page = first = last = -1
        for place, seen in groupby(_last_of_each(lines), lambda line: line[:PLACE]):
            there, frame = int(place[:4]), self.frame(int(place[4:14]), int(place[14:22]))
            if self._held and (there != page or self._size > self.terms.range_bytes):
                yield self._cut(first, last, place)
            page, first, last = there, frame if not self._held else first, frame
            for line in seen:
                self._take(frame, line)
        if self._held:
            yield self._cut(first, last, b"")

    def _take(self, frame: int, line: bytes) -> None:
        number = int(line[PLACE:_NUMBERED])
        _, shape, stamps, rest = line.split(b"\t", 3)
        it = self.objects[number]
        canvas = self.terms.canvas_of(it.page)
        beyond = canvas is None or (canvas.frames is not None and frame >= canvas.frames)
        if beyond or it.class_ is None or shape != it.class_.shape.encode():
            self._suspect(frame, it, Inked(shape, stamps, rest))
        self._held.setdefault(number, []).append(b'"%d":%b,%b' % (frame, stamps, rest))
        self._size += len(rest) + len(stamps)
        self._mark(number, frame, stamps, rest)

    def _mark(self, number: int, frame: int, stamps: bytes, rest: bytes) -> None:
        before = self.marks.get(number)
        told = b"%d:%b" % (frame, rest)
        if before is not None:
            digest = hashlib.blake2b(before.digest + told, digest_size=16).digest()
            self.marks[number] = Mark(digest, before.frame, before.said)
            return
        self._kept += len(rest) + len(stamps)
        if self._kept > FIRST_BYTES:
            raise TooLarge(f"The first frames of this row's objects take more than {FIRST_BYTES // 2**20} MiB.")
        self.marks[number] = Mark(hashlib.blake2b(told, digest_size=16).digest(), frame, b"%b,%b" % (stamps, rest))

    def _suspect(self, frame: int, it: Named, inked: Inked) -> None:
        """Note what cannot be of an appearance."""
        path, canvas = f"{it.path}.frames.{frame}", self.terms.canvas_of(it.page)
        raw = from_json(inked.rest if inked.shape == BROKEN else b"%b,%b" % (inked.stamps, inked.rest))
        try:
            appearance = Appearance.model_validate(raw)
        except ValidationError as error:
            self._note(parsing.faults(error, raw, path))
            return
        if it.class_ is not None and canvas is not None:
            self._note(appearance_faults(frame, appearance, it.class_, canvas, path))

    def _note(self, found: Iterable[Fault]) -> None:
        self.faults.extend(found)
        if len(self.faults) >= parsing.MOST_FAULTS:
            raise misfit(self.faults)

    def _cut(self, first: int, last: int, then: bytes) -> Cut:
        held, self._held, self._size = self._held, {}, 0
        seen = [(self.objects[number], b",".join(frames)) for number, frames in held.items()]
        seen.sort(key=lambda it: it[0].id)
        return Cut(seen[0][0].page, first, last, _body(seen), then)


def _body(seen: Iterable[tuple[Named, bytes]]) -> bytes:
    """The bytes that a body with these frames has when it is stored whole."""
    one = b'{"id":%b,"feature":%b,"frames":{%b}}'
    things = (one % (to_json(it.id), to_json(it.feature), frames) for it, frames in seen)
    return b'{"objects":[%b]}' % b",".join(things)


def _last_of_each(lines: Iterable[bytes]) -> Iterator[bytes]:
    return (line for line, after in pairwise(chain(lines, (b"",))) if line[:_NUMBERED] != after[:_NUMBERED])


def misfit(found: Sequence[Fault]) -> Invalid:
    """The refusal of labels that cannot be."""
    return Invalid("The labels do not fit the ontology or the media; nothing was saved.", found[: parsing.MOST_FAULTS])


def marks_told(marks: Mapping[int, Mark]) -> Iterator[bytes]:
    """The marks as lines, to be kept until the rest is cut."""
    return (b"%d\t%b\t%d\t%b\n" % (number, it.digest.hex().encode(), it.frame, it.said) for number, it in marks.items())


def marks_of(lines: Iterable[bytes]) -> Iterator[tuple[int, Mark]]:
    """The marks out of such lines."""
    for line in lines:
        number, digest, frame, said = line.rstrip(b"\n").split(b"\t", 3)
        yield int(number), Mark(bytes.fromhex(digest.decode()), int(frame), said)

"""The labels of a long row without their frames: each checked by itself, then put in order into what is stored."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from pydantic_core import to_json

from gloss.domain import parsing
from gloss.domain.errors import Fault, Invalid
from gloss.domain.labels import saving
from gloss.domain.labels.appearing import STAMPS
from gloss.domain.labels.body import Appearance, ClassificationInstance, Instance, ObjectInstance
from gloss.domain.labels.checking import OF_THE_GROUP, classification_faults, object_faults
from gloss.domain.labels.cutting import Mark, Named, Terms, misfit
from gloss.domain.labels.heads import DIGEST_DIGITS
from gloss.domain.labels.long import FrameRange, LongIndex
from gloss.domain.labels.placing import ABOUT_THE_WHOLE, SOMETHING_ELSE, misplaced_answer, misplaced_object, said

MODELS: Final[Mapping[str, type[Instance]]] = {"objects": ObjectInstance, "classifications": ClassificationInstance}
NO_SPACE: Final = "the data unit has no such space"


class Head(NamedTuple):
    """A label of a page: `objects` or `classifications`, an object's number if it is on frames, what is said of it."""

    page: str
    place: str
    number: int | None
    said: Any


def named(heads: Iterable[Head], terms: Terms) -> dict[int, Named]:
    """The objects with frames by their numbers; raises Invalid where one label has not the shape of any."""
    found: dict[int, Named] = {}
    faults: list[Fault] = []
    for path, head in _numbered(heads):
        try:
            it = parsing.parsed(MODELS[head.place], head.said, path)
        except Invalid as refused:
            faults += refused.faults
            if len(faults) >= parsing.MOST_FAULTS:
                break
            continue
        if head.number is not None:
            found[head.number] = Named(head.page, path, it.id, it.feature, terms.class_of(it.feature))
    if faults:
        raise Invalid("This is no valid LabelBody; see the errors.", faults[: parsing.MOST_FAULTS])
    return found


def demand_pages(pages: Iterable[str], strange: Iterable[str], terms: Terms) -> None:
    """Raises Invalid with what is no part of labels, and with spaces that the data unit has not."""
    found = [Fault(path, "Extra inputs are not permitted") for path in strange]
    found += [Fault(f"spaces.{page}", NO_SPACE) for page in pages if terms.canvas_of(page) is None]
    if found:
        raise misfit(found)


def headed(
    heads: Iterable[Head], marks: Mapping[int, Mark], ranges: Mapping[str, Sequence[FrameRange]], terms: Terms
) -> bytes:
    """The bytes of a long body; raises Invalid with what of its labels does not fit the ontology or the media."""
    heading = Heading(terms)
    for path, head in _numbered(heads):
        heading.take(path, head, marks.get(head.number) if head.number is not None else None)
    return heading.stored(ranges)


def _numbered(heads: Iterable[Head]) -> Iterator[tuple[str, Head]]:
    """Each with the path that faults call it by."""
    counts: Counter[tuple[str, str]] = Counter()
    for head in heads:
        place = (head.page, head.place)
        yield f"{f'spaces.{head.page}.' if head.page else ''}{head.place}[{counts[place]}]", head
        counts[place] += 1


@dataclass
class Heading:
    """What is known of a row's labels while they are taken one by one."""

    terms: Terms
    _lines: dict[tuple[str, str], dict[str, bytes]] = field(default_factory=dict)
    _said: dict[tuple[str, str], bytes] = field(default_factory=dict)
    _whole: dict[str, str] = field(default_factory=dict)
    _faults: list[Fault] = field(default_factory=list)

    def take(self, path: str, head: Head, mark: Mark | None) -> None:
        """Check a label, with its first frame if it has any, and keep it as it is stored."""
        it: Any = MODELS[head.place].model_validate(head.said)
        if mark is not None:
            it = it.model_copy(update={"frames": {mark.frame: Appearance.model_validate_json(mark.said)}})
        self._note(self._of(path, head, it))
        lines = self._lines.setdefault((head.page, head.place), {})
        if it.id in lines:
            self._note([Fault(f"{path}.id", f"{it.id} is used twice")])
        lines[it.id] = _line(it, mark, self.terms)

    def stored(self, ranges: Mapping[str, Sequence[FrameRange]]) -> bytes:
        """The index, then the lines of every page."""
        inside = {id_ for (page, place), lines in self._lines.items() if page and place != "objects" for id_ in lines}
        self._note(
            Fault(f"{self._whole[id_]}.id", ABOUT_THE_WHOLE.format(id=id_)) for id_ in self._whole if id_ in inside
        )
        if self._faults:
            raise misfit(self._faults)
        pages = ["", *sorted({page for page, _ in self._lines if page})]
        counts = {place: {page: len(self._lines.get((page, place), ())) for page in pages} for place in MODELS}
        index = LongIndex(ranges={page: tuple(ranges.get(page, ())) for page in pages}, **counts)
        found = (self._lines.get((page, place), {}) for page in pages for place in MODELS)
        lines = (each[id_] for each in found for id_ in sorted(each))
        return b"".join(line + b"\n" for line in (index.model_dump_json().encode(), *lines))

    def _of(self, path: str, head: Head, it: Any) -> Iterator[Fault]:
        canvas = self.terms.canvas_of(head.page)
        assert canvas is not None, "pages were demanded"
        if head.place == "objects":
            if canvas.spaces and OF_THE_GROUP not in self._faults:
                yield OF_THE_GROUP
            yield from object_faults(it, self.terms.structure, canvas, path)
            yield from misplaced_object(it, self.terms.structure, canvas, path) if head.page else ()
        else:
            yield from classification_faults(it, self.terms.structure, canvas, path)
            yield from misplaced_answer(it, canvas, path) if head.page else ()
        if self.terms.canvas.spaces:
            yield from self._disagreements(path, head, it)

    def _disagreements(self, path: str, head: Head, it: Any) -> Iterator[Fault]:
        told = hashlib.blake2b(to_json(said(it)), digest_size=16).digest()
        if self._said.setdefault((head.place, it.id), told) != told:
            yield Fault(path, SOMETHING_ELSE.format(id=it.id))
        if head.place == "classifications" and not head.page and not it.ranges:
            self._whole[it.id] = path

    def _note(self, found: Iterable[Fault]) -> None:
        self._faults.extend(found)
        if len(self._faults) >= parsing.MOST_FAULTS:
            raise misfit(self._faults)


def _line(it: Any, mark: Mark | None, terms: Terms) -> bytes:
    told = _unstamped(it.model_copy(update={"frames": {}}) if mark else it)
    digest = hashlib.blake2b((mark.digest if mark else b"") + told, digest_size=DIGEST_DIGITS // 2).hexdigest()
    kept = saving.settled(it, *terms.author).model_dump_json(exclude_defaults=True)
    return f"{digest} {it.id} {kept}".encode()


def _unstamped(it: Any) -> bytes:
    return bytes(it.model_dump_json(exclude=STAMPS, exclude_defaults=True).encode())

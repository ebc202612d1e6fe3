"""A label body of any length: cut into ranges of frames, of which readers hold one at a time.

What is stored of it is an index, then the lines of each page's labels, where objects are on their first frame alone.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from heapq import merge
from itertools import islice
from typing import Final, Protocol, TypeVar

from gloss.domain.labels.body import (
    ClassificationInstance,
    Instance,
    LabelBody,
    ObjectInstance,
    Seen,
    SpaceLabels,
)
from gloss.domain.labels.heads import Answers, Heads, Lines
from gloss.domain.model import Value

#: How the stored manifest of a long body begins, and no body that is stored whole.
MARK: Final = b'{"ranges":'
#: About so much JSON of appearances makes a range.
RANGE_BYTES: Final = 2 * 2**20
_A_PART: Final = 1000
#: Bodies of more labels are not held whole, not even on their first frames.
MOST_COMPARED: Final = 50_000

T = TypeVar("T", bound=Instance)


class FrameRange(Value):
    """Some frames from first to last: the body of what is seen on them, by its digest."""

    sha256: str
    first: int
    last: int


class LongIndex(Value):
    """The ranges of each page by frames, and how many objects and classifications it has; pages in order."""

    ranges: dict[str, tuple[FrameRange, ...]]
    objects: dict[str, int]
    classifications: dict[str, int]


@dataclass(frozen=True)
class LongPage:
    """A page of a long body as it is read: `load` gets the body of a range by its digest; the last one is kept."""

    ranges: Sequence[FrameRange]
    objects: Heads[ObjectInstance]
    classifications: Heads[ClassificationInstance]
    load: Callable[[str], LabelBody]
    _loaded: dict[str, LabelBody] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is labelled."""
        return not self.objects.places and not self.classifications.places

    @property
    def frames(self) -> Iterator[int]:
        """The frames that hold an object, in order; when some classes are left out, also those of the others."""
        return (frame for each in self.ranges for frame in self._body(each.sha256).frames)

    def on_frame(self, frame: int) -> tuple[Seen, ...]:
        """The objects on this frame, in the order of their ids; reads the frame's range unless it was read last."""
        place = bisect_right(self.ranges, frame, key=lambda it: it.first) - 1
        if place < 0 or frame > self.ranges[place].last:
            return ()
        seen = self._body(self.ranges[place].sha256).on_frame(frame)
        found = ((self.objects.find(it.id), it.appearance) for it in seen)
        return tuple(Seen(whole, appearance) for whole, appearance in found if whole is not None)

    def classifications_on(self, frame: int) -> tuple[ClassificationInstance, ...]:
        """The classifications that hold on this frame; global ones hold on all."""
        found = (self.classifications.at(number) for number in self._answers.on(frame))
        return tuple(each for each in found if self.classifications.wants(each))

    def only(self, objects: Collection[str] | None, classifications: Collection[str] | None) -> "LongPage":
        """The labels of these classes; None: of all."""
        return replace(
            self,
            objects=replace(self.objects, features=objects, _held={}),
            classifications=replace(self.classifications, features=classifications, _held={}),
            _loaded={},
        )

    def parts(self) -> Iterator[SpaceLabels]:
        """The labels on their first frames, some at a time, then what is seen, where objects bear no answers."""
        objects, answers = iter(self.objects), iter(self.classifications)
        while not (some := _some(objects, answers)).is_empty:
            yield some
        yield from (self._body(each.sha256) for each in self.ranges)

    def _body(self, sha256: str) -> LabelBody:
        if sha256 not in self._loaded:
            self._loaded.clear()
            self._loaded[sha256] = self.load(sha256)
        return self._loaded[sha256]

    @cached_property
    def _answers(self) -> Answers:
        whole = replace(self.classifications, features=None)
        return Answers(each.ranges for each in whole)


@dataclass(frozen=True)
class LongLabels(LongPage):
    """A long body as it is read: the page of the data unit itself, and those of a data group's spaces."""

    spaces: Mapping[str, LongPage] = field(default_factory=dict)

    @classmethod
    def of(cls, stored: bytes, load: Callable[[str], LabelBody]) -> "LongLabels":
        """A long body of its stored bytes."""
        lines = Lines(stored)
        index = LongIndex.model_validate_json(lines[0])
        pages: dict[str, tuple[Sequence[FrameRange], Heads[ObjectInstance], Heads[ClassificationInstance]]] = {}
        at = 1
        for page, ranges in index.ranges.items():
            middle, end = at + index.objects[page], at + index.objects[page] + index.classifications[page]
            heads = Heads(lines, range(at, middle), ObjectInstance)
            pages[page] = ranges, heads, Heads(lines, range(middle, end), ClassificationInstance)
            at = end
        own = pages.pop("")
        return cls(*own, load, spaces={name: LongPage(*page, load) for name, page in pages.items()})

    @property
    def stored(self) -> bytes:
        """The bytes that it is stored as."""
        return self.objects.lines.stored

    @property
    def pages(self) -> dict[str, LongPage]:
        """The labels of the data unit itself under an empty name, then those of each space under its id."""
        return {"": self, **self.spaces}

    @property
    def size_bytes(self) -> int:
        """About how long the body is, known before a range is read."""
        return len(self.stored) + RANGE_BYTES * sum(len(page.ranges) for page in self.pages.values())

    @property
    def count(self) -> int:
        """How many labels it has on all pages."""
        return sum(len(each.objects.places) + len(each.classifications.places) for each in self.pages.values())

    def only(self, objects: Collection[str] | None, classifications: Collection[str] | None) -> "LongLabels":
        """The labels of these classes; None: of all."""
        own = super().only(objects, classifications)
        spaces = {name: page.only(objects, classifications) for name, page in self.spaces.items()}
        return LongLabels(own.ranges, own.objects, own.classifications, self.load, spaces=spaces)

    def every_object(self) -> Iterator[tuple[str, dict[str, ObjectInstance]]]:
        """Objects by their ids, each on its first frame alone, by the pages that it is seen on."""
        return _by_id({name: page.objects for name, page in self.pages.items()})

    def every_classification(self) -> Iterator[tuple[str, dict[str, ClassificationInstance]]]:
        """Classifications by their ids, each by the pages that it holds on."""
        return _by_id({name: page.classifications for name, page in self.pages.items()})

    def whole_parts(self) -> Iterator[LabelBody]:
        """The labels as bodies of some of them, each to be looked at for itself."""
        for name, page in self.pages.items():
            for part in page.parts():
                if name:
                    yield LabelBody(
                        spaces={name: SpaceLabels(objects=part.objects, classifications=part.classifications)}
                    )
                else:
                    yield LabelBody(objects=part.objects, classifications=part.classifications)


class Framed(Protocol):
    """A page as far as it is read frame by frame."""

    @property
    def classifications(self) -> Iterable[ClassificationInstance]: ...

    @property
    def frames(self) -> Iterable[int]: ...

    def on_frame(self, frame: int) -> tuple[Seen, ...]: ...

    def classifications_on(self, frame: int) -> tuple[ClassificationInstance, ...]: ...


AnyBody = LabelBody | LongLabels
AnyPage = SpaceLabels | LongPage


def _some(objects: Iterator[ObjectInstance], answers: Iterator[ClassificationInstance]) -> SpaceLabels:
    return SpaceLabels(objects=tuple(islice(objects, _A_PART)), classifications=tuple(islice(answers, _A_PART)))


def _by_id(pages: Mapping[str, Heads[T]]) -> Iterator[tuple[str, dict[str, T]]]:
    """Each label with all its pages, where it comes first; later pages are asked for it."""
    names = list(pages)
    for place, name in enumerate(names):
        for each in pages[name]:
            if not any(pages[earlier].find(each.id) for earlier in names[:place]):
                later = ((other, pages[other].find(each.id)) for other in names[place + 1 :])
                yield each.id, {name: each, **{other: it for other, it in later if it is not None}}


def labelled_frames(page: Framed) -> Iterator[int]:
    """Every frame that holds an object or an answer with ranges, in order."""
    ranges = sorted(span for each in page.classifications for span in each.ranges)
    last = None
    for frame in merge(page.frames, _in(ranges)):
        if frame != last:
            yield frame
        last = frame


def _in(ranges: Iterable[tuple[int, int]]) -> Iterator[int]:
    """The frames of ranges that come by their firsts, each once."""
    after = 0
    for first, last in ranges:
        yield from range(max(first, after), last + 1)
        after = max(after, last + 1)


def too_many_to_compare(bodies: Sequence[AnyBody]) -> bool:
    """Whether one of them has more labels than are held together."""
    return any(isinstance(body, LongLabels) and body.count > MOST_COMPARED for body in bodies)


def comparable(bodies: Sequence[AnyBody]) -> list[LabelBody]:
    """The bodies as they may be compared: where one of them is long, all with their objects on their first frames."""
    whole = [body for body in bodies if isinstance(body, LabelBody)]
    return whole if len(whole) == len(bodies) else [_outline(body) for body in bodies]


def _outline(body: AnyBody) -> LabelBody:
    own = _outlined(body)
    spaces = {name: _outlined(page) for name, page in body.spaces.items()}
    return LabelBody(objects=own.objects, classifications=own.classifications, spaces=spaces)


def _outlined(page: AnyPage) -> SpaceLabels:
    objects = (it.model_copy(update={"frames": dict(islice(it.frames.items(), 1))}) for it in page.objects)
    return SpaceLabels(objects=tuple(objects), classifications=tuple(page.classifications))

"""A label body of any length: cut into ranges of frames, of which readers hold one at a time."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import Final

from gloss.domain.labels.body import (
    ClassificationInstance,
    Frame,
    Instance,
    InstanceId,
    LabelBody,
    ObjectInstance,
    Range,
    Seen,
    SpaceLabels,
    holds,
)
from gloss.domain.model import Value

#: How the stored manifest of a long body begins, and no body that is stored whole.
MARK: Final = b'{"ranges":'
#: About so much JSON of appearances makes a range.
RANGE_BYTES: Final = 2 * 2**20


class FrameRange(Value):
    """Some frames in order: the body of what is seen on them, by its digest, and which of them hold an object."""

    sha256: str
    spans: tuple[Range, ...]


class LongBody(Value):
    """What is stored of a long body beside its ranges: its labels, each object on its first frame alone.

    `digests` are what reviews know the labels by.
    """

    ranges: tuple[FrameRange, ...]
    objects: tuple[ObjectInstance, ...] = ()
    classifications: tuple[ClassificationInstance, ...] = ()
    digests: dict[InstanceId, str]


@dataclass(frozen=True)
class LongLabels:
    """A long body as it is read: `load` gets the body of a range by its digest; the last one is kept."""

    stored: LongBody
    load: Callable[[str], LabelBody]
    of_objects: Collection[str] | None = None
    of_classifications: Collection[str] | None = None
    _held: dict[str, LabelBody] = field(default_factory=dict)

    @cached_property
    def objects(self) -> tuple[ObjectInstance, ...]:
        """Every object, on its first frame alone."""
        return tuple(each for each in self.stored.objects if _is_wanted(each, self.of_objects))

    @cached_property
    def classifications(self) -> tuple[ClassificationInstance, ...]:
        return tuple(each for each in self.stored.classifications if _is_wanted(each, self.of_classifications))

    @cached_property
    def frames(self) -> tuple[int, ...]:
        """The frames that hold an object, in order; when some classes are left out, also those of the others."""
        spans = (span for each in self.stored.ranges for span in each.spans)
        return tuple(frame for first, last in spans for frame in range(first, last + 1))

    def on_frame(self, frame: int) -> tuple[Seen, ...]:
        """The objects on this frame, in the order of their ids; reads the frame's range unless it was read last."""
        place = bisect_right(self._starts, frame) - 1
        if place < 0 or not holds(self.stored.ranges[place].spans, frame):
            return ()
        seen = self._body(self.stored.ranges[place].sha256).on_frame(frame)
        return tuple(Seen(self._whole[it.id], it.appearance) for it in seen if it.id in self._whole)

    def classifications_on(self, frame: int) -> tuple[ClassificationInstance, ...]:
        """The classifications that hold on this frame; global ones hold on all."""
        return tuple(each for each in self.classifications if not each.ranges or holds(each.ranges, frame))

    def only(self, objects: Collection[str] | None, classifications: Collection[str] | None) -> "LongLabels":
        """The labels of these classes; None: of all."""
        return replace(self, of_objects=objects, of_classifications=classifications, _held={})

    @property
    def size_bytes(self) -> int:
        """About how long the body is, known before a range is read."""
        return len(self.stored.ranges) * RANGE_BYTES

    @property
    def spaces(self) -> Mapping[str, SpaceLabels]:
        """Data groups have no long bodies."""
        return {}

    @property
    def pages(self) -> dict[str, "LongLabels"]:
        """The labels of the data unit itself under an empty name."""
        return {"": self}

    def every_object(self) -> dict[str, dict[str, ObjectInstance]]:
        """Objects by their ids, each on its first frame alone."""
        return {each.id: {"": each} for each in self.objects}

    def every_classification(self) -> dict[str, dict[str, ClassificationInstance]]:
        """Classifications by their ids."""
        return {each.id: {"": each} for each in self.classifications}

    def whole_parts(self) -> Iterator[LabelBody]:
        """The labels on their first frames, then what is seen range by range, where objects bear no answers."""
        yield LabelBody(objects=self.objects, classifications=self.classifications)
        yield from (self._body(each.sha256) for each in self.stored.ranges)

    def _body(self, sha256: str) -> LabelBody:
        if sha256 not in self._held:
            self._held.clear()
            self._held[sha256] = self.load(sha256)
        return self._held[sha256]

    @cached_property
    def _whole(self) -> dict[str, ObjectInstance]:
        return {each.id: each for each in self.objects}

    @cached_property
    def _starts(self) -> list[int]:
        return [each.spans[0][0] for each in self.stored.ranges]


AnyBody = LabelBody | LongLabels
AnyPage = SpaceLabels | LongLabels


def _is_wanted(it: Instance, features: Collection[str] | None) -> bool:
    return features is None or it.feature in features


def spans_of(frames: Collection[Frame]) -> tuple[Range, ...]:
    """Frames in order as first and last of each run of neighbours."""
    spans: list[list[int]] = []
    for frame in frames:
        if spans and frame == spans[-1][1] + 1:
            spans[-1][1] = frame
        else:
            spans.append([frame, frame])
    return tuple((first, last) for first, last in spans)


def comparable(bodies: Sequence[AnyBody]) -> list[LabelBody]:
    """The bodies as they may be compared: where one of them is long, all with their objects on their first frames."""
    whole = [body for body in bodies if isinstance(body, LabelBody)]
    return whole if len(whole) == len(bodies) else [_outline(body) for body in bodies]


def _outline(body: AnyBody) -> LabelBody:
    objects = (it.model_copy(update={"frames": dict(islice(it.frames.items(), 1))}) for it in body.objects)
    return LabelBody(objects=tuple(objects), classifications=body.classifications)

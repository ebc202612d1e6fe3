"""The body of a label row: what is labelled on one data unit, as one canonical value."""

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property
from typing import Annotated, NamedTuple, TypeVar

from pydantic import Field

from gloss.domain.labels.geometry import Geometry
from gloss.domain.model import Timestamp, Value
from gloss.domain.ontology import FeatureHash

InstanceId = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/=_-]{8}$")]
SpaceId = Annotated[str, Field(min_length=1, max_length=64)]
Frame = Annotated[int, Field(ge=0, le=100_000_000)]
Range = tuple[Frame, Frame]
"""First and last, both included: frames; milliseconds for audio; characters for text."""


class Mark(Value):
    """Who labelled when (None: not stamped yet), how sure (1 when nothing is said), and whether by hand."""

    created_by: str | None = None
    created_at: Timestamp | None = None
    edited_by: str | None = None
    edited_at: Timestamp | None = None
    #: What a model says, without an upper end: the guide's own pre-labelling script gives up to 1.5.
    confidence: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    manual: bool = True


class Answer(Value):
    """The answer to one attribute: hashes of the chosen options, words, or a number."""

    feature: FeatureHash
    answer: (
        tuple[FeatureHash, ...]
        | Annotated[str, Field(max_length=100_000)]
        | Annotated[float, Field(strict=True, allow_inf_nan=False)]
    )
    manual: bool = True


class DynamicAnswer(Answer):
    """An answer that holds on some frames only."""

    ranges: Annotated[tuple[Range, ...], Field(min_length=1)]
    track: str | None = None
    propagate: bool = False


class Anchor(Value):
    """A place in an HTML text."""

    xpath: Annotated[str, Field(min_length=1, max_length=10_000)]
    offset: Annotated[int, Field(ge=0)]


class HtmlRange(Value):
    """A stretch of an HTML text."""

    start: Anchor
    end: Anchor


class Appearance(Mark):
    """An object on one frame."""

    geometry: Geometry


class Instance(Mark):
    """What objects and classifications share."""

    id: InstanceId
    feature: FeatureHash
    ranges: tuple[Range, ...] = ()
    html_ranges: tuple[HtmlRange, ...] = ()
    answers: tuple[Answer, ...] = ()


class ObjectInstance(Instance):
    """One thing: on frames it has a geometry, in sound and text it has ranges (and the marks stand here).

    `number` is what people call it among those of its class.
    """

    number: Annotated[int, Field(ge=0)] | None = None
    frames: dict[Frame, Appearance] = Field(default_factory=dict)
    dynamic: tuple[DynamicAnswer, ...] = ()

    def answers_on(self, frame: int) -> tuple[Answer, ...]:
        """The static answers and the dynamic ones that hold on this frame."""
        if not self.dynamic:
            return self.answers
        return self.answers + tuple(each for each in self.dynamic if holds(each.ranges, frame))


class ClassificationInstance(Instance):
    """One answered question, on ranges of frames; a global one has no ranges."""

    answers: Annotated[tuple[Answer, ...], Field(min_length=1)]


T = TypeVar("T", bound=Instance)


class Seen(NamedTuple):
    """An object as it is seen on one frame."""

    instance: ObjectInstance
    appearance: Appearance

    @property
    def id(self) -> str:
        return self.instance.id

    @property
    def feature(self) -> str:
        return self.instance.feature

    @property
    def geometry(self) -> Geometry:
        return self.appearance.geometry

    @property
    def confidence(self) -> float:
        return self.appearance.confidence


class SpaceLabels(Value):
    """What is labelled on one run of frames, or in one text or sound."""

    objects: tuple[ObjectInstance, ...] = ()
    classifications: tuple[ClassificationInstance, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is labelled."""
        return not self.objects and not self.classifications

    @cached_property
    def frames(self) -> tuple[int, ...]:
        """The frames that hold an object, in order."""
        return tuple(sorted(self.seen))

    def on_frame(self, frame: int) -> tuple[Seen, ...]:
        """The objects on this frame, in the order of their ids."""
        return self.seen.get(frame, ())

    def classifications_on(self, frame: int) -> tuple[ClassificationInstance, ...]:
        """The classifications that hold on this frame; global ones hold on all."""
        return tuple(each for each in self.classifications if not each.ranges or holds(each.ranges, frame))

    @cached_property
    def seen(self) -> dict[int, tuple[Seen, ...]]:
        """The objects of every frame that holds one."""
        found: dict[int, list[Seen]] = {}
        for frame, seen in _appearances(self.objects):
            found.setdefault(frame, []).append(seen)
        return {frame: tuple(seen) for frame, seen in found.items()}


class LabelBody(SpaceLabels):
    """Everything labelled on a data unit; image groups and series count their members as frames 0, 1, 2, ...

    A data group's labels lie in `spaces`, by its members' items; one thing that is seen in several spaces is in each of
    them under the same id, with the same answers.
    """

    spaces: dict[SpaceId, SpaceLabels] = Field(default_factory=dict)

    @property
    def pages(self) -> dict[str, SpaceLabels]:
        """The labels of the data unit itself under an empty name, then those of each space under its id."""
        return {"": self, **self.spaces}

    def every_object(self) -> Iterator[tuple[str, dict[str, ObjectInstance]]]:
        """Objects by their ids, each by the pages that it is seen on."""
        return _by_id((id_, each) for id_, page in self.pages.items() for each in page.objects)

    def every_classification(self) -> Iterator[tuple[str, dict[str, ClassificationInstance]]]:
        """Classifications by their ids, each by the pages that it holds on."""
        return _by_id((id_, each) for id_, page in self.pages.items() for each in page.classifications)

    def only(self, objects: Collection[str] | None, classifications: Collection[str] | None) -> "LabelBody":
        """The labels of these classes; None: of all."""
        return self._chosen(
            lambda each: objects is None or each.feature in objects,
            lambda each: classifications is None or each.feature in classifications,
        )

    def of(self, ids: Collection[str]) -> "LabelBody":
        """The labels with these ids."""
        return self._chosen(lambda each: each.id in ids, lambda each: each.id in ids)

    def _chosen(self, objects: "Chooses", classifications: "Chooses") -> "LabelBody":
        spaces = {id_: _some(page, objects, classifications) for id_, page in self.spaces.items()}
        kept = {id_: page for id_, page in spaces.items() if not page.is_empty}
        own = _some(self, objects, classifications)
        return LabelBody(objects=own.objects, classifications=own.classifications, spaces=kept)


Chooses = Callable[[Instance], bool]


def _some(page: SpaceLabels, objects: Chooses, classifications: Chooses) -> SpaceLabels:
    return SpaceLabels(
        objects=tuple(each for each in page.objects if objects(each)),
        classifications=tuple(each for each in page.classifications if classifications(each)),
    )


def _by_id(instances: Iterable[tuple[str, T]]) -> Iterator[tuple[str, dict[str, T]]]:
    found: dict[str, dict[str, T]] = {}
    for page, each in instances:
        found.setdefault(each.id, {})[page] = each
    return iter(found.items())


def _appearances(objects: tuple[ObjectInstance, ...]) -> Iterator[tuple[int, Seen]]:
    for instance in objects:
        for frame, appearance in instance.frames.items():
            yield frame, Seen(instance, appearance)


def holds(ranges: tuple[Range, ...], frame: int) -> bool:
    """Whether the frame lies in one of the ranges."""
    return any(first <= frame <= last for first, last in ranges)

"""What the spaces of a data group add to the checks: what may lie where, and that one thing is the same everywhere."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gloss.domain.errors import Fault
from gloss.domain.labels.body import ClassificationInstance, Instance, LabelBody, ObjectInstance, SpaceLabels
from gloss.domain.labels.canvas import UNFRAMED, Canvas
from gloss.domain.media import MediaKind
from gloss.domain.ontology import RANGED, ObjectClass, Shape, Structure

#: Where objects of a shape may lie; of other shapes with ranges wherever there are ranges.
PLACES: Final[Mapping[Shape, frozenset[MediaKind]]] = {
    Shape.TEXT: frozenset({MediaKind.TEXT}),
    Shape.AUDIO: frozenset({MediaKind.AUDIO}),
    Shape.TIME_RANGE: frozenset({MediaKind.TIME_SERIES, MediaKind.AUDIO}),
}
SOMETHING_ELSE: Final = "{id} is something else elsewhere"
ABOUT_THE_WHOLE: Final = "{id} is about the whole already, so it is in no space"
_PLACED: Final = frozenset({"frames", "ranges", "html_ranges"})
_MARKS: Final = frozenset({"created_by", "created_at", "edited_by", "edited_at", "confidence", "manual"})


def misplaced(page: SpaceLabels, structure: Structure, canvas: Canvas) -> Iterator[Fault]:
    """What cannot lie in a space: drawings on sound or text, ranges on pictures, ranges of another sort of text."""
    for number, each in enumerate(page.objects):
        yield from misplaced_object(each, structure, canvas, f"objects[{number}]")
    for number, answered in enumerate(page.classifications):
        yield from misplaced_answer(answered, canvas, f"classifications[{number}]")


def misplaced_object(each: ObjectInstance, structure: Structure, canvas: Canvas, path: str) -> Iterator[Fault]:
    """The same of one object."""
    known = structure.features.get(each.feature)
    if known is not None and isinstance(known.feature, ObjectClass) and not _fits(known.feature.shape, canvas):
        yield Fault(f"{path}.feature", f"a {known.feature.shape} object is not for {canvas.kind.value}")
    place, kind = ("ranges", "HTML") if canvas.markup else ("html_ranges", canvas.kind.value)
    if getattr(each, place):
        yield Fault(f"{path}.{place}", f"{kind} has no such ranges")


def misplaced_answer(each: ClassificationInstance, canvas: Canvas, path: str) -> Iterator[Fault]:
    """The same of one answer."""
    if canvas.unranged and (each.ranges or each.html_ranges):
        yield Fault(f"{path}.ranges", f"an answer about {canvas.kind.value} is about the whole")


def _differing(body: LabelBody, place: str) -> Iterator[Fault]:
    first: dict[str, Instance] = {each.id: each for each in getattr(body, place)}
    for space_id, page in body.spaces.items():
        for number, each in enumerate(getattr(page, place)):
            if said(first.setdefault(each.id, each)) != said(each):
                yield Fault(f"spaces.{space_id}.{place}[{number}]", SOMETHING_ELSE.format(id=each.id))


def disagreements(body: LabelBody) -> Iterator[Fault]:
    """Where things that lie in several spaces under one id are not the same thing, said of by the same answers."""
    yield from _differing(body, "objects")
    yield from _differing(body, "classifications")
    inside = {each.id for page in body.spaces.values() for each in page.classifications}
    for number, own in enumerate(body.classifications):
        if own.id in inside and not own.ranges:
            yield Fault(f"classifications[{number}].id", ABOUT_THE_WHOLE.format(id=own.id))


def _fits(shape: Shape, canvas: Canvas) -> bool:
    if shape in PLACES:
        return canvas.kind in PLACES[shape]
    return (shape in RANGED) is (canvas.kind in UNFRAMED)


def said(instance: Instance) -> Any:
    """All that is said of a thing but where it lies; who drew it is said on its frames, if it has such."""
    drawn = isinstance(instance, ObjectInstance) and bool(instance.frames)
    return instance.model_dump(exclude=set(_PLACED | _MARKS if drawn else _PLACED))

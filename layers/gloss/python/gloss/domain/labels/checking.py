"""Whether a label body is possible: against the ontology, and against the media below it."""

from collections.abc import Iterator
from typing import Final

from gloss.domain.errors import Fault, Invalid
from gloss.domain.labels.body import (
    Answer,
    Appearance,
    ClassificationInstance,
    LabelBody,
    ObjectInstance,
    Range,
    SpaceLabels,
)
from gloss.domain.labels.canvas import Canvas
from gloss.domain.labels.geometry import Bitmask
from gloss.domain.labels.placing import disagreements, misplaced
from gloss.domain.media import MediaKind
from gloss.domain.ontology import RANGED, Classification, Known, ObjectClass, Shape, Structure

OF_THE_GROUP: Final = Fault("objects", "an object of a data group lies in one of its spaces")
ANSWERS = {"radio": tuple, "checklist": tuple, "text": str, "numeric": float}


def faults(body: LabelBody, structure: Structure, canvas: Canvas) -> Iterator[Fault]:
    """What of the body cannot be: foreign features, wrong shapes, frames that do not exist, impossible answers."""
    yield from _page(body, structure, canvas)
    for id_, page in body.spaces.items():
        yield from (Fault(f"spaces.{id_}{path}", reason) for path, reason in _in_space(page, structure, canvas, id_))
    yield from disagreements(body)


def _in_space(page: SpaceLabels, structure: Structure, canvas: Canvas, id_: str) -> Iterator[tuple[str, str]]:
    """Paths below the space, and reasons."""
    inner = canvas.spaces.get(id_)
    if inner is None:
        yield "", "the data unit has no such space"
        return
    for fault in (*_page(page, structure, inner), *misplaced(page, structure, inner)):
        yield f".{fault.path}", fault.reason


def _page(page: SpaceLabels, structure: Structure, canvas: Canvas) -> Iterator[Fault]:
    if canvas.spaces and page.objects:
        yield OF_THE_GROUP
    yield from _doubles(page)
    for number, instance in enumerate(page.objects):
        yield from object_faults(instance, structure, canvas, f"objects[{number}]")
    for number, each in enumerate(page.classifications):
        yield from classification_faults(each, structure, canvas, f"classifications[{number}]")


def _doubles(page: SpaceLabels) -> Iterator[Fault]:
    for place, instances in (("objects", page.objects), ("classifications", page.classifications)):
        seen: set[str] = set()
        for number, instance in enumerate(instances):
            if instance.id in seen:
                yield Fault(f"{place}[{number}].id", f"{instance.id} is used twice")
            seen.add(instance.id)


def object_faults(instance: ObjectInstance, structure: Structure, canvas: Canvas, path: str) -> Iterator[Fault]:
    """What of an object cannot be."""
    known = structure.features.get(instance.feature)
    if known is None or not isinstance(known.feature, ObjectClass):
        yield Fault(f"{path}.feature", f"{instance.feature} is no object of the ontology")
        return
    yield from _extent(instance, known.feature, canvas, path)
    yield from _answers(instance, known, structure, path)


def _extent(instance: ObjectInstance, class_: ObjectClass, canvas: Canvas, path: str) -> Iterator[Fault]:
    if canvas.kind is MediaKind.TIME_SERIES and class_.shape is not Shape.TIME_RANGE:
        yield Fault(f"{path}.feature", f"a {class_.shape} object is not for a time series, a time_range is")
        return
    if class_.shape in RANGED:
        yield from _ranged(instance, class_, canvas, path)
        return
    if not instance.frames:
        yield Fault(f"{path}.frames", "the object is on no frame")
    if instance.ranges or instance.html_ranges:
        yield Fault(f"{path}.ranges", f"a {class_.shape} has frames, not ranges")
    for frame, appearance in instance.frames.items():
        yield from appearance_faults(frame, appearance, class_, canvas, f"{path}.frames.{frame}")


def _ranged(instance: ObjectInstance, class_: ObjectClass, canvas: Canvas, path: str) -> Iterator[Fault]:
    if instance.frames:
        yield Fault(f"{path}.frames", f"a {class_.shape} object has ranges, not frames")
    if not instance.ranges and not instance.html_ranges:
        yield Fault(f"{path}.ranges", "the object has no range")
    yield from _ranges(instance.ranges, canvas.length, f"{path}.ranges")


def appearance_faults(
    frame: int, appearance: Appearance, class_: ObjectClass, canvas: Canvas, path: str
) -> Iterator[Fault]:
    """What cannot be of an object on a frame."""
    geometry = appearance.geometry
    if canvas.frames is not None and frame >= canvas.frames:
        yield Fault(path, f"the media have {canvas.frames} frames, counted from 0")
    if geometry.shape != class_.shape:
        yield Fault(f"{path}.geometry.shape", f"{class_.name} is drawn as {class_.shape}, not {geometry.shape}")
    elif isinstance(geometry, Bitmask):
        yield from mask_faults(geometry, canvas, f"{path}.geometry")


def mask_faults(mask: Bitmask, canvas: Canvas, path: str) -> Iterator[Fault]:
    """Where a mask reaches beyond the media, or does not fill its own size."""
    from gloss.domain import rle

    for side, start, length, whole in (
        ("height_px", mask.top_px, mask.height_px, canvas.height_px),
        ("width_px", mask.left_px, mask.width_px, canvas.width_px),
    ):
        if whole is not None and start + length > whole:
            yield Fault(f"{path}.{side}", f"the mask reaches pixel {start + length}, the media have {whole}")
    try:
        filled = int(rle.read(mask.rle).sum())
    except Invalid as refused:
        yield Fault(f"{path}.rle", refused.message)
        return
    if filled != mask.height_px * mask.width_px:
        yield Fault(f"{path}.rle", f"the runs cover {filled} pixels, not {mask.height_px} x {mask.width_px}")


def _ranges(ranges: tuple[Range, ...], length: int | None, path: str) -> Iterator[Fault]:
    for number, (first, last) in enumerate(ranges):
        if last < first:
            yield Fault(f"{path}[{number}]", "the range ends before it begins")
        elif length is not None and last > length:
            yield Fault(f"{path}[{number}]", f"the range ends at {last}, the media at {length}")


def classification_faults(
    instance: ClassificationInstance, structure: Structure, canvas: Canvas, path: str
) -> Iterator[Fault]:
    """What of an answer about frames cannot be."""
    known = structure.features.get(instance.feature)
    if known is None or not isinstance(known.feature, Classification):
        yield Fault(f"{path}.feature", f"{instance.feature} is no classification of the ontology")
        return
    overall = known.feature.level == "global"
    if overall and instance.ranges:
        yield Fault(f"{path}.ranges", "a global classification has no ranges")
    if not (overall or canvas.unranged or instance.ranges or instance.html_ranges):
        yield Fault(f"{path}.ranges", "the classification has no range; a single image has [[0, 0]]")
    yield from _ranges(instance.ranges, _last(canvas), f"{path}.ranges")
    yield from _each_answer(instance.answers, known, structure, f"{path}.answers", dynamic=False)


def _last(canvas: Canvas) -> int | None:
    return canvas.frames - 1 if canvas.frames is not None else canvas.length


def _answers(instance: ObjectInstance, known: Known, structure: Structure, path: str) -> Iterator[Fault]:
    yield from _each_answer(instance.answers, known, structure, f"{path}.answers", dynamic=False)
    yield from _each_answer(instance.dynamic, known, structure, f"{path}.dynamic", dynamic=True)
    for number, each in enumerate(instance.dynamic):
        yield from _ranges(each.ranges, None, f"{path}.dynamic[{number}].ranges")


def _each_answer(
    answers: tuple[Answer, ...], owner: Known, structure: Structure, path: str, *, dynamic: bool
) -> Iterator[Fault]:
    chosen = {option for each in answers if isinstance(each.answer, tuple) for option in each.answer}
    asked: set[str] = set()
    for number, each in enumerate(answers):
        place, known = f"{path}[{number}]", structure.features.get(each.feature)
        if known is None or known.root is not owner.root or not hasattr(known.feature, "type"):
            yield Fault(f"{place}.feature", f"{each.feature} is no attribute of {owner.feature.feature}")
            continue
        if each.feature in asked and not dynamic:
            yield Fault(f"{place}.feature", f"{each.feature} is answered twice")
        asked.add(each.feature)
        yield from _answer(each, known, place, chosen, dynamic=dynamic)


def _answer(each: Answer, known: Known, path: str, chosen: set[str], *, dynamic: bool) -> Iterator[Fault]:
    kind = known.feature.type  # type: ignore[union-attr]
    if known.dynamic != dynamic:
        place = "dynamic, with ranges" if known.dynamic else "answers, without ranges"
        yield Fault(f"{path}.feature", f"the attribute belongs in {place}")
    if known.option is not None and known.option not in chosen:
        yield Fault(f"{path}.feature", f"option {known.option}, which opens the attribute, is not chosen")
    if not isinstance(each.answer, ANSWERS[kind]):
        yield Fault(f"{path}.answer", f"a {kind} attribute is not answered by this type")
    elif isinstance(each.answer, tuple):
        yield from _choice(each.answer, known, path)


def _choice(options: tuple[str, ...], known: Known, path: str) -> Iterator[Fault]:
    allowed = {option.feature for option in known.feature.options}  # type: ignore[union-attr]
    for option in options:
        if option not in allowed:
            yield Fault(f"{path}.answer", f"{option} is no option of {known.feature.feature}")
    if known.feature.type == "radio" and len(options) != 1:  # type: ignore[union-attr]
        yield Fault(f"{path}.answer", "a radio is answered by exactly one option")

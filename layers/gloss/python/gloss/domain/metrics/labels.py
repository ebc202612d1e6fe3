"""Metrics of labels from their geometry, and the two metrics that labels give to their frame."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gloss.domain.metrics import cover
from gloss.domain.metrics.chance import chance
from gloss.domain.metrics.outlines import Outline, Size

_SAME_OBJECT = 0.8


@dataclass(frozen=True)
class Label:
    """One object on one frame: which object, which class, its outline (None: no place in the frame) and confidence."""

    id: str
    object_hash: str
    feature_hash: str
    outline: Outline | None
    confidence: float = 1.0


def measure_frame(labels: Sequence[Label], size: Size) -> dict[str, float]:
    """What the labels of a frame say of it: object_count and object_density."""
    shapes = [label.outline for label in labels if label.outline]
    return {"object_count": float(len(labels)), "object_density": cover.density(shapes, size)}


def measure_label(label: Label, others: Sequence[Label], size: Size) -> dict[str, float]:
    """All metrics of one label on a frame of this size; only confidence and random without an outline."""
    known = {"confidence": label.confidence, "random": chance(label.id)}
    return known | (_of_outline(label.outline, others, size) if label.outline else {})


def _of_outline(shape: Outline, others: Sequence[Label], size: Size) -> dict[str, float]:
    wide = (shape.extent.right - shape.extent.left) * size.width
    high = (shape.extent.bottom - shape.extent.top) * size.height
    share = cover.area(shape)
    return {
        "area": share * size.width * size.height,
        "area_relative": share,
        "width": wide,
        "height": high,
        "border_relative": border(shape),
        "max_iou": max((cover.iou(shape, it.outline) for it in others if it.outline), default=0.0),
    } | ({"aspect_ratio": wide / high} if high else {})


def border(shape: Outline) -> float:
    """Distance of the enclosing box to the nearest border, relative to half the frame: 0 touches, 1 is its centre."""
    box = shape.extent
    nearest = min(box.left, box.top, 1 - box.right, 1 - box.bottom)
    return min(1.0, max(0.0, nearest / 0.5))


def consistency(frames: Sequence[Sequence[Label]]) -> Mapping[str, Mapping[str, float]]:
    """For every label of frames in order: does its best match in the next frame (IoU at least 0.8) agree with it?

    `inconsistent_class` and `inconsistent_track` are 1 minus that IoU where class or object differ, else 1.
    """
    verdicts: dict[str, Mapping[str, float]] = {}
    for now, following in pairwise([*frames, ()]):
        verdicts.update({label.id: _agreement(label, following) for label in now})
    return verdicts


def _agreement(label: Label, following: Sequence[Label]) -> dict[str, float]:
    best, match = _best_match(label, following)
    other_class = match is not None and match.feature_hash != label.feature_hash
    other_track = match is not None and match.object_hash != label.object_hash
    return {
        "inconsistent_class": 1 - best if other_class else 1.0,
        "inconsistent_track": 1 - best if other_track else 1.0,
    }


def _best_match(label: Label, following: Sequence[Label]) -> tuple[float, Label | None]:
    if label.outline is None:
        return 0.0, None
    overlaps = [(cover.iou(label.outline, it.outline), it) for it in following if it.outline]
    best, match = max(overlaps, key=lambda pair: pair[0], default=(0.0, None))
    return (best, match) if best >= _SAME_OBJECT else (best, None)

"""Each shape as COCO draws it: segmentation, bounding box and area in pixels.

`compat` draws as the reference exporter does: rotated boxes upright, crops of masks at the corner, masks as crowds,
every joint visible. Without it, what is drawn is what was labelled.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gloss.domain import rle
from gloss.domain.formats.raster import filled
from gloss.domain.labels import geometry as g
from gloss.domain.labels.geometry import Geometry
from gloss.domain.model import Value

Json = dict[str, Any]
Points = NDArray[np.float64]
CURVE = np.linspace(0, 2 * np.pi, 64, endpoint=False)
JOINT: Final = {"visible": 2, "occluded": 1, "self_occluded": 1, "invisible": 0}


class Size(Value):
    """A frame in pixels, and how faithful to the reference exporter its drawings are."""

    width_px: int
    height_px: int
    compat: bool = False


def drawn(geometry: Geometry, size: Size) -> Json | None:
    """The annotation's entries about the shape; None for shapes that have no place on a picture."""
    draw = _DRAWERS.get(geometry.shape)
    return draw(geometry, size) if draw else None


def _entries(segmentation: Any, bbox: Iterable[Any], area: float, **more: Any) -> Json:
    return {
        "segmentation": segmentation,
        "bbox": [*map(float, bbox)],
        "area": float(area),
        "iscrowd": 0,
        "keypoints": None,
        "num_keypoints": None,
        **more,
    }


def _outline(points: Points, area: float, **more: Any) -> Json:
    return _entries([points.ravel().tolist()], _bounds(points), area, **more)


def _bounds(points: Points) -> list[float]:
    low, high = points.min(axis=0), points.max(axis=0)
    return [*low.tolist(), *(high - low).tolist()]


def _box(box: g.Box, size: Size) -> Json:
    x, y, w, h = box.x * size.width_px, box.y * size.height_px, box.w * size.width_px, box.h * size.height_px
    return _entries([[x, y, x + w, y, x + w, y + h, x, y + h]], (x, y, w, h), w * h)


def _rotatable_box(box: g.RotatableBox, size: Size) -> Json:
    upright = g.Box.model_construct(shape="bounding_box", x=box.x, y=box.y, w=box.w, h=box.h)
    plain = _box(upright, size)
    if not size.compat:
        corners = np.array(plain["segmentation"][0]).reshape(-1, 2)
        plain = _outline(turned(corners, corners.mean(axis=0), box.theta), plain["area"])
    return plain | {"rotation": box.theta}


def turned(points: Points, centre: Points, degrees: float) -> Points:
    """Points (x right, y down) turned clockwise on screen about a centre."""
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    around: Points = (points - centre) @ turn + centre
    return around


def _polygon(area: g.Polygons, size: Size) -> Json:
    if len(area.polygons) == 1 and len(area.polygons[0]) == 1:
        return _simple(area.polygons[0][0], size)
    rings = [[_pixels(ring, size) for ring in polygon] for polygon in area.polygons]
    return _masked(filled(rings, size.height_px, size.width_px), size)


def _simple(ring: tuple[float, ...], size: Size) -> Json:
    """One ring, the common case: plain arithmetic is many times faster than arrays of a few numbers."""
    xs, ys = [x * size.width_px for x in ring[::2]], [y * size.height_px for y in ring[1::2]]
    x, y, segmentation = min(xs), min(ys), [side for point in zip(xs, ys, strict=True) for side in point]
    twice = sum(a * d - b * c for a, b, c, d in zip(xs, ys, (*xs[1:], xs[0]), (*ys[1:], ys[0]), strict=True))
    return _entries([segmentation], (x, y, max(xs) - x, max(ys) - y), abs(twice) / 2)


def _pixels(ring: tuple[float, ...], size: Size) -> Points:
    return np.array(ring).reshape(-1, 2) * (size.width_px, size.height_px)


def _masked(mask: rle.Mask, size: Size) -> Json:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    bbox = [columns[0], rows[0], np.ptp(columns) + 1, np.ptp(rows) + 1] if rows.size else [0, 0, 0, 0]
    counted = {"size": list(mask.shape), "counts": rle.encode_columns(mask)}
    return _entries(counted, bbox, int(mask.sum()), iscrowd=int(size.compat))


def _bitmask(mask: g.Bitmask, size: Size) -> Json:
    crop = rle.decode(mask.rle, mask.height_px, mask.width_px)
    if size.compat:
        return _masked(crop, size)
    whole = np.zeros((size.height_px, size.width_px), dtype=bool)
    window = whole[mask.top_px : mask.top_px + mask.height_px, mask.left_px : mask.left_px + mask.width_px]
    window[:] = crop[: window.shape[0], : window.shape[1]]
    return _masked(whole, size)


def _polyline(line: g.Polyline, size: Size) -> Json:
    there = np.array([point[:2] for point in line.points]) * (size.width_px, size.height_px)
    back = there[::-1]
    return _entries([np.concatenate([there, back]).ravel().tolist()], _bounds(there), 0)


def _point(point: g.Point, size: Size) -> Json:
    x, y = point.x * size.width_px, point.y * size.height_px
    return _entries([[x, y]], (x, y, 0, 0), 0, keypoints=[x, y, 2], num_keypoints=1)


def _skeleton(skeleton: g.Skeleton, size: Size) -> Json:
    places = np.array([(vertex.x, vertex.y) for vertex in skeleton.points]) * (size.width_px, size.height_px)
    seen = [2 if size.compat else JOINT[vertex.visibility or "visible"] for vertex in skeleton.points]
    triplets = [part for (x, y), v in zip(places.tolist(), seen, strict=True) for part in (x, y, v)]
    return _entries([], _bounds(places), 0, keypoints=triplets, num_keypoints=sum(v > 0 for v in seen))


def _circle(circle: g.Circle, size: Size) -> Json:
    radius = circle.r * size.width_px
    return _curve((circle.x, circle.y), (radius, radius * circle.stretch), circle.theta, size)


def _ellipse(ellipse: g.Ellipse, size: Size) -> Json:
    axes = (ellipse.rx * size.width_px, ellipse.ry * size.height_px)
    return _curve((ellipse.x, ellipse.y), axes, ellipse.theta, size)


def _curve(place: tuple[float, float], axes: tuple[float, float], theta: float, size: Size) -> Json:
    centre = np.array(place) * (size.width_px, size.height_px)
    points = np.column_stack([np.cos(CURVE), np.sin(CURVE)]) * axes + centre
    return _outline(turned(points, centre, theta), np.pi * axes[0] * axes[1], rotation=theta)


def _cuboid_2d(cuboid: g.Cuboid2d, size: Size) -> Json:
    return _simple(cuboid.front, size)


_DRAWERS: Final[Mapping[str, Callable[[Any, Size], Json]]] = {
    "bounding_box": _box,
    "rotatable_bounding_box": _rotatable_box,
    "polygon": _polygon,
    "polyline": _polyline,
    "point": _point,
    "skeleton": _skeleton,
    "bitmask": _bitmask,
    "circle": _circle,
    "ellipse": _ellipse,
    "cuboid_2d": _cuboid_2d,
}

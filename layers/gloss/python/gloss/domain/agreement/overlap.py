"""How alike two geometries are, from 0 (apart) to 1 (the same), whichever comes first."""

from collections.abc import Callable, Mapping, Sequence
from math import cos, hypot, inf, pi, radians, sin
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gloss.domain import rle
from gloss.domain.labels import Geometry
from gloss.domain.labels.geometry import Bitmask, Point

Ring = NDArray[np.float64]
Bounds = tuple[float, float, float, float]

#: Areas other than upright boxes are compared on so many points a side of the rectangle that holds both.
GRID: Final = 128
#: Points that lie this far apart, as a share of the frame, have nothing in common.
FAR: Final = 0.05
#: Lines are compared at so many places along them; curves are drawn with so many corners.
PLACES: Final = 32
CORNERS: Final = 64


def alike(one: Geometry, other: Geometry) -> float:
    """IoU of areas, nearness of points and lines; geometries of different shapes of one class are compared by area.

    Solids in space count as the same or not. Symmetric; 1 for equal ones.
    """
    if one == other:
        return 1.0
    if one.shape == other.shape and one.shape in LINES:
        return LINES[one.shape](one, other)
    if one.shape == other.shape == "bounding_box":
        return _boxes(one, other)
    if one.shape == other.shape == "bitmask":
        return _masks(one, other)
    if one.shape in RINGS and other.shape in RINGS:
        return _areas(RINGS[one.shape](one), RINGS[other.shape](other))
    return 0.0


def bounds(geometry: Geometry) -> Bounds:
    """Left, top, right, bottom of what may be like it: what does not touch them is not alike.

    Relative to the frame, of masks in pixels; solids are everywhere.
    """
    if isinstance(geometry, Bitmask):
        top, left = geometry.top_px, geometry.left_px
        return left, top, left + geometry.width_px, top + geometry.height_px
    if geometry.shape in RINGS:
        return _around(RINGS[geometry.shape](geometry), 0.0)
    if geometry.shape in LINES:
        return _around([np.array([(it.x, it.y) for it in _places(geometry)])], FAR)
    return -inf, -inf, inf, inf


def _around(rings: list[Ring], margin: float) -> Bounds:
    corners = np.concatenate(rings)
    (left, top), (right, bottom) = corners.min(axis=0) - margin, corners.max(axis=0) + margin
    return float(left), float(top), float(right), float(bottom)


def _places(geometry: Any) -> Sequence[Any]:
    if geometry.shape == "polyline":
        return [Point(shape="point", x=it[0], y=it[1]) for it in geometry.points]
    return geometry.points if geometry.shape == "skeleton" else [geometry]


def spans(one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]]) -> float:
    """IoU of ranges (first and last, both included): of milliseconds, characters or frames."""
    left, right = (_cells(it) for it in (one, other))
    both = sum(max(0, min(b, d) - max(a, c)) for a, b in left for c, d in right)
    total = sum(b - a for a, b in (*left, *right)) - both
    return both / total if total else float(one == other)


def _cells(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges without overlaps, ends not included."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last + 1))
        else:
            joined.append((first, last + 1))
    return joined


def _boxes(one: Any, other: Any) -> float:
    wide: float = max(0.0, min(one.x + one.w, other.x + other.w) - max(one.x, other.x))
    high: float = max(0.0, min(one.y + one.h, other.y + other.h) - max(one.y, other.y))
    both = wide * high
    together: float = one.w * one.h + other.w * other.h - both
    return min(1.0, both / together)


def _masks(one: Any, other: Any) -> float:
    """Pixel by pixel, on the rectangle that holds both, unless they lie apart."""
    if _apart(_pixels(one), _pixels(other)):
        return 0.0
    top, left = min(one.top_px, other.top_px), min(one.left_px, other.left_px)
    high = max(it.top_px + it.height_px for it in (one, other)) - top
    wide = max(it.left_px + it.width_px for it in (one, other)) - left
    drawn = [_placed(it, (top, left, high, wide)) for it in (one, other)]
    return _iou(*drawn)


def _pixels(mask: Any) -> Bounds:
    return mask.left_px, mask.top_px, mask.left_px + mask.width_px, mask.top_px + mask.height_px


def _placed(mask: Any, frame: tuple[int, int, int, int]) -> NDArray[np.bool_]:
    top, left, high, wide = frame
    drawn = np.zeros((high, wide), dtype=np.bool_)
    row, column = mask.top_px - top, mask.left_px - left
    inside = rle.decode(mask.rle, mask.height_px, mask.width_px)
    drawn[row : row + mask.height_px, column : column + mask.width_px] = inside
    return drawn


def _areas(one: list[Ring], other: list[Ring]) -> float:
    """What lies apart is not drawn: of many areas in a picture nearly every pair does."""
    if _apart(_bounds(one), _bounds(other)):
        return 0.0
    bounds = _bounds([*one, *other])
    return _iou(_filled(one, bounds), _filled(other, bounds))


def _bounds(rings: list[Ring]) -> Bounds:
    corners = np.concatenate(rings)
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _apart(one: Bounds, other: Bounds) -> bool:
    return one[0] > other[2] or other[0] > one[2] or one[1] > other[3] or other[1] > one[3]


def _filled(rings: list[Ring], bounds: Bounds) -> NDArray[np.bool_]:
    """Which points of the grid lie inside: those from which a ray crosses edges an odd number of times."""
    left, top, right, bottom = bounds
    middles = (np.arange(GRID) + 0.5) / GRID
    x, y = left + middles * (right - left), top + middles * (bottom - top)
    inside = np.zeros((GRID, GRID), dtype=np.bool_)
    for ring in rings:
        for (x0, y0), (x1, y1) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
            rows = (y0 > y) != (y1 > y)
            if rows.any():
                crossing = x0 + (y[rows] - y0) * (x1 - x0) / (y1 - y0)
                inside[rows] ^= x[None, :] < crossing[:, None]
    return inside


def _iou(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    together = int((one | other).sum())
    return int((one & other).sum()) / together if together else 0.0


def _box_rings(box: Any) -> list[Ring]:
    return [np.array([[box.x, box.y], [box.x + box.w, box.y], [box.x + box.w, box.y + box.h], [box.x, box.y + box.h]])]


def _turned_rings(box: Any) -> list[Ring]:
    middle = np.array([box.x + box.w / 2, box.y + box.h / 2])
    return [_turned(_box_rings(box)[0] - middle, box.theta) + middle]


def _turned(ring: Ring, degrees: float) -> Ring:
    c, s = cos(radians(degrees)), sin(radians(degrees))
    turned: Ring = ring @ np.array([[c, s], [-s, c]])
    return turned


def _polygon_rings(geometry: Any) -> list[Ring]:
    return [np.array(ring).reshape(-1, 2) for polygon in geometry.polygons for ring in polygon]


def _round_rings(geometry: Any) -> list[Ring]:
    is_circle = geometry.shape == "circle"
    rx = geometry.r if is_circle else geometry.rx
    ry = geometry.r * geometry.stretch if is_circle else geometry.ry
    angles = np.arange(CORNERS) * (2 * pi / CORNERS)
    ring = np.stack([rx * np.cos(angles), ry * np.sin(angles)], axis=1)
    return [_turned(ring, geometry.theta) + np.array([geometry.x, geometry.y])]


#: The outlines of shapes that have an area.
RINGS: Final[Mapping[str, Callable[[Any], list[Ring]]]] = {
    "bounding_box": _box_rings,
    "rotatable_bounding_box": _turned_rings,
    "polygon": _polygon_rings,
    "circle": _round_rings,
    "ellipse": _round_rings,
}


def _near(one: Sequence[float], other: Sequence[float]) -> float:
    return max(0.0, 1 - hypot(one[0] - other[0], one[1] - other[1]) / FAR)


def _points(one: Any, other: Any) -> float:
    return _near((one.x, one.y), (other.x, other.y))


def _skeletons(one: Any, other: Any) -> float:
    """Joint by joint, in the order of their template."""
    joints = [_points(left, right) for left, right in zip(one.points, other.points, strict=False)]
    return sum(joints) / max(len(one.points), len(other.points))


def _polylines(one: Any, other: Any) -> float:
    """At places evenly spread along both, whichever end was drawn first."""
    left, right = _spread(one.points), _spread(other.points)
    ways = ([_near(a, b) for a, b in zip(left, way, strict=True)] for way in (right, right[::-1]))
    return max(sum(way) / PLACES for way in ways)


def _spread(points: Any) -> Any:
    corners = np.array([point[:2] for point in points], dtype=np.float64)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    places = np.linspace(0, along[-1], PLACES)
    return np.stack([np.interp(places, along, corners[:, axis]) for axis in (0, 1)], axis=1)


#: Shapes without an area.
LINES: Final[Mapping[str, Callable[[Any, Any], float]]] = {
    "point": _points,
    "skeleton": _skeletons,
    "polyline": _polylines,
}

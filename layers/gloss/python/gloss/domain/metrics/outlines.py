"""From the geometry of a label to what it covers: rings in relative coordinates, or a mask over the frame."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gloss.domain import rle
from gloss.domain.labels import geometry as shapes

Ring = NDArray[np.float64]
Mask = NDArray[np.bool_]

_ROUND = 72


@dataclass(frozen=True)
class Size:
    """A frame's size in pixels."""

    width: int
    height: int

    @property
    def aspect(self) -> float:
        return self.width / self.height


@dataclass(frozen=True)
class Extent:
    """An enclosing box, its sides relative to the frame (0-1)."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)

    def overlap(self, other: "Extent") -> float:
        """Area that both cover."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)


@dataclass(frozen=True)
class Outline:
    """What a label covers: `rings` are filled even-odd; `mask` replaces them for bitmasks; neither: it has no area."""

    extent: Extent
    rings: tuple[Ring, ...] = ()
    mask: Mask | None = None
    upright: bool = False


def outline(geometry: shapes.Geometry, size: Size) -> Outline | None:
    """The outline of one label on a frame of this size; None for a shape that has no place in the picture."""
    read = _READERS.get(type(geometry))
    return read(geometry, size) if read else None


def _box(box: shapes.Box, _size: Size) -> Outline:
    left, top, right, bottom = box.x, box.y, box.x + box.w, box.y + box.h
    ring = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)
    return Outline(Extent(left, top, right, bottom), (ring,), upright=True)


def _rotated(box: shapes.RotatableBox, size: Size) -> Outline:
    half = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (box.w / 2, box.h / 2)
    centre = np.array([box.x + box.w / 2, box.y + box.h / 2])
    return _of_rings([_turned(half, box.theta, size) + centre])


def _circle(circle: shapes.Circle, size: Size) -> Outline:
    return _round(circle, (circle.r, circle.r * size.aspect * circle.stretch), size)


def _ellipse(ellipse: shapes.Ellipse, size: Size) -> Outline:
    return _round(ellipse, (ellipse.rx, ellipse.ry), size)


def _round(shape: shapes.Circle | shapes.Ellipse, radii: tuple[float, float], size: Size) -> Outline:
    angle = np.linspace(0, 2 * np.pi, _ROUND, endpoint=False)
    rim = np.stack([np.cos(angle), np.sin(angle)], axis=1) * radii
    centre = np.array([shape.x, shape.y])
    return _of_rings([_turned(rim, shape.theta, size) + centre])


def _turned(points: Ring, degrees: float, size: Size) -> Ring:
    """Clockwise on screen, in square units, so that a turned box keeps its right angles."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    square = points * (size.aspect, 1.0)
    turned: Ring = square @ np.array([[cos, sin], [-sin, cos]]) / (size.aspect, 1.0)
    return turned


def _polygons(shape: shapes.Polygons, _size: Size) -> Outline:
    return _of_rings([np.array(ring, float).reshape(-1, 2) for polygon in shape.polygons for ring in polygon])


def _bitmask(mask: shapes.Bitmask, size: Size) -> Outline:
    cells = np.zeros((size.height, size.width), dtype=np.bool_)
    part = rle.decode(mask.rle, mask.height_px, mask.width_px)
    part = part[: max(0, size.height - mask.top_px), : max(0, size.width - mask.left_px)]
    cells[mask.top_px : mask.top_px + part.shape[0], mask.left_px : mask.left_px + part.shape[1]] = part
    return Outline(_of_cells(cells), mask=cells)


def _of_cells(cells: Mask) -> Extent:
    rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
    if not rows.size:
        return Extent(0, 0, 0, 0)
    high, wide = cells.shape
    return Extent(columns[0] / wide, rows[0] / high, (columns[-1] + 1) / wide, (rows[-1] + 1) / high)


def _polyline(line: shapes.Polyline, _size: Size) -> Outline:
    return _of_points((point[0], point[1]) for point in line.points)


def _point(point: shapes.Point, _size: Size) -> Outline:
    return _of_points([(point.x, point.y)])


def _skeleton(skeleton: shapes.Skeleton, _size: Size) -> Outline:
    return _of_points((vertex.x, vertex.y) for vertex in skeleton.points)


def _of_points(points: Iterable[tuple[float, float]]) -> Outline:
    return Outline(_enclosing(np.array(list(points), float)))


def _of_rings(rings: list[Ring]) -> Outline:
    return Outline(_enclosing(np.concatenate(rings)), tuple(rings))


def _enclosing(points: Ring) -> Extent:
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return Extent(float(left), float(top), float(right), float(bottom))


_READERS: Mapping[type, Callable[[Any, Size], Outline]] = {
    shapes.Box: _box,
    shapes.RotatableBox: _rotated,
    shapes.Polygons: _polygons,
    shapes.Bitmask: _bitmask,
    shapes.Circle: _circle,
    shapes.Ellipse: _ellipse,
    shapes.Polyline: _polyline,
    shapes.Point: _point,
    shapes.Skeleton: _skeleton,
}

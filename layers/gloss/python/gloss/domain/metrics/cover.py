"""How much outlines cover: relative area, intersection over union, and the share of a frame under all of them."""

from collections.abc import Sequence

import numpy as np

from gloss.domain.metrics.outlines import Mask, Outline, Ring, Size

GRID = 512


def area(shape: Outline) -> float:
    """Share of the frame that one outline covers, 0-1; holes count out, shapes without area give 0."""
    if shape.mask is not None:
        return float(shape.mask.mean())
    areas = [abs(_shoelace(ring)) for ring in shape.rings]
    return min(1.0, max(0.0, 2 * max(areas) - sum(areas))) if _holed(shape) else min(1.0, sum(areas))


def iou(one: Outline, other: Outline) -> float:
    """Intersection over union of two outlines, 0-1; exact for upright boxes, else on a grid of GRID cells a side."""
    shared = one.extent.overlap(other.extent)
    if not shared:
        return 0.0
    if one.upright and other.upright:
        return shared / (one.extent.area + other.extent.area - shared)
    first, second = raster(one, GRID, GRID), raster(other, GRID, GRID)
    union = np.count_nonzero(first | second)
    return np.count_nonzero(first & second) / union if union else 0.0


def density(shapes: Sequence[Outline], size: Size) -> float:
    """Share of the frame's pixels under at least one outline, 0-1; long frames are sampled at 2 x GRID a side."""
    scale = min(1.0, 2 * GRID / max(size.width, size.height))
    covered = np.zeros((max(1, round(size.height * scale)), max(1, round(size.width * scale))), dtype=np.bool_)
    for shape in shapes:
        covered |= raster(shape, *covered.shape)
    return float(covered.mean())


def raster(shape: Outline, rows: int, columns: int) -> Mask:
    """The cells of a grid over the frame whose centres lie within the outline, even-odd."""
    if shape.mask is not None:
        return _resized(shape.mask, rows, columns)
    flips = np.zeros((rows, columns + 1), dtype=np.int32)
    for ring in shape.rings:
        _flip_along(flips, ring * (columns, rows))
    inside: Mask = (np.cumsum(flips[:, :-1], axis=1) & 1).astype(np.bool_)
    return inside


def _flip_along(flips: "np.ndarray[tuple[int, int], np.dtype[np.int32]]", ring: Ring) -> None:
    """Flip, in every row that an edge crosses, all cells right of the crossing."""
    rows, columns = flips.shape[0], flips.shape[1] - 1
    for (x0, y0), (x1, y1) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        first, last = sorted((y0, y1))
        crossed = np.arange(max(0, int(np.ceil(first - 0.5))), min(rows, int(np.ceil(last - 0.5))))
        if not crossed.size:
            continue
        at = x0 + (crossed + 0.5 - y0) * (x1 - x0) / (y1 - y0)
        np.add.at(flips, (crossed, np.clip(np.ceil(at - 0.5), 0, columns).astype(int)), 1)


def _resized(mask: Mask, rows: int, columns: int) -> Mask:
    high, wide = mask.shape
    down = ((np.arange(rows) + 0.5) * high / rows).astype(int)
    across = ((np.arange(columns) + 0.5) * wide / columns).astype(int)
    return mask[np.ix_(down, across)]


def _holed(shape: Outline) -> bool:
    """Whether all rings lie within the enclosing box of the greatest, which then is the outer one."""
    greatest = max(shape.rings, key=lambda ring: abs(_shoelace(ring)), default=None)
    if greatest is None or len(shape.rings) == 1:
        return False
    low, high = greatest.min(axis=0), greatest.max(axis=0)
    return all(bool((ring >= low).all() and (ring <= high).all()) for ring in shape.rings)


def _shoelace(ring: Ring) -> float:
    x, y = ring.T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2

"""Polygons as masks: a pixel belongs to an area when its centre lies inside by the even-odd rule."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from gloss.domain.rle import Mask

Points = NDArray[np.float64]


def filled(polygons: Iterable[Sequence[Points]], height_px: int, width_px: int) -> Mask:
    """The union of polygons, each given as its rings of (x, y) in pixels, outer ring first."""
    mask = np.zeros((height_px, width_px), dtype=bool)
    for rings in polygons:
        mask |= _parity(rings, height_px, width_px)
    return mask


def _parity(rings: Sequence[Points], height_px: int, width_px: int) -> Mask:
    """Each crossing of an edge with a row of pixel centres turns every pixel to its right over."""
    turns = np.zeros((height_px, width_px + 1), dtype=np.uint8)
    for ring in rings:
        rows, columns = _crossings(ring, height_px, width_px)
        np.bitwise_xor.at(turns, (rows, columns), 1)
    inside: Mask = np.bitwise_xor.accumulate(turns, axis=1)[:, :width_px].astype(bool)
    return inside


def _crossings(ring: Points, height_px: int, width_px: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    start, end = ring, np.roll(ring, -1, axis=0)
    upper, lower = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
    first = np.clip(np.ceil(upper - 0.5), 0, height_px).astype(np.int64)
    last = np.clip(np.ceil(lower - 0.5), 0, height_px).astype(np.int64)
    counts = np.maximum(last - first, 0)
    edge = np.repeat(np.arange(len(ring)), counts)
    rows = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts) + first[edge]
    slope = (end[edge, 0] - start[edge, 0]) / (end[edge, 1] - start[edge, 1])
    across = start[edge, 0] + (rows + 0.5 - start[edge, 1]) * slope
    return rows, np.clip(np.ceil(across - 0.5), 0, width_px).astype(np.int64)

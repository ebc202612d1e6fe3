"""Metrics of a frame's pixels: brightness, contrast, sharpness and closeness to three hues."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]

# The Laplacian of 8-bit grey lies within +-1020, so its variance can be at most 2 x 1020^2.
_GREATEST_VARIANCE = 2 * 1020.0**2
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
#: Hues in sixths of a turn.
_HUES = {"red": 0, "green": 2, "blue": 4}
#: S x V is the spread of a pixel's channels over 255; up to 0.0625 it counts as dull.
_DULL = 15
#: So many pixels at once stay in the processor's cache.
_BLOCK = 1 << 16


def measure(image: Pixels) -> Mapping[str, float]:
    """All pixel metrics of one RGB image, shape (height, width, 3), 8 bit; each in 0-1."""
    grey = greyscale(image)
    return {
        "brightness": float(grey.mean()) / 255,
        "contrast": contrast(grey),
        "sharpness": sharpness(grey),
        **closeness_to_hues(image),
    }


def greyscale(image: Pixels) -> Pixels:
    """Luma of ITU-R BT.601, rounded to 8 bit."""
    flat = image.reshape(-1, 3)
    grey = np.empty(len(flat), dtype=np.uint8)
    for start in range(0, len(flat), _BLOCK):
        block = flat[start : start + _BLOCK].astype(np.float32)
        grey[start : start + _BLOCK] = block @ _LUMA + np.float32(0.5)
    return grey.reshape(image.shape[:2])


def contrast(grey: Pixels) -> float:
    """Standard deviation of grey over half its range; 0 for one pixel, 1 for half black and half white."""
    return min(1.0, float(np.sqrt(_variance(grey))) / 127.5)


def sharpness(grey: Pixels) -> float:
    """Square root of the Laplacian's variance (4 neighbours, border mirrored) over the greatest possible one."""
    padded = _mirrored(grey.astype(np.int16))
    laplacian = padded[:-2, 1:-1] + padded[2:, 1:-1]
    laplacian += padded[1:-1, :-2]
    laplacian += padded[1:-1, 2:]
    laplacian -= padded[1:-1, 1:-1] * np.int16(4)
    return float(np.sqrt(_variance(laplacian) / _GREATEST_VARIANCE))


def closeness_to_hues(image: Pixels) -> Mapping[str, float]:
    """1 minus the mean distance d of the pixels to pure red, green and blue in hue, saturation and value.

    d = sqrt((6 x hue difference / pi)^2 + (1 - S)^2 + (1 - V)^2) / 8, and 1 where S x V is at most 0.0625.
    """
    flat = image.reshape(-1, 3)
    blocks = [_closeness(flat[start : start + _BLOCK]) for start in range(0, len(flat), _BLOCK)]
    return dict(zip(_HUES, (np.sum(blocks, axis=0) / len(flat)).tolist(), strict=True))


def _closeness(block: Pixels) -> list[float]:
    """The sum of 1 - d over a block's pixels, for each hue; dull pixels add nothing."""
    red, green, blue = np.ascontiguousarray(block.T)
    high = np.maximum(np.maximum(red, green), blue)
    spread = high - np.minimum(np.minimum(red, green), blue)
    vivid = np.flatnonzero(spread > _DULL)
    channels = (plane[vivid].astype(np.float32) for plane in (red, green, blue, high, spread))
    turn, pale = _turn_and_paleness(*channels)
    return [_near(turn, pale, hue) for hue in _HUES.values()]


def _turn_and_paleness(red: Plane, green: Plane, blue: Plane, high: Plane, spread: Plane) -> tuple[Plane, Plane]:
    """Hue in sixths of a turn (-1 to 5), and (1 - S)^2 + (1 - V)^2."""
    is_red, is_green = high == red, high == green
    rise = np.where(is_red, green - blue, np.where(is_green, blue - red, red - green))
    base = np.where(is_red, np.float32(0), np.where(is_green, np.float32(2), np.float32(4)))
    turn: Plane = (rise / spread + base).astype(np.float32, copy=False)
    unsaturated, dark = 1 - spread / high, 1 - high * np.float32(1 / 255)
    return turn, unsaturated * unsaturated + dark * dark


def _near(turn: Plane, pale: Plane, hue: int) -> float:
    away = np.abs(turn - np.float32(hue))
    np.minimum(away, 6 - away, out=away)
    away *= 2  # a sixth of a turn is pi / 3, and 6 / pi of that is 2
    away *= away
    away += pale
    np.sqrt(away, out=away)
    return len(turn) - float(away.sum(dtype=np.float64)) / 8


def _mirrored(plane: NDArray[np.int16]) -> NDArray[np.int16]:
    """One more row and column on each side, mirrored without the border; repeated where there is nothing to mirror."""
    high, wide = plane.shape
    padded = np.empty((high + 2, wide + 2), dtype=np.int16)
    padded[1:-1, 1:-1] = plane
    padded[0, 1:-1], padded[-1, 1:-1] = plane[min(1, high - 1)], plane[max(high - 2, 0)]
    padded[:, 0], padded[:, -1] = padded[:, min(2, wide)], padded[:, max(wide - 1, 1)]
    return padded


def _variance(plane: NDArray[np.uint8] | NDArray[np.int16]) -> float:
    """Exact: sums of so many squares of whole numbers are whole numbers that a float64 holds."""
    flat, total, squares = plane.ravel(), 0.0, 0.0
    for start in range(0, flat.size, _BLOCK):
        block = flat[start : start + _BLOCK].astype(np.float64)
        total += float(block.sum())
        squares += float(np.square(block, out=block).sum())
    mean = total / flat.size
    return max(0.0, squares / flat.size - mean * mean)

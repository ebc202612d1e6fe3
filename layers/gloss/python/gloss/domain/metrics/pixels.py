"""Metrics of a frame's pixels: brightness, contrast, sharpness and closeness to three hues."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

# The Laplacian of 8-bit grey lies within +-1020, so its variance can be at most 2 x 1020^2.
_GREATEST_VARIANCE = 2 * 1020.0**2
_HUES = {"red": 0.0, "green": 2 * np.pi / 3, "blue": 4 * np.pi / 3}
_DULL = 0.0625


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
    """Luma of ITU-R BT.601 in 16-bit fixed point, rounded to 8 bit."""
    weighted = image[..., 0] * np.uint32(19595)
    weighted += image[..., 1] * np.uint32(38470)
    weighted += image[..., 2] * np.uint32(7471)
    weighted += np.uint32(32768)
    return (weighted >> np.uint32(16)).astype(np.uint8)


def contrast(grey: Pixels) -> float:
    """Standard deviation of grey over half its range; 0 for one pixel, 1 for half black and half white."""
    return min(1.0, float(np.sqrt(_variance(grey))) / 127.5)


def sharpness(grey: Pixels) -> float:
    """Square root of the Laplacian's variance (4 neighbours, border mirrored) over the greatest possible one."""
    padded = np.pad(grey.astype(np.int16), [(min(1, side - 1),) * 2 for side in grey.shape], mode="reflect")
    padded = np.pad(padded, [(1 - min(1, side - 1),) * 2 for side in grey.shape], mode="edge")
    laplacian = padded[1:-1, 1:-1] * np.int16(-4)
    laplacian += padded[:-2, 1:-1]
    laplacian += padded[2:, 1:-1]
    laplacian += padded[1:-1, :-2]
    laplacian += padded[1:-1, 2:]
    return float(np.sqrt(_variance(laplacian) / _GREATEST_VARIANCE))


def closeness_to_hues(image: Pixels) -> Mapping[str, float]:
    """1 minus the mean distance d of the pixels to pure red, green and blue in hue, saturation and value.

    d = sqrt((6 x hue difference / pi)^2 + (1 - S)^2 + (1 - V)^2) / 8, and 1 where S x V is at most 0.0625.
    """
    pixels = image.reshape(-1, 3)
    high, low = pixels.max(axis=1), pixels.min(axis=1)
    vivid = (high - low) > _DULL * 255  # S x V is the spread over 255
    hue, saturation, value = _hsv(pixels[vivid], high[vivid], low[vivid])
    pale = (1 - saturation) ** 2 + (1 - value) ** 2
    return {name: _closeness(hue, pale, at, len(pixels)) for name, at in _HUES.items()}


def _closeness(hue: NDArray[np.float32], pale: NDArray[np.float32], at: float, pixels: int) -> float:
    away = np.abs(hue - np.float32(at))
    away = np.minimum(away, np.float32(2 * np.pi) - away) * np.float32(6 / np.pi)
    near = 1 - np.sqrt(away * away + pale) / 8
    return float(near.sum(dtype=np.float64)) / pixels


def _hsv(
    pixels: Pixels, high: Pixels, low: Pixels
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    red, green, blue = pixels.astype(np.float32).T
    value, spread = high.astype(np.float32), (high - low).astype(np.float32)
    turn = np.where(
        value == red,
        ((green - blue) / spread) % 6,
        np.where(value == green, (blue - red) / spread + 2, (red - green) / spread + 4),
    )
    return (turn * np.float32(np.pi / 3)).astype(np.float32), spread / value, value / np.float32(255)


def _variance(plane: NDArray[np.uint8] | NDArray[np.int16]) -> float:
    whole = plane.astype(np.int32).ravel()
    mean = float(whole.mean())
    return max(0.0, float(np.dot(whole.astype(np.float64), whole)) / whole.size - mean * mean)

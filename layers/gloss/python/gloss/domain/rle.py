"""Run lengths of masks: the character coding of compressed COCO counts, with pixels scanned row by row.

Counts begin with the zeros; from the fourth on each is the difference to the last but one; a number is cut into
groups of five bits, lowest first, bit 6 saying that more follow, each written as the character of its value + 48.
"""

import numpy as np
from numpy.typing import NDArray

from gloss.domain.errors import Invalid

Mask = NDArray[np.bool_]
Counts = NDArray[np.int64]
_LONGEST = 12
_LIMITS = np.array([1 << (5 * groups - 1) for groups in range(1, _LONGEST + 1)], dtype=np.int64)


def encode(mask: Mask) -> str:
    """The string of a (rows, columns) mask, scanned row by row."""
    return write(counts_of(mask))


def decode(text: str, height_px: int, width_px: int) -> Mask:
    """The (rows, columns) mask of a row-major string; raises Invalid unless its runs fill the mask exactly."""
    counts = read(text)
    if int(counts.sum()) != height_px * width_px:
        raise Invalid(f"The runs cover {int(counts.sum())} pixels, but the mask has {height_px} x {width_px}.")
    values = np.arange(len(counts)) % 2 == 1
    return np.repeat(values, counts).reshape(height_px, width_px)


def encode_columns(mask: Mask) -> str:
    """The string that COCO tools read: the same coding of the mask scanned column by column."""
    return encode(mask.T)


def area(text: str) -> int:
    """How many pixels the mask of a string holds; the scan order does not matter."""
    return int(read(text)[1::2].sum())


def counts_of(mask: Mask) -> Counts:
    """Run lengths of a mask scanned row by row, beginning with the zeros."""
    flat = np.ascontiguousarray(mask, dtype=np.bool_).ravel()
    if flat.size == 0:
        return np.zeros(0, dtype=np.int64)
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    bounds = np.concatenate(([0], edges, [flat.size]))
    counts = np.diff(bounds)
    return np.concatenate(([0], counts)) if flat[0] else counts


def write(counts: Counts) -> str:
    """The string of run lengths."""
    deltas = counts.astype(np.int64)
    deltas[3:] -= counts[1:-2]
    groups = _groups(deltas)
    place = _places(groups)
    bits = (np.repeat(deltas, groups) >> (5 * place)) & 31
    more = place < np.repeat(groups, groups) - 1
    return (bits + 32 * more + 48).astype(np.uint8).tobytes().decode("ascii")


def read(text: str) -> Counts:
    """The run lengths of a string; raises Invalid on a foreign character, a cut number or a negative run."""
    codes = np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8).astype(np.int64) - 48
    if codes.size == 0:
        return codes
    if codes.min() < 0 or codes.max() > 63 or codes[-1] & 32:
        raise Invalid("The run-length string holds a foreign character or ends within a number.")
    counts = _summed(_numbers(codes))
    if counts.min() < 0:
        raise Invalid("The run-length string holds a negative run.")
    return counts


def _groups(deltas: Counts) -> Counts:
    reach = np.where(deltas < 0, -deltas, deltas + 1)
    return np.searchsorted(_LIMITS, reach, side="left") + 1


def _places(groups: Counts) -> Counts:
    starts = np.cumsum(groups) - groups
    return np.arange(int(groups.sum())) - np.repeat(starts, groups)


def _numbers(codes: Counts) -> Counts:
    ends = np.flatnonzero((codes & 32) == 0)
    starts = np.concatenate(([0], ends[:-1] + 1))
    groups = ends - starts + 1
    if groups.max() > _LONGEST:
        raise Invalid("The run-length string holds a number that no picture reaches.")
    values = np.add.reduceat((codes & 31) << (5 * _places(groups)), starts)
    negative = (codes[ends] & 16) != 0
    return np.where(negative, values - (np.int64(1) << (5 * groups)), values)


def _summed(deltas: Counts) -> Counts:
    counts = deltas.copy()
    counts[1::2] = np.cumsum(deltas[1::2])
    counts[2::2] = np.cumsum(deltas[2::2])
    return counts

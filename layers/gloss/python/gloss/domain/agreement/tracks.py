"""How alike objects are over all their frames; only where they come near each other is anything compared closely."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gloss.domain.agreement import overlap
from gloss.domain.labels import Geometry, ObjectInstance

Numbers = NDArray[np.float64]
Frames = NDArray[np.int64]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Track:
    """An object's geometries in the order of its frames."""

    frames: Frames
    geometries: tuple[Geometry, ...]

    @classmethod
    def of(cls, thing: ObjectInstance) -> "Track":
        """The track of an object that has frames."""
        frames = sorted(thing.frames)
        return cls(np.array(frames, dtype=np.int64), tuple(thing.frames[it].geometry for it in frames))

    @cached_property
    def bounds(self) -> Numbers:
        """Left, top, right, bottom on each frame."""
        return np.array([overlap.bounds(it) for it in self.geometries], dtype=np.float64)

    @cached_property
    def are_boxes(self) -> NDArray[np.bool_]:
        """On which frames it is an upright box."""
        return np.array([it.shape == "bounding_box" for it in self.geometries], dtype=np.bool_)

    @cached_property
    def around(self) -> Numbers:
        """The rectangle around all its frames."""
        return np.concatenate([self.bounds[:, :2].min(axis=0), self.bounds[:, 2:].max(axis=0)])


def likeness(mine: Sequence[Track], theirs: Sequence[Track]) -> Iterator[tuple[int, int, float]]:
    """The pairs (place here, place there) that have anything in common, with how alike they are (0-1)."""
    if not mine or not theirs:
        return
    here, there = (np.stack([it.around for it in side]) for side in (mine, theirs))
    for i, j in np.argwhere(_meet(here[:, None, :], there[None, :, :])).tolist():
        worth = like(mine[i], theirs[j])
        if worth > 0:
            yield i, j, worth


def like(one: Track, other: Track) -> float:
    """The mean over all frames where either is; 0 where only one is."""
    here, there = _shared(one.frames, other.frames)
    if not len(here):
        return 0.0
    left, right = one.bounds[here], other.bounds[there]
    boxes = one.are_boxes[here] & other.are_boxes[there]
    worth = float(_ious(left[boxes], right[boxes]).sum())
    for place in np.flatnonzero(~boxes & _meet(left, right)).tolist():
        worth += overlap.alike(one.geometries[here[place]], other.geometries[there[place]])
    return min(1.0, worth / (len(one.frames) + len(other.frames) - len(here)))


def _shared(one: Frames, other: Frames) -> tuple[Places, Places]:
    """Where each has the frames that both have."""
    if np.array_equal(one, other):
        return np.arange(len(one)), np.arange(len(one))
    _, here, there = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    return here, there


def _meet(one: Numbers, other: Numbers) -> NDArray[np.bool_]:
    """Which rectangles touch."""
    apart = (one[..., :2] > other[..., 2:]) | (other[..., :2] > one[..., 2:])
    return np.asarray(~apart.any(axis=-1))


def _ious(one: Numbers, other: Numbers) -> Numbers:
    sides = np.minimum(one[:, 2:], other[:, 2:]) - np.maximum(one[:, :2], other[:, :2])
    both = np.clip(sides, 0, None).prod(axis=1)
    areas = [(side[:, 2:] - side[:, :2]).prod(axis=1) for side in (one, other)]
    ious: Numbers = both / (areas[0] + areas[1] - both)
    return ious

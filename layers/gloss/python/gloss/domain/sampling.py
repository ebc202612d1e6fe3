"""Which frames of a video are looked at: an even base set and the key frames."""

from collections.abc import Iterable
from fractions import Fraction
from math import floor

SECONDS_SLACK = 1e-6


def frame_total(fps: float, duration_s: float) -> int:
    """Frames of a video that is known only by its rate and its duration."""
    return round(fps * duration_s)


def frames(fps: float, duration_s: float, rate: float | None, keyframes: Iterable[int] = ()) -> tuple[int, ...]:
    """Sampled frame numbers in order; `rate` is samples a second (0: the first frame only, None: every frame)."""
    return sampled(frame_total(fps, duration_s), fps, rate, keyframes)


def sampled(total: int, fps: float, rate: float | None, keyframes: Iterable[int] = ()) -> tuple[int, ...]:
    """Like `frames`, for a video whose number of frames is known; key frames outside the video are left out."""
    if total <= 0:
        return ()
    marked = {frame for frame in keyframes if 0 <= frame < total}
    return tuple(sorted(marked.union(_base(total, fps, rate))))


def frame_at(seconds: float, fps: float, total: int) -> int:
    """The frame shown at a time; the last one for any time after it."""
    return min(total - 1, floor(seconds * fps + SECONDS_SLACK))


def _base(total: int, fps: float, rate: float | None) -> Iterable[int]:
    """{floor(k * fps / rate)}, in whole numbers so that long videos do not drift."""
    if rate is None or rate >= fps:
        return range(total)
    if rate <= 0:
        return (0,)
    step = Fraction(str(fps)) / Fraction(str(rate))
    samples = -(-total * step.denominator // step.numerator)
    return (k * step.numerator // step.denominator for k in range(samples))

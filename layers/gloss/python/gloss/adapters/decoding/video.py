"""Frames of a video by number, decoding as little as its key frames allow."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, BinaryIO, NamedTuple

import av
import av.error
import numpy as np

from gloss.domain.errors import Invalid
from gloss.domain.metrics.pixels import Pixels


class Shot(NamedTuple):
    """A decoded frame: its number, its time from the start and its pixels."""

    frame: int
    timestamp_s: float
    pixels: Pixels


class Leg(NamedTuple):
    """A stretch that is decoded in one go: from this key frame's time stamp, these frames."""

    key_pts: int
    frames: tuple[int, ...]


def shots(file: BinaryIO, wanted: Sequence[int]) -> Iterator[Shot]:
    """The wanted frames in order; frames beyond the end are left out; raises Invalid for what is no video."""
    try:
        with av.open(file) as container:
            if not container.streams.video:
                raise Invalid("the file has no video track")
            yield from _shots(container, container.streams.video[0], sorted(set(wanted)))
    except av.error.FFmpegError as broken:
        raise Invalid(f"the video cannot be decoded: {broken.strerror or broken}") from broken


def _shots(container: Any, stream: Any, wanted: Sequence[int]) -> Iterator[Shot]:
    stream.thread_type = "AUTO"
    route = legs(stream, wanted)
    if route is None:
        yield from _in_sequence(container, stream, wanted)
        return
    for leg in route:
        container.seek(leg.key_pts, stream=stream)
        yield from _numbered(container, stream, leg.frames)


def legs(stream: Any, wanted: Sequence[int]) -> list[Leg] | None:
    """The stretches to decode, by the file's index; None when it has none or its frames are not evenly spaced."""
    entries = sorted(stream.index_entries, key=lambda entry: entry.timestamp)
    steps = {late.timestamp - early.timestamp for early, late in pairwise(entries)}
    if len(steps) != 1 or not stream.average_rate:
        return None
    keys = [number for number, entry in enumerate(entries) if entry.is_keyframe]
    route: list[tuple[int, list[int]]] = []
    for frame in (frame for frame in wanted if frame < len(entries)):
        key = max((number for number in keys if number <= frame), default=0)
        if route and _goes_on(route[-1], key, keys):
            route[-1][1].append(frame)
        else:
            route.append((key, [frame]))
    return [Leg(entries[key].timestamp, tuple(frames)) for key, frames in route]


def _goes_on(leg: tuple[int, list[int]], key: int, keys: Sequence[int]) -> bool:
    """Whether decoding on is no dearer than seeking: the frame's key frame is that of the leg or the very next one."""
    last = leg[1][-1]
    following = next((number for number in keys if number > last), None)
    return key <= last or (key == following and key - last <= 1)


def _in_sequence(container: Any, stream: Any, wanted: Sequence[int]) -> Iterator[Shot]:
    remaining = set(wanted)
    for number, frame in enumerate(container.decode(stream)):
        if number in remaining:
            yield _shot(number, frame, stream)
            remaining.discard(number)
        if not remaining:
            return


def _numbered(container: Any, stream: Any, frames: Sequence[int]) -> Iterator[Shot]:
    remaining = set(frames)
    for frame in container.decode(stream):
        number = _number(frame, stream)
        if number in remaining:
            yield _shot(number, frame, stream)
            remaining.discard(number)
        if not remaining or number > frames[-1]:
            return


def _number(frame: Any, stream: Any) -> int:
    elapsed: Fraction = (frame.pts - (stream.start_time or 0)) * stream.time_base
    return round(elapsed * Fraction(stream.average_rate))


def _shot(number: int, frame: Any, stream: Any) -> Shot:
    elapsed = float((frame.pts - (stream.start_time or 0)) * stream.time_base) if frame.pts is not None else 0.0
    return Shot(number, elapsed, np.ascontiguousarray(frame.to_ndarray(format="rgb24")))

"""Long image sequences in segments, so that each is filmed within one run."""

from typing import Final, NamedTuple

from gloss.domain.errors import Invalid
from gloss.domain.model import Value

#: An image of 64 megapixels, the largest there may be, takes up to seven seconds of a core; one of two, 0.16.
FRAMES_A_SEGMENT: Final = 100


class LongSequence(NamedTuple):
    """A sequence of a batch that is filmed in segments, and how many these are."""

    batch: int
    row: int
    segments: int


class SegmentName(NamedTuple):
    """Which segment of which row of which batch."""

    batch: int
    row: int
    segment: int

    @classmethod
    def read(cls, text: str) -> "SegmentName":
        """The name out of its text; raises Invalid."""
        parts = text.split("/")
        if len(parts) != len(cls._fields) or not all(part.isascii() and part.isdigit() for part in parts):
            raise Invalid(f"{text} names no segment.")
        return cls(*map(int, parts))

    def __str__(self) -> str:
        return "/".join(map(str, self))


class Shot(Value):
    """What is told of a segment that was filmed, or why it could not be."""

    frames: int = 0
    width_px: int = 0
    height_px: int = 0
    size_bytes: int = 0
    bytes_read: int = 0
    error: str | None = None


def segments_of(frames: int, a_segment: int) -> int:
    """How many segments so many frames make."""
    return -(-frames // a_segment)


def names_of(long: LongSequence) -> list[SegmentName]:
    """All segments of a sequence, in order."""
    return [SegmentName(long.batch, long.row, number) for number in range(long.segments)]

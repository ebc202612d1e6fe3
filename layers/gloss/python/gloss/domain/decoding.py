"""What comes of reading a frame: its pixels, or the reason why there are none."""

from dataclasses import dataclass

from gloss.domain.media import Frame
from gloss.domain.metrics.pixels import Pixels


@dataclass(frozen=True)
class Decoded:
    """A frame that was read; `pixels` are RGB (height, width, 3)."""

    frame: Frame
    pixels: Pixels
    timestamp_s: float | None = None


@dataclass(frozen=True)
class Bare:
    """A frame that counts but has no picture: sound, text, or a coding that is not read here."""

    frame: Frame
    reason: str


@dataclass(frozen=True)
class Broken:
    """A frame that should have a picture but could not be read."""

    frame: Frame
    reason: str


Read = Decoded | Bare | Broken

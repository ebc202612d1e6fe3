"""What a reader of image headers finds, and the two ways in which it does not."""

from typing import NamedTuple


class Head(NamedTuple):
    """An image's format, size in pixels, and samples a pixel."""

    form: str
    width: int
    height: int
    channels: int


class Strange(Exception):
    """The file is not what its first bytes promise."""


class Cut(Exception):
    """The file ends before its header says."""

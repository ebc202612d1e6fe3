"""An appearance on its way into a long body: checked by itself, stamped, and written as it is stored."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from pydantic_core import to_json

from gloss.domain.labels import saving
from gloss.domain.labels.body import Appearance, Mark
from gloss.domain.labels.canvas import Canvas
from gloss.domain.labels.checking import mask_faults
from gloss.domain.labels.geometry import Bitmask

STAMPS: Final = {"created_by", "created_at", "edited_by", "edited_at"}
#: The shape of what is no appearance.
BROKEN: Final = b"!"
_DIFFERENT_STAMPS: Final = 4096


class Author(NamedTuple):
    """Who saves labels, and when."""

    email: str
    at: datetime


class Inked(NamedTuple):
    """The shape, then the JSON: its stamps with the brace before them, and the rest with the brace behind it.

    What is BROKEN has no stamps, and its rest is the JSON as it was said.
    """

    shape: bytes
    stamps: bytes
    rest: bytes


class Pen:
    """Writes appearances of one author; few stamps differ, so each is written once."""

    def __init__(self, author: Author) -> None:
        self._stamps = lru_cache(_DIFFERENT_STAMPS)(partial(_stamped, author))
        self._json = Appearance.__pydantic_serializer__.to_json

    def inked(self, said: Mapping[str, Any], canvas: Canvas) -> Inked:
        """What is said of an object on a frame, as it is stored."""
        try:
            read = Appearance.model_validate(said)
        except ValidationError:
            return Inked(BROKEN, b"", to_json(said))
        if isinstance(read.geometry, Bitmask) and any(mask_faults(read.geometry, canvas, "")):
            return Inked(BROKEN, b"", to_json(said))
        rest: bytes = self._json(read, exclude=STAMPS, exclude_defaults=True)
        made, edited = read.created_at, read.edited_at
        # Moments are alike in every zone, but written in their own.
        zones = (made and made.utcoffset(), edited and edited.utcoffset())
        stamps = self._stamps((read.created_by, made, read.edited_by, edited), zones)
        return Inked(read.geometry.shape.encode(), stamps, rest[1:])


def _stamped(author: Author, said: tuple[Any, ...], zones: tuple[Any, ...]) -> bytes:
    del zones
    by, at, edited_by, edited_at = said
    mark = Mark(created_by=by, created_at=at, edited_by=edited_by, edited_at=edited_at)
    return saving.stamped_mark(mark, *author).model_dump_json(include=STAMPS, exclude_defaults=True).encode()[:-1]

"""Long lists of members and sources lie among the blobs and short ones in their item; only here is it known which."""

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from gloss.domain.media import Item, Roll
from gloss.domain.model import ItemId
from gloss.ports import Blobs

INLINE_BYTES: Final = 32 * 1024
#: Ids are random, so that a harder try at them takes longer and saves nothing.
LEVEL: Final = 1
GZIP_WINDOW: Final = 31
CHUNK: Final = 64 * 1024


class Span(NamedTuple):
    """Which entries of a list: from `first` on, before `end` (None: to the last)."""

    first: int = 0
    end: int | None = None


ALL: Final = Span()


def enrol(item: Item, blobs: Blobs) -> Item:
    """The item as it is saved: with a pointer when its list of members or sources is long, which is then written first.

    The same list has the same key, so that a second try writes nothing else.
    """
    entries = item.members or item.sources
    if sum(map(len, entries)) <= INLINE_BYTES:
        return item
    text = "".join(f"{entry}\n" for entry in entries).encode()
    digest = hashlib.sha256(text).hexdigest()
    roll = Roll(key=f"items/{item.id}/roll/{digest}.txt.gz", count=len(entries), sha256=digest)
    blobs.put(roll.key, gzip.compress(text, LEVEL, mtime=0), "application/gzip")
    return item.model_copy(update={"members": (), "sources": (), "roll": roll})


def members(item: Item, blobs: Blobs, span: Span = ALL) -> Iterator[ItemId]:
    """The ids of an item's parts in order, all or some; a long list stays packed in memory while it is read."""
    return map(ItemId, _entries(item.members, item, blobs, span))


def sources(item: Item, blobs: Blobs, span: Span = ALL) -> Iterator[str]:
    """The URLs of the images that a sequence was made of, likewise."""
    return _entries(item.sources, item, blobs, span)


def _entries(inline: Iterable[str], item: Item, blobs: Blobs, span: Span) -> Iterator[str]:
    return islice(inline if item.roll is None else _lines(blobs.get(item.roll.key)), *span)


def _lines(packed: bytes) -> Iterator[str]:
    unpacking, rest = zlib.decompressobj(GZIP_WINDOW), b""
    for start in range(0, len(packed), CHUNK):
        *lines, rest = (rest + unpacking.decompress(packed[start : start + CHUNK])).split(b"\n")
        yield from (line.decode() for line in lines)

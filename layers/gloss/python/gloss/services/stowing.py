"""Large metadata lie among the blobs and small ones in their item; only here is it known which."""

import hashlib

from pydantic_core import to_json

from gloss.domain.errors import Invalid
from gloss.domain.media import Item, Stowed
from gloss.domain.told import INLINE_BYTES, Told, slim, told_of
from gloss.ports import Blobs
from gloss.services.enrolling import enrol

LARGEST_RECORD = 350_000
LARGEST_ANSWER = 4_000_000
SIGNED_S = 3600


def stow(item: Item, blobs: Blobs) -> Item:
    """The item as it is saved: with a pointer to its document when that is large, and to a long list of its parts.

    What they point to is written first; the same document has the same key, so that a second try writes nothing else.
    Raises Invalid when even the rest is larger than a record may be.
    """
    body, item = to_json(told_of(item)), enrol(item, blobs)
    kept = item.model_copy(update={"stowed": None}) if len(body) <= INLINE_BYTES else _stowed(item, body, blobs)
    size = len(to_json(kept))
    if size > LARGEST_RECORD:
        raise Invalid(f"This item takes {size} bytes without its metadata; a record has at most {LARGEST_RECORD}.")
    return kept


def unstow(item: Item, blobs: Blobs) -> Item:
    """The item with all that is said of it; raises NotFound when its document is gone."""
    if item.stowed is None:
        return item
    told = Told.model_validate_json(blobs.get(item.stowed.key))
    return item.model_copy(update=dict(told))


def shown(item: Item, blobs: Blobs) -> tuple[Item, str | None]:
    """The item with its document if that fits into an answer, and a URL of the document, good for an hour, if large."""
    if item.stowed is None:
        return item, None
    url = blobs.signed_get(item.stowed.key, SIGNED_S)
    return (item if item.stowed.size_bytes > LARGEST_ANSWER else unstow(item, blobs)), url


def _stowed(item: Item, body: bytes, blobs: Blobs) -> Item:
    key = f"items/{item.id}/told/{hashlib.sha256(body).hexdigest()}.json"
    if item.stowed is None or item.stowed.key != key:
        blobs.put(key, body, "application/json")
    return slim(item).model_copy(update={"stowed": Stowed(key=key, size_bytes=len(body))})

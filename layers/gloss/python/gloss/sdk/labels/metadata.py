"""Client metadata in lists of label rows: large ones lie among the blobs and are read several at once."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final

from pydantic_core import to_json

from gloss.domain.media import Item
from gloss.ports import Blobs
from gloss.sdk.labels.filters import ListPayload
from gloss.services import stowing
from gloss.services.enumerating import Listed

Json = dict[str, Any]
READ_AT_ONCE: Final = 16
SIGNED_S: Final = 3600
#: An object of the bucket takes as long as so many rows.
READ_WEIGHT: Final = 5


def weight(listed: Sequence[Listed], payload: ListPayload) -> int:
    """How much there is to read beside the rows themselves."""
    stowed = sum(it.item is not None and it.item.stowed is not None for it in listed)
    return stowed * READ_WEIGHT if payload.include_client_metadata else 0


def metadata_of(listed: Sequence[Listed], payload: ListPayload, blobs: Blobs) -> list[Json]:
    """What each entry says of its client metadata; a large one as a signed URL where the client takes such."""
    if not payload.include_client_metadata:
        return [{}] * len(listed)
    told = [{"client_metadata": it.item.metadata if it.item is not None else None} for it in listed]
    large = {place: it.item for place, it in enumerate(listed) if it.item is not None and it.item.stowed is not None}
    tell = partial(_linked if payload.client_metadata_as_signed_url else _whole, blobs=blobs)
    if large:
        with ThreadPoolExecutor(READ_AT_ONCE) as pool:
            for place, said in zip(large, pool.map(tell, large.values()), strict=True):
                told[place] = said
    return told


def _whole(item: Item, blobs: Blobs) -> Json:
    return {"client_metadata": stowing.unstow(item, blobs).metadata}


def _linked(item: Item, blobs: Blobs) -> Json:
    body = to_json(stowing.unstow(item, blobs).metadata)
    key = f"tmp/answers/{hashlib.sha256(body).hexdigest()}.json"
    blobs.put(key, body, "application/json")
    return {"client_metadata": None, "client_metadata_signed_url": blobs.signed_get(key, SIGNED_S)}

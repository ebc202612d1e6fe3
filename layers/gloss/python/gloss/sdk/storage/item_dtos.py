"""Items with all that the SDK wants told of them, many at once."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from pydantic_core import to_json

from gloss.domain.access import Caller
from gloss.domain.media import Item
from gloss.domain.told import client_metadata_of
from gloss.ports import Ports
from gloss.sdk.people import emails_of
from gloss.sdk.storage.item_shapes import ItemDto, Shown, item_dto
from gloss.sdk.wire import Wire
from gloss.services import stowing, viewing
from gloss.services.registering import MediaOf
from gloss.services.sharing import shared

FETCHED_WITHIN_S = 3600


class Wanted(Wire):
    """How much of items is wanted: signed URLs, and metadata as they are, behind a URL where they are large, or not."""

    sign_urls: bool = False
    include_client_metadata: bool = True
    client_metadata_as_signed_url: bool = False


class Dtos:
    """Makes DTOs of items for somebody."""

    def __init__(self, caller: Caller, media_of: MediaOf, ports: Ports) -> None:
        self._caller, self._media_of, self._ports = caller, media_of, ports

    def of(self, items: Sequence[Item], wanted: Wanted) -> list[ItemDto]:
        """Items as the SDK reads them."""
        around = viewing.surroundings(items, self._ports.store, wanted.sign_urls)
        strangers = (it.created_by for it in items if it.created_by != self._caller.user_id)
        emails = {self._caller.user_id: self._caller.email, **emails_of(strangers, self._ports.store)}

        def one(item: Item) -> ItemDto:
            integration = around.integrations.get(item.integration_id) if item.integration_id else None
            whole, metadata_url = self._told(item, wanted)
            url = viewing.signed(item, around, self._media_of) if wanted.sign_urls else None
            units = around.data_units.get(item.id, 0)
            return item_dto(whole, Shown(emails.get(item.created_by, ""), units, integration, url, metadata_url))

        return list(shared(one, items))

    def _told(self, item: Item, wanted: Wanted) -> tuple[Item, str | None]:
        """The item with what was said of it, or where that lies."""
        if not wanted.include_client_metadata:
            return item.model_copy(update=_SILENT), None
        whole = stowing.unstow(item, self._ports.blobs)
        if item.stowed is None or not wanted.client_metadata_as_signed_url:
            return whole, None
        key = f"tmp/answers/{uuid4()}.json"
        self._ports.blobs.put(key, to_json(client_metadata_of(whole)), "application/json")
        return whole, self._ports.blobs.signed_get(key, FETCHED_WITHIN_S)


_SILENT: Final[Mapping[str, Any]] = {
    "metadata": {},
    "embeddings": {},
    "keyframes": (),
    "frame_metadata": {},
    "sampling_rate": None,
}

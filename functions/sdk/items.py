"""Doorways of items for the public SDK."""

from gloss import edge, wiring
from gloss.domain.model import ItemId
from gloss.sdk.storage import item_calls
from gloss.sdk.storage.item_calls import BulkPayload, Dtos, ItemAsking, ItemsAsking
from gloss.sdk.storage.item_shapes import ItemDto
from gloss.sdk.wire import Results

router = edge.router()


@router.get("/v2/public/storage/folders/<folder_id>/items")
def list_items(folder_id: str) -> Results[ItemDto]:
    return item_calls.listed(folder_id, _asked(), edge.caller(), _dtos(), wiring.ports())


@router.post("/v2/public/storage/items/get-bulk")
def get_items(body: BulkPayload) -> Results[ItemDto]:
    return item_calls.get_bulk(body, edge.caller(), _dtos(), wiring.ports())


@router.get("/v2/public/storage/items/<item_id>")
def get_item(item_id: ItemId) -> ItemDto:
    asking = ItemAsking.read(router.current_event.resolved_query_string_parameters)
    return item_calls.get(item_id, asking, edge.caller(), _dtos(), wiring.ports())


def _asked() -> ItemsAsking:
    return ItemsAsking.read(router.current_event.resolved_query_string_parameters)


def _dtos() -> Dtos:
    return Dtos(wiring.media, wiring.ports())

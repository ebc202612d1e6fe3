"""Doorways of items for the public SDK."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from gloss import edge, wiring
from gloss.domain.model import FolderId, ItemId
from gloss.sdk.storage import group_calls, item_calls, item_summaries
from gloss.sdk.storage.group_shapes import DataGroupDto
from gloss.sdk.storage.item_calls import BulkPayload, Deleting, ItemAsking, ItemPatches, ItemsAsking, MovingItems, Spot
from gloss.sdk.storage.item_dtos import Dtos
from gloss.sdk.storage.item_shapes import ItemDto, ItemPatch
from gloss.sdk.storage.item_summaries import ItemSummaryDto
from gloss.sdk.wire import Results

router = edge.router()


@router.get("/v2/public/storage/search/items")
def search_items() -> Results[ItemDto]:
    return item_calls.listed(None, _asked(), edge.caller(), _dtos(), wiring.ports())


@router.get("/v2/public/storage/folders/<folder_id>/items")
def list_items(folder_id: str) -> Results[ItemDto]:
    return item_calls.listed(folder_id, _asked(), edge.caller(), _dtos(), wiring.ports())


@router.post("/v2/public/storage/items/get-bulk")
def get_items(body: BulkPayload) -> Results[ItemDto]:
    return item_calls.get_bulk(body, edge.caller(), _dtos(), wiring.ports())


@router.patch("/v2/public/storage/items/patch-bulk")
def change_items(body: ItemPatches) -> Results[ItemDto]:
    return item_calls.change_all(body, edge.caller(), _dtos(), wiring.ports())


@router.get("/v2/public/storage/items/<item_id>")
def get_item(item_id: ItemId) -> ItemDto:
    return item_calls.get(item_id, _of_one(), edge.caller(), _dtos(), wiring.ports())


@router.patch("/v2/public/storage/folders/<folder_id>/items/<item_id>")
def change_item(folder_id: FolderId, item_id: ItemId, body: ItemPatch) -> ItemDto:
    return item_calls.change(Spot(folder_id, item_id), body, _dtos(), edge.caller(), wiring.ports())


@router.get("/v2/public/storage/folders/<folder_id>/items/<item_id>/child-items")
def list_children(folder_id: FolderId, item_id: ItemId) -> Results[ItemDto]:
    return item_calls.children(Spot(folder_id, item_id), _of_one(), edge.caller(), _dtos(), wiring.ports())


@router.post("/v2/public/storage/folders/<folder_id>/create-group-items")
def make_data_groups(folder_id: FolderId, body: Annotated[list[DataGroupDto], Body()]) -> list[str]:
    return group_calls.make(folder_id, body, edge.caller(), wiring.ports())


@router.get("/v2/public/storage/folders/<folder_id>/items/<item_id>/summary")
def get_item_summary(folder_id: FolderId, item_id: ItemId) -> ItemSummaryDto:
    item = item_calls.found(Spot(folder_id, item_id), wiring.ports())
    return item_summaries.summary(item, edge.caller(), wiring.ports())


@router.post("/v2/public/storage/folders/<folder_id>/items/move")
def move_items(folder_id: FolderId, body: MovingItems) -> None:
    item_calls.move(folder_id, body, edge.caller(), wiring.ports())


@router.post("/v2/public/storage/folders/<folder_id>/items/delete")
def delete_items(folder_id: FolderId, body: Deleting) -> None:
    item_calls.delete(folder_id, body, edge.caller(), wiring.ports())


def _asked() -> ItemsAsking:
    return ItemsAsking.read(router.current_event.resolved_query_string_parameters)


def _of_one() -> ItemAsking:
    return ItemAsking.read(router.current_event.resolved_query_string_parameters)


def _dtos() -> Dtos:
    return Dtos(edge.caller(), wiring.media, wiring.ports())

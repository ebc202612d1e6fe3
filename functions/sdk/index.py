"""Doorways of collections of items and of the organisation's presets for the public SDK."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from gloss import edge, wiring
from gloss.sdk.index import collections, presets
from gloss.sdk.index.collections import (
    CollectionChange,
    CollectionDto,
    CollectionPayload,
    CollectionsAsking,
    FailedDto,
    InFolder,
    ItemsAsking,
    ItemsPayload,
    TitlesDto,
    TitlesPayload,
)
from gloss.sdk.index.collections import PresetPayload as ThePreset
from gloss.sdk.index.presets import PresetChange, PresetDto, PresetPayload, PresetsAsking
from gloss.sdk.storage.item_dtos import Dtos
from gloss.sdk.storage.item_shapes import ItemDto
from gloss.sdk.wire import Results, scalar
from gloss.services import hoarding, presetting

router = edge.router()


@router.get("/v2/public/index/collections")
def list_collections() -> Results[CollectionDto]:
    return collections.listed(CollectionsAsking.read(_query()), edge.caller(), wiring.store())


@router.post("/v2/public/index/collections")
def make_collection(body: CollectionPayload) -> Response[str]:
    return scalar(collections.make(InFolder.read(_query()), body, edge.caller(), wiring.ports()))


@router.patch("/v2/public/index/collections/<collection_id>")
def change_collection(collection_id: str, body: CollectionChange) -> None:
    found = hoarding.changeable(collection_id, edge.caller(), wiring.store())
    hoarding.change(found, body.wanted(), wiring.ports())


@router.delete("/v2/public/index/collections/<collection_id>")
def drop_collection(collection_id: str) -> None:
    hoarding.drop(hoarding.changeable(collection_id, edge.caller(), wiring.store()), wiring.store())


@router.get("/v2/public/index/collections/<collection_id>/accessible-items")
def list_accessible(collection_id: str) -> Results[ItemDto]:
    shelf = collections.shelf(collection_id, ItemsAsking.read(_query()), edge.caller(), wiring.store())
    return shelf.accessible(Dtos(edge.caller(), wiring.media, wiring.ports()), wiring.store())


@router.get("/v2/public/index/collections/<collection_id>/all-items")
def list_all(collection_id: str) -> Results[ItemDto | collections.HiddenDto]:
    shelf = collections.shelf(collection_id, ItemsAsking.read(_query()), edge.caller(), wiring.store())
    return shelf.everything(Dtos(edge.caller(), wiring.media, wiring.ports()), wiring.store())


@router.post("/v2/public/index/collections/<collection_id>/add-items")
def add_items(collection_id: str, body: ItemsPayload) -> FailedDto:
    found = hoarding.changeable(collection_id, edge.caller(), wiring.store())
    failed = hoarding.add(found, body.item_uuids, edge.caller(), wiring.ports())
    return FailedDto(failed_items=tuple(failed))


@router.post("/v2/public/index/collections/<collection_id>/remove-items")
def remove_items(collection_id: str, body: ItemsPayload) -> FailedDto:
    found = hoarding.changeable(collection_id, edge.caller(), wiring.store())
    return FailedDto(failed_items=tuple(hoarding.take_out(found, body.item_uuids, wiring.ports())))


@router.post("/v2/public/index/collections/<collection_id>/add-data-title-items")
def add_titles(collection_id: str, body: TitlesPayload) -> TitlesDto:
    found = hoarding.changeable(collection_id, edge.caller(), wiring.store())
    return collections.add_titles(found, body, edge.caller(), wiring.ports())


@router.post("/v2/public/index/collections/<collection_id>/add-preset-items")
def add_preset(collection_id: str, body: ThePreset) -> None:
    caller, ports = edge.caller(), wiring.ports()
    preset = presetting.found(presets.own(caller), body.preset_uuid, ports.store)
    hoarding.add_preset(hoarding.changeable(collection_id, caller, ports.store), preset, caller, ports)


@router.post("/v2/public/index/collections/<collection_id>/remove-preset-items")
def remove_preset(collection_id: str, body: ThePreset) -> None:
    caller, ports = edge.caller(), wiring.ports()
    preset = presetting.found(presets.own(caller), body.preset_uuid, ports.store)
    hoarding.take_out_preset(hoarding.changeable(collection_id, caller, ports.store), preset, caller, ports)


@router.get("/v2/public/index/presets")
def list_presets() -> Results[PresetDto]:
    return presets.of_organisation(PresetsAsking.read(_query()), edge.caller(), wiring.store())


@router.post("/v2/public/index/presets")
def make_preset(body: PresetPayload) -> Response[str]:
    made = presetting.make(presets.own(edge.caller()), body.wanted(), edge.caller(), wiring.ports())
    return scalar(made.id)


@router.get("/v2/public/index/presets/<preset_id>")
def get_preset(preset_id: str) -> dict[str, Any]:
    return presetting.found(presets.own(edge.caller()), preset_id, wiring.store()).filters


@router.patch("/v2/public/index/presets/<preset_id>")
def change_preset(preset_id: str, body: PresetChange) -> None:
    presetting.change(presets.changeable(preset_id, edge.caller(), wiring.ports()), body.wanted(), wiring.ports())


@router.delete("/v2/public/index/presets/<preset_id>")
def drop_preset(preset_id: str) -> None:
    presetting.drop(presets.changeable(preset_id, edge.caller(), wiring.ports()), wiring.store())


def _query() -> dict[str, list[str]]:
    return router.current_event.resolved_query_string_parameters

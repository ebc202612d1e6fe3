"""Doorways of imports, collections and presets of a project for the public SDK."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from gloss import edge, wiring
from gloss.domain.model import CollectionId, ProjectId
from gloss.sdk.active import collections, imports
from gloss.sdk.active.collections import (
    CollectionChange,
    CollectionDto,
    CollectionPayload,
    CollectionsAsking,
    FailedDto,
    ItemsAsking,
    MembersPayload,
)
from gloss.sdk.active.imports import ImportPayload
from gloss.sdk.index import presets
from gloss.sdk.index.presets import PresetChange, PresetPayload, PresetsAsking, ProjectPresetDto
from gloss.sdk.wire import Results, scalar
from gloss.services import assembling, collecting, presetting

router = edge.router()


@router.post("/v2/public/active/<project_id>/import")
def begin_import(project_id: ProjectId, body: ImportPayload) -> None:
    imports.begin(project_id, body, edge.caller(), wiring.ports())


@router.post("/v2/public/active/<project_id>/sync")
def sync(project_id: ProjectId) -> None:
    imports.sync(project_id, edge.caller(), wiring.ports())


@router.get("/v2/public/active/<project_id>/collections")
def list_collections(project_id: ProjectId) -> Results[CollectionDto]:
    return collections.listed(project_id, CollectionsAsking.read(_query()), wiring.store())


@router.post("/v2/public/active/<project_id>/collections")
def make_collection(project_id: ProjectId, body: CollectionPayload) -> Response[str]:
    return scalar(assembling.make(project_id, body.wanted(), edge.caller(), wiring.ports()).id)


@router.patch("/v2/public/active/<project_id>/collections/<collection_id>")
def change_collection(project_id: ProjectId, collection_id: CollectionId, body: CollectionChange) -> None:
    found = collecting.found(project_id, collection_id, wiring.store())
    assembling.change(found, body.wanted(), wiring.ports())


@router.delete("/v2/public/active/<project_id>/collections/<collection_id>")
def drop_collection(project_id: ProjectId, collection_id: CollectionId) -> None:
    collecting.drop(project_id, collection_id, wiring.store())


@router.get("/v2/public/active/<project_id>/collections/<collection_id>/items")
def list_members(project_id: ProjectId, collection_id: CollectionId) -> Results[dict[str, Any]]:
    asking = ItemsAsking.read(_query())
    found = asking.of_kind(collecting.found(project_id, collection_id, wiring.store()))
    return collections.members(found, asking, edge.caller(), wiring.ports())


@router.post("/v2/public/active/<project_id>/collections/<collection_id>/add-items")
def add_members(project_id: ProjectId, collection_id: CollectionId, body: MembersPayload) -> FailedDto:
    found = collecting.found(project_id, collection_id, wiring.store())
    return FailedDto.of(assembling.add(found, body.names(), wiring.ports()))


@router.post("/v2/public/active/<project_id>/collections/<collection_id>/remove-items")
def remove_members(project_id: ProjectId, collection_id: CollectionId, body: MembersPayload) -> FailedDto:
    found = collecting.found(project_id, collection_id, wiring.store())
    return FailedDto.of(assembling.take_out(found, body.names(), wiring.ports()))


@router.get("/v2/public/active/<project_id>/presets")
def list_presets(project_id: ProjectId) -> Results[ProjectPresetDto]:
    return presets.of_project(project_id, PresetsAsking.read(_query()), wiring.store())


@router.post("/v2/public/active/<project_id>/presets")
def make_preset(project_id: ProjectId, body: PresetPayload) -> Response[str]:
    return scalar(presetting.make(f"project:{project_id}", body.wanted(), edge.caller(), wiring.ports()).id)


@router.get("/v2/public/active/<project_id>/presets/<preset_id>/raw")
def get_preset(project_id: ProjectId, preset_id: str) -> dict[str, Any]:
    return presetting.found(f"project:{project_id}", preset_id, wiring.store()).filters


@router.patch("/v2/public/active/<project_id>/presets/<preset_id>")
def change_preset(project_id: ProjectId, preset_id: str, body: PresetChange) -> None:
    found = presetting.found(f"project:{project_id}", preset_id, wiring.store())
    presetting.change(found, body.wanted(), wiring.ports())


@router.delete("/v2/public/active/<project_id>/presets/<preset_id>")
def drop_preset(project_id: ProjectId, preset_id: str) -> None:
    presetting.drop(presetting.found(f"project:{project_id}", preset_id, wiring.store()), wiring.store())


def _query() -> dict[str, list[str]]:
    return router.current_event.resolved_query_string_parameters

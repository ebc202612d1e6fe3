"""Doorways of the public SDK that need the explorer: the frames that pass a preset, into or out of a collection."""

from gloss import edge, wiring
from gloss.domain.model import CollectionId, ProjectId
from gloss.sdk.active.presets import PresetPayload
from gloss.services import selecting

router = edge.router()


@router.post("/v2/public/active/<project_id>/collections/<collection_id>/add-preset-items")
def add_preset(project_id: ProjectId, collection_id: CollectionId, body: PresetPayload) -> None:
    selecting.add(selecting.Pick(project_id, collection_id, body.preset_uuid), wiring.desk())


@router.post("/v2/public/active/<project_id>/collections/<collection_id>/remove-preset-items")
def remove_preset(project_id: ProjectId, collection_id: CollectionId, body: PresetPayload) -> None:
    selecting.take_out(selecting.Pick(project_id, collection_id, body.preset_uuid), wiring.desk())

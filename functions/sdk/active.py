"""Doorways of imports of a project for the public SDK."""

from gloss import edge, wiring
from gloss.domain.model import ProjectId
from gloss.sdk.active import imports
from gloss.sdk.active.imports import ImportPayload

router = edge.router()


@router.post("/v2/public/active/<project_id>/import")
def begin_import(project_id: ProjectId, body: ImportPayload) -> None:
    imports.begin(project_id, body, edge.caller(), wiring.ports())


@router.post("/v2/public/active/<project_id>/sync")
def sync(project_id: ProjectId) -> None:
    imports.sync(project_id, edge.caller(), wiring.ports())

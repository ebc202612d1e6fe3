"""Doorways of a project's overview."""

from gloss import edge, wiring
from gloss.domain.analytics import Overview
from gloss.domain.model import ProjectId
from gloss.services import overviewing

router = edge.router()


@router.get("/v1/projects/<project_id>/overview")
def overview(project_id: str) -> Overview:
    return overviewing.overview(ProjectId(project_id), wiring.blobs(), wiring.clock())

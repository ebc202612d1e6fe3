"""Doorways of projects for the public SDK."""

from gloss import edge, wiring
from gloss.domain.model import ProjectId
from gloss.sdk.projects import calls as project_calls
from gloss.sdk.projects.shapes import ProjectDto

router = edge.router()


@router.get("/v2/public/projects/<project_id>")
def get_project(project_id: ProjectId) -> ProjectDto:
    return project_calls.get(project_id, edge.caller(), wiring.ports())

"""The UUIDs by which the public SDK, and its agents, know stages, whose ids are words within their project here."""

from typing import Final
from uuid import UUID, uuid5

from gloss.domain.model import ProjectId, StageId

STAGES: Final = UUID("2d1c1f5e-58f0-5d64-9a3e-0f6a7bb1f5c4")


def stage_uuid(project_id: ProjectId, stage_id: StageId) -> str:
    """The UUID of a stage; the same in every answer."""
    return str(uuid5(STAGES, f"{project_id}/{stage_id}"))

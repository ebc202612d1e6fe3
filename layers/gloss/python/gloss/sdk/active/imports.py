"""Imports of a project as the SDK asks for them."""

from typing import Final, Literal

from pydantic import Field

from gloss.domain.access import Caller
from gloss.domain.capabilities import Stage
from gloss.domain.imports import NewImport
from gloss.domain.model import ProjectId
from gloss.ports import Ports
from gloss.sdk.wire import Wire
from gloss.services import importing

MODES: Final = {"data": Stage.DATA, "label": Stage.LABELS, "metric": Stage.EMBEDDINGS, "advanced": Stage.ADVANCED}


class ImportPayload(Wire):
    """How far to import, and how many frames a second of video; without a rate one, with null every frame."""

    project_mode: Literal["data", "label", "metric", "advanced"]
    video_sampling_rate: float | None = Field(default=1.0, ge=0, le=1000)

    def wanted(self) -> NewImport:
        """In our own words."""
        return NewImport(video_sampling_rate=self.video_sampling_rate, through_stage=MODES[self.project_mode])


def begin(project_id: ProjectId, body: ImportPayload, caller: Caller, ports: Ports) -> None:
    """Start an import; raises Conflict while one of the project's runs."""
    importing.begin(project_id, body.wanted(), caller, ports)


def sync(project_id: ProjectId, caller: Caller, ports: Ports) -> None:
    """Import a project once more as it was imported last; raises IllegalAction when it never was."""
    importing.repeat(project_id, caller, ports)

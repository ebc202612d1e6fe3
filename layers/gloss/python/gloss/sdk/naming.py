"""Ids that the SDK reads as UUIDs, of things whose ids are words here: stages and pathways within their project."""

from collections.abc import Iterable
from uuid import UUID, uuid5

from gloss.domain.errors import NotFound
from gloss.domain.model import OrgId, ProjectId, StageId
from gloss.domain.workflow.graph import AgentStage, PathwayId, Stage, Workflow
from gloss.domain.workflow.stage_ids import STAGES
from gloss.domain.workflow.stage_ids import stage_uuid as stage_uuid


def organisation_number(org_id: OrgId) -> int:
    """The number by which the SDK knows an organisation; the same in every answer."""
    return UUID(org_id).int % 2**31


def pathway_uuid(project_id: ProjectId, stage_id: StageId, pathway_id: PathwayId) -> str:
    """The UUID of a pathway; the same in every answer."""
    return str(uuid5(STAGES, f"{project_id}/{stage_id}/{pathway_id}"))


def stage_of(uuid: str, project_id: ProjectId, workflow: Workflow) -> Stage:
    """The stage of a UUID; raises NotFound."""
    wanted = uuid.lower()
    return _only(it for it in workflow.stages if stage_uuid(project_id, it.id) == wanted)


def pathway_of(uuid: str, project_id: ProjectId, stage: AgentStage) -> PathwayId | None:
    """The pathway of a UUID; None when the stage has no such pathway."""
    wanted = uuid.lower()
    return next((it.id for it in stage.pathways if pathway_uuid(project_id, stage.id, it.id) == wanted), None)


def _only(found: Iterable[Stage]) -> Stage:
    for stage in found:
        return stage
    raise NotFound("This project's workflow has no such stage.")

"""Projects on the SDK's wire."""

from typing import Any, Final, Literal

from gloss.domain.access import MANAGERS, Role
from gloss.domain.model import ProjectId, Timestamp
from gloss.domain.ontology import Ontology
from gloss.domain.project import Project, ProjectStatus
from gloss.domain.workflow.graph import AgentStage, Stage, StageKind, Workflow
from gloss.sdk.naming import pathway_uuid, stage_uuid
from gloss.sdk.people import PROJECT_ROLES
from gloss.sdk.wire import Wire
from gloss.services.projecting import ChangedStatus

#: Only stages where tasks rest are told; the client fails on any other.
STAGE_TYPES: Final = {
    StageKind.ANNOTATE: "ANNOTATION",
    StageKind.REVIEW: "REVIEW",
    StageKind.CONSENSUS_ANNOTATE: "CONSENSUS_ANNOTATION",
    StageKind.CONSENSUS_REVIEW: "CONSENSUS_REVIEW",
    StageKind.AGENT: "AGENT",
    StageKind.COMPLETE: "DONE",
}
STATUSES: Final = {
    ProjectStatus.NOT_STARTED: "notStarted",
    ProjectStatus.IN_PROGRESS: "inProgress",
    ProjectStatus.IN_REVIEW: "inReview",
    ProjectStatus.PAUSED: "paused",
    ProjectStatus.COMPLETED: "completed",
    ProjectStatus.CANCELLED: "cancelled",
    ProjectStatus.ARCHIVED: "archived",
}


class ProjectDto(Wire):
    """A project as the SDK reads it."""

    project_hash: str
    project_type: str = "workflow"
    status: str
    title: str
    description: str
    created_at: Timestamp
    creator_email: str
    last_edited_at: Timestamp
    ontology_hash: str
    editor_ontology: dict[str, Any]
    user_role: int | None
    source_projects: tuple[str, ...] = ()
    workflow_manager_uuid: str
    workflow: dict[str, Any]


class StatusPayload(Wire):
    """How the work is to stand."""

    status: Literal["notStarted", "inProgress", "inReview", "paused", "completed", "cancelled", "archived"]

    def changed(self) -> ChangedStatus:
        """In our own words."""
        return ChangedStatus(status=next(ours for ours, theirs in STATUSES.items() if theirs == self.status))


def project_dto(project: Project, ontology: Ontology, role: Role | None, creator_email: str) -> ProjectDto:
    """A project with its ontology, for somebody with a role on it."""
    return ProjectDto(
        project_hash=project.id,
        status=STATUSES[project.status],
        title=project.title,
        description=project.description,
        created_at=project.created_at,
        creator_email=creator_email,
        last_edited_at=project.last_edited_at,
        ontology_hash=ontology.id,
        editor_ontology=ontology.structure.model_dump(mode="json", by_alias=True),
        user_role=None if role is None else PROJECT_ROLES.get(role),
        source_projects=sources_told(project, role),
        workflow_manager_uuid=project.id,
        workflow={"stages": stage_dtos(project.id, project.workflow)},
    )


def sources_told(project: Project, role: Role | None) -> tuple[ProjectId, ...]:
    """The projects that it was copied from; its managers are told those that it is scored against too."""
    return (*(project.ground_truth_ids if role in MANAGERS else ()), *project.source_ids)


def stage_dtos(project_id: ProjectId, workflow: Workflow) -> list[dict[str, Any]]:
    """The stages where tasks rest, in shown order."""
    return [stage_dto(project_id, stage) for stage in workflow.stages if stage.kind in STAGE_TYPES]


def stage_dto(project_id: ProjectId, stage: Stage) -> dict[str, Any]:
    """A stage; of an agent's with its pathways, each with the stage that it leads to."""
    told = {"stageType": STAGE_TYPES[stage.kind], "uuid": stage_uuid(project_id, stage.id), "title": stage.title}
    if not isinstance(stage, AgentStage):
        return told
    return told | {"pathways": [_pathway(project_id, stage, place) for place in range(len(stage.pathways))]}


def _pathway(project_id: ProjectId, stage: AgentStage, place: int) -> dict[str, str]:
    pathway = stage.pathways[place]
    return {
        "uuid": pathway_uuid(project_id, stage.id, pathway.id),
        "title": pathway.name,
        "destinationUuid": stage_uuid(project_id, pathway.to),
    }

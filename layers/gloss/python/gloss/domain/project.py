"""Projects: datasets, an ontology and a workflow of their own, and the templates that workflows are copied from."""

from enum import StrEnum
from typing import Any

from pydantic import Field

from gloss.domain.model import (
    DatasetId,
    Description,
    OntologyId,
    OrgId,
    ProjectId,
    TagId,
    TemplateId,
    Timestamp,
    Title,
    UserId,
    Value,
    Versioned,
)
from gloss.domain.workflow.graph import Workflow


class WorkflowTemplate(Versioned):
    """A workflow to start projects from."""

    id: TemplateId
    org_id: OrgId
    title: Title
    description: Description = ""
    workflow: Workflow
    created_by: UserId
    created_at: Timestamp


class ProjectStatus(StrEnum):
    """How the work as a whole stands; the last four keep annotators and reviewers from writing."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    IN_REVIEW = "in_review"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    ARCHIVED = "archived"

    @property
    def is_open(self) -> bool:
        """Whether everybody may work."""
        return self in {ProjectStatus.NOT_STARTED, ProjectStatus.IN_PROGRESS, ProjectStatus.IN_REVIEW}


class ProjectSettings(Value):
    """What a project may be switched to; `managers_may_export` lets Team Managers export and save label versions."""

    managers_may_export: bool = False


class Project(Versioned):
    """Labelling work on datasets under one ontology; `workflow` is its own copy of the template's.

    What is submitted in a benchmark project is scored against the labels of the projects `ground_truth_ids`.
    `editor_layout` is for the editor alone; `deleted_at` is a tombstone, and all that is the project's is gone with it.
    """

    id: ProjectId
    org_id: OrgId
    title: Title
    description: Description = ""
    dataset_ids: tuple[DatasetId, ...] = ()
    ontology_id: OntologyId
    template_id: TemplateId | None = None
    workflow: Workflow
    status: ProjectStatus = ProjectStatus.IN_PROGRESS
    settings: ProjectSettings = Field(default_factory=ProjectSettings)
    tag_ids: tuple[TagId, ...] = ()
    editor_layout: dict[str, Any] | None = None
    source_ids: tuple[ProjectId, ...] = ()
    ground_truth_ids: tuple[ProjectId, ...] = ()
    created_by: UserId
    created_at: Timestamp
    last_edited_at: Timestamp
    deleted_at: Timestamp | None = None

"""A project as the legacy API tells it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gloss.domain.access import Role
from gloss.domain.dataset import Dataset
from gloss.domain.ontology import Ontology
from gloss.domain.project import Project
from gloss.sdk.projects.shapes import sources_told


def legacy_project(
    project: Project, ontology: Ontology, role: Role | None, datasets: Sequence[Dataset] = ()
) -> dict[str, Any]:
    """The project with its ontology and, when they are read, its datasets; without its label rows."""
    return {
        "project_hash": project.id,
        "title": project.title,
        "description": project.description,
        "created_at": _moment(project.created_at),
        "last_edited_at": _moment(project.last_edited_at),
        "ontology_hash": ontology.id,
        "editor_ontology": ontology.structure.model_dump(mode="json", by_alias=True),
        "datasets": [_dataset(it) for it in datasets],
        "source_projects": list(sources_told(project, role)),
        "workflow_manager_uuid": project.id,
    }


def _dataset(dataset: Dataset) -> dict[str, Any]:
    return {"dataset_hash": dataset.id, "title": dataset.title, "description": dataset.description}


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")

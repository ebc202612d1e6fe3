"""What the SDK asks of projects."""

from typing import Any

from gloss.domain.access import Caller, Permission
from gloss.domain.errors import NotOffered
from gloss.domain.model import DatasetId, OntologyId, ProjectId, TemplateId
from gloss.domain.parsing import parsed
from gloss.kinds.catalog import DATASETS
from gloss.ports import Key, Ports
from gloss.sdk.labels.filters import ListPayload
from gloss.sdk.labels.listing import entries
from gloss.sdk.operations import Asked, Payload
from gloss.sdk.people import emails_of
from gloss.sdk.projects.legacy_shapes import legacy_project
from gloss.sdk.projects.shapes import ProjectDto, project_dto
from gloss.services import authorising, cataloguing, projecting, retiring
from gloss.services.cataloguing import NewOntology
from gloss.services.locating import Outlook
from gloss.services.projecting import NewProject


class ProjectPayload(Payload):
    """A project to make; without an ontology it gets an empty one of its own."""

    title: str
    description: str | None = None
    dataset_hashes: tuple[DatasetId, ...] = ()
    ontology_hash: OntologyId | None = None
    workflow_template_id: TemplateId | None = None
    workflow_type: str = "manual"


class ReadPayload(Payload):
    """How much of a project is wanted."""

    include_labels_metadata: bool = False


def get(project_id: ProjectId, caller: Caller, ports: Ports) -> ProjectDto:
    """A project with its ontology and workflow; raises NotFound."""
    project = projecting.get(project_id, ports.store)
    ontology = cataloguing.ontology_of(project.ontology_id, ports.store)
    creator = emails_of([project.created_by], ports.store).get(project.created_by, "")
    return project_dto(project, ontology, caller.role, creator)


def make(asked: Asked, ports: Ports) -> ProjectId:
    """A project with the standard workflow or a template's; its id."""
    payload = parsed(ProjectPayload, asked.values.payload, "payload")
    if payload.workflow_type != "manual":
        raise NotOffered(f"Gloss has no {payload.workflow_type} projects yet: compare labels by a review stage.")
    ontology_id = payload.ontology_hash or _empty_ontology(payload.title, asked.caller, ports)
    wanted = NewProject(
        title=payload.title,
        description=payload.description or "",
        dataset_ids=payload.dataset_hashes,
        ontology_id=ontology_id,
        template_id=payload.workflow_template_id,
    )
    return projecting.make_project(wanted, asked.caller, ports).project.id


def delete(asked: Asked, ports: Ports) -> bool:
    """Delete a project; it may be brought back within 30 days."""
    project_id = ProjectId(str(asked.values.uid))
    authorising.require(asked.caller, f"project:{project_id}", Permission.PROJECT_ADMIN, ports.store)
    retiring.delete(project_id, ports)
    return True


def get_legacy(asked: Asked, ports: Ports) -> dict[str, Any]:
    """A project with its ontology, its datasets and, if wanted, its label rows, in the deprecated shape."""
    payload = parsed(ReadPayload, asked.values.payload or {}, "payload")
    project = projecting.get(asked.resource_id, ports.store)
    ontology = cataloguing.ontology_of(project.ontology_id, ports.store)
    datasets = ports.store.get_many(DATASETS, [Key(f"DATASET#{it}") for it in project.dataset_ids])
    outlook = Outlook.of(project.id, asked.caller, ports)
    rows = list(entries(ListPayload(), outlook, ports)) if payload.include_labels_metadata else []
    return {**legacy_project(project, ontology, datasets), "label_rows": rows}


def _empty_ontology(title: str, caller: Caller, ports: Ports) -> OntologyId:
    return cataloguing.make_ontology(NewOntology(title=title), caller, ports).id

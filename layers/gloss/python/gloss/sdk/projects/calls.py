"""What the SDK asks of projects."""

from collections.abc import Sequence
from itertools import chain
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import to_json

from gloss.domain.access import Caller, Permission
from gloss.domain.errors import Fault, Invalid
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
from gloss.sdk.wire import Pieces, written
from gloss.services import authorising, benchmarking, cataloguing, projecting, retiring
from gloss.services.cataloguing import NewOntology
from gloss.services.locating import Outlook
from gloss.services.projecting import NewProject


class ProjectPayload(Payload):
    """A project to make; without an ontology it gets an empty one of its own, or that of its ground truth."""

    title: str
    description: str | None = None
    dataset_hashes: tuple[DatasetId, ...] = ()
    ontology_hash: OntologyId | None = None
    workflow_template_id: TemplateId | None = None
    workflow_type: Literal["manual", "benchmark"] = "manual"
    source_projects: Annotated[tuple[ProjectId, ...], Field(max_length=10)] = ()


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
    """A project with the standard workflow or a template's, or one that is scored against others; its id."""
    payload = parsed(ProjectPayload, asked.values.payload, "payload")
    sources = _sources(payload)
    ontology_id = payload.ontology_hash or _ontology(payload.title, sources, asked.caller, ports)
    wanted = NewProject(
        title=payload.title,
        description=payload.description or "",
        dataset_ids=payload.dataset_hashes,
        ontology_id=ontology_id,
        template_id=payload.workflow_template_id,
        ground_truth_ids=sources,
    )
    return projecting.make_project(wanted, asked.caller, ports).project.id


def delete(asked: Asked, ports: Ports) -> bool:
    """Delete a project; it may be brought back within 30 days."""
    project_id = ProjectId(str(asked.values.uid))
    authorising.require(asked.caller, f"project:{project_id}", Permission.PROJECT_ADMIN, ports.store)
    retiring.delete(project_id, ports)
    return True


def get_legacy(asked: Asked, ports: Ports) -> Pieces:
    """A project with its ontology, its datasets and, if wanted, its label rows, in the deprecated shape.

    Raises Overlong, before the first of them is told, for more label rows than the ration.
    """
    payload = parsed(ReadPayload, asked.values.payload or {}, "payload")
    project = projecting.get(asked.resource_id, ports.store)
    ontology = cataloguing.ontology_of(project.ontology_id, ports.store)
    datasets = ports.store.get_many(DATASETS, [Key(f"DATASET#{it}") for it in project.dataset_ids])
    outlook = Outlook.of(project.id, asked.caller, ports)
    rows = entries(ListPayload(), outlook, ports, asked.ration) if payload.include_labels_metadata else []
    head = to_json(legacy_project(project, ontology, asked.caller.role, datasets))[:-1] + b',"label_rows":'
    return Pieces(chain([head], written(rows), [b"}"]))


def _sources(payload: ProjectPayload) -> tuple[ProjectId, ...]:
    """What is scored against, by benchmark projects alone; raises Invalid for one without."""
    if payload.workflow_type == "manual":
        return ()
    if not payload.source_projects:
        fault = Fault("payload.source_projects", "names no project")
        raise Invalid("A benchmark project is scored against the labels of others.", [fault])
    return tuple(ProjectId(it.lower()) for it in payload.source_projects)


def _ontology(title: str, sources: Sequence[ProjectId], caller: Caller, ports: Ports) -> OntologyId:
    """That of the ground truth, or a new empty one."""
    if sources:
        return benchmarking.usable(sources, caller, ports.store)[0].ontology_id
    return cataloguing.make_ontology(NewOntology(title=title), caller, ports).id

"""What the SDK asks of projects."""

from gloss.domain.access import Caller
from gloss.domain.model import DatasetId, OntologyId, ProjectId, TemplateId
from gloss.domain.parsing import parsed
from gloss.ports import Ports
from gloss.sdk.operations import Asked, Payload
from gloss.sdk.people import emails_of
from gloss.sdk.projects.shapes import ProjectDto, project_dto
from gloss.services import cataloguing, projecting
from gloss.services.projecting import NewProject


class ProjectPayload(Payload):
    """A project to make."""

    title: str
    description: str | None = None
    dataset_hashes: tuple[DatasetId, ...] = ()
    ontology_hash: OntologyId
    workflow_template_id: TemplateId | None = None


def get(project_id: ProjectId, caller: Caller, ports: Ports) -> ProjectDto:
    """A project with its ontology and workflow; raises NotFound."""
    project = projecting.get(project_id, ports.store)
    ontology = cataloguing.ontology_of(project.ontology_id, ports.store)
    creator = emails_of([project.created_by], ports.store).get(project.created_by, "")
    return project_dto(project, ontology, caller.role, creator)


def make(asked: Asked, ports: Ports) -> ProjectId:
    """A project with the standard workflow or a template's; its id."""
    payload = parsed(ProjectPayload, asked.values.payload, "payload")
    wanted = NewProject(
        title=payload.title,
        description=payload.description or "",
        dataset_ids=payload.dataset_hashes,
        ontology_id=payload.ontology_hash,
        template_id=payload.workflow_template_id,
    )
    return projecting.make_project(wanted, asked.caller, ports).project.id

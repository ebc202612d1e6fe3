"""Lists of projects for the SDK, in both of its generations."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from gloss.domain.access import Caller, Role
from gloss.domain.ontology import Ontology
from gloss.domain.parsing import parsed
from gloss.domain.project import Project
from gloss.kinds.catalog import ONTOLOGIES, PROJECTS
from gloss.ports import Key, Ports, Store
from gloss.sdk import choosing
from gloss.sdk.choosing import Chosen
from gloss.sdk.operations import Asked, Payload
from gloss.sdk.people import PROJECT_ROLES, emails_of
from gloss.sdk.projects.legacy_shapes import legacy_project
from gloss.sdk.projects.shapes import ProjectDto, project_dto
from gloss.sdk.wire import Results
from gloss.services import finding, tagging
from gloss.services.finding import Roles


class FilterPayload(Payload):
    """The filters of the deprecated list."""

    filter: dict[str, Any] = Field(default_factory=dict)


def listed(asking: Chosen, caller: Caller, store: Store) -> Results[ProjectDto]:
    """A page of projects; one that the filters leave empty may still be followed by others."""
    page = choosing.a_page("project", asking, caller, store)
    return Results(results=_dtos(page, asking, caller, store), next_page_token=page.next_token)


def with_roles(asked: Asked, ports: Ports) -> list[dict[str, Any]]:
    """All projects of the caller at once, in the deprecated shape."""
    asking = Chosen.model_validate(parsed(FilterPayload, asked.values.payload or {}, "payload").filter)
    pages = choosing.all_pages("project", asking, asked.caller, ports.store)
    found = [pair for page in pages for pair in _chosen(page, asking, asked.caller, ports.store)]
    ontologies = _ontologies([project for project, _ in found], ports.store)
    return [
        {
            "user_role": PROJECT_ROLES.get(role),
            "project": {**legacy_project(project, ontologies[project.ontology_id], role), "label_rows": []},
        }
        for project, role in found
        if role is not None
    ]


def _dtos(page: Roles, asking: Chosen, caller: Caller, store: Store) -> list[ProjectDto]:
    found = _chosen(page, asking, caller, store)
    ontologies = _ontologies([project for project, _ in found], store)
    emails = emails_of([project.created_by for project, _ in found], store)
    return [
        project_dto(project, ontologies[project.ontology_id], role, emails.get(project.created_by, ""))
        for project, role in found
    ]


def _chosen(page: Roles, asking: Chosen, caller: Caller, store: Store) -> list[tuple[Project, Role | None]]:
    projects = [it for it in finding.found_of("project", PROJECTS, list(page.of), store) if asking.passes(it)]
    if asking.tags_anyof:
        named = {tag.id for tag in tagging.all_of(caller.org_id, store) if tag.name in asking.tags_anyof}
        projects = [it for it in projects if named.intersection(it.tag_ids)]
    return [(it, page.of[f"project:{it.id}"]) for it in projects]


def _ontologies(projects: Sequence[Project], store: Store) -> dict[str, Ontology]:
    keys = dict.fromkeys(Key(f"ONTOLOGY#{it.ontology_id}") for it in projects)
    return {it.id: it for it in store.get_many(ONTOLOGIES, list(keys))}

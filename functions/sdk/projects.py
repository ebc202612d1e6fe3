"""Doorways of projects for the public SDK."""

from gloss import edge, wiring
from gloss.domain.model import ProjectId
from gloss.sdk import groups, organisation
from gloss.sdk.choosing import Chosen
from gloss.sdk.groups import EntrustedDto, GroupsAsking, GroupsPayload
from gloss.sdk.organisation import TagDto
from gloss.sdk.projects import calls, listing, people_calls
from gloss.sdk.projects.people_calls import EmailsPayload, PageToken, ProjectUserDto
from gloss.sdk.projects.shapes import ProjectDto, StatusPayload
from gloss.sdk.wire import Results
from gloss.services import projecting, tagging

router = edge.router()


@router.get("/v2/public/projects")
def list_projects() -> Results[ProjectDto]:
    return listing.listed(Chosen.read(_query()), edge.caller(), wiring.store())


@router.get("/v2/public/projects/<project_id>")
def get_project(project_id: ProjectId) -> ProjectDto:
    return calls.get(project_id, edge.caller(), wiring.ports())


@router.put("/v2/public/projects/<project_id>/status")
def set_status(project_id: ProjectId, body: StatusPayload) -> None:
    projecting.set_status(project_id, body.changed(), wiring.ports())


@router.get("/v2/public/projects/<project_id>/users")
def list_users(project_id: ProjectId) -> Results[ProjectUserDto]:
    return people_calls.users(project_id, PageToken.read(_query()), wiring.store())


@router.post("/v2/public/projects/<project_id>/users/bulk-delete")
def remove_users(project_id: ProjectId, body: EmailsPayload) -> None:
    people_calls.remove_users(project_id, body, edge.caller(), wiring.ports())


@router.get("/v2/public/projects/<project_id>/groups")
def list_groups(project_id: ProjectId) -> Results[EntrustedDto]:
    return groups.listed(f"project:{project_id}", groups.PageToken.read(_query()), wiring.store())


@router.post("/v2/public/projects/<project_id>/groups")
def add_groups(project_id: ProjectId, body: GroupsPayload) -> None:
    groups.add(f"project:{project_id}", body, edge.caller(), wiring.ports())


@router.delete("/v2/public/projects/<project_id>/groups")
def remove_groups(project_id: ProjectId) -> None:
    groups.remove(f"project:{project_id}", GroupsAsking.read(_query()), edge.caller(), wiring.ports())


@router.get("/v2/public/projects/<project_id>/tags")
def list_tags(project_id: ProjectId) -> Results[TagDto]:
    return organisation.tags(tagging.tags_on(projecting.get(project_id, wiring.store()), wiring.store()))


@router.put("/v2/public/projects/<project_id>/tags/<tag_id>")
def put_tag(project_id: ProjectId, tag_id: str) -> None:
    tagging.put(project_id, tag_id, wiring.ports())


@router.delete("/v2/public/projects/<project_id>/tags/<tag_id>")
def take_tag_off(project_id: ProjectId, tag_id: str) -> None:
    tagging.take_off(project_id, tag_id, wiring.ports())


def _query() -> dict[str, list[str]]:
    return router.current_event.resolved_query_string_parameters

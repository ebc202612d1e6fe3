"""Doorways of the organisation's people, groups and tags for the public SDK."""

from gloss import edge, wiring
from gloss.sdk import organisation
from gloss.sdk.groups import GroupDto
from gloss.sdk.organisation import (
    EmailsPayload,
    GroupChange,
    GroupPayload,
    GroupUserDto,
    PersonDto,
    PersonPayload,
    TagDto,
    TagPayload,
    TokenDto,
)
from gloss.sdk.wire import Results
from gloss.services import grouping, identifying, tagging

router = edge.router()


@router.get("/v2/public/user/bearer-token")
def get_bearer_token() -> TokenDto:
    return organisation.bearer_token(edge.caller(), wiring.ports())


@router.get("/v2/public/organisation/users")
def list_people() -> Results[PersonDto]:
    return organisation.people(edge.caller(), wiring.store())


@router.post("/v2/public/organisation/users")
def add_person(body: PersonPayload) -> None:
    organisation.add_person(body, edge.caller(), wiring.ports())


@router.delete("/v2/public/organisation/users/<email>")
def remove_person(email: str) -> None:
    identifying.dismiss(email, edge.caller(), wiring.ports())


@router.get("/v2/public/user/current-organisation/groups")
def list_groups() -> Results[GroupDto]:
    return organisation.groups(edge.caller(), wiring.store())


@router.post("/v2/public/organisation/groups")
def make_group(body: GroupPayload) -> GroupDto:
    return organisation.make_group(body, edge.caller(), wiring.ports())


@router.get("/v2/public/organisation/groups/<group_id>")
def get_group(group_id: str) -> GroupDto:
    return GroupDto.of(grouping.found(group_id, edge.caller(), wiring.store()))


@router.patch("/v2/public/organisation/groups/<group_id>")
def change_group(group_id: str, body: GroupChange) -> GroupDto:
    return organisation.change_group(group_id, body, edge.caller(), wiring.ports())


@router.delete("/v2/public/organisation/groups/<group_id>")
def delete_group(group_id: str) -> None:
    grouping.delete(group_id, edge.caller(), wiring.ports())


@router.get("/v2/public/organisation/groups/<group_id>/users")
def list_group_users(group_id: str) -> Results[GroupUserDto]:
    return organisation.group_users(group_id, edge.caller(), wiring.store())


@router.post("/v2/public/organisation/groups/<group_id>/users")
def add_group_users(group_id: str, body: EmailsPayload) -> Results[GroupUserDto]:
    return organisation.add_group_users(group_id, body, edge.caller(), wiring.ports())


@router.post("/v2/public/organisation/groups/<group_id>/users/bulk-delete")
def remove_group_users(group_id: str, body: EmailsPayload) -> None:
    organisation.remove_group_users(group_id, body, edge.caller(), wiring.ports())


@router.get("/v2/public/organisation/organisation-tags")
def list_tags() -> Results[TagDto]:
    return organisation.tags(tagging.all_of(edge.caller().org_id, wiring.store()))


@router.post("/v2/public/organisation/organisation-tags")
def make_tag(body: TagPayload) -> TagDto:
    return organisation.make_tag(body, edge.caller(), wiring.ports())


@router.delete("/v2/public/organisation/organisation-tags/<tag_id>")
def delete_tag(tag_id: str) -> None:
    tagging.delete(tag_id, edge.caller(), wiring.store())

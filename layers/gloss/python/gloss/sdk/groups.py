"""Groups as the SDK tells them, and their roles on projects, datasets, ontologies and folders."""

from collections.abc import Mapping
from typing import Final

from pydantic import Field

from gloss.domain.access import Caller, Role
from gloss.domain.errors import Fault, Invalid
from gloss.domain.identity import Group
from gloss.domain.model import Timestamp
from gloss.ports import Ports, Query, Store
from gloss.sdk.asking import Asking
from gloss.sdk.people import PROJECT_ROLES
from gloss.sdk.wire import Results, Wire
from gloss.services import entrusting

#: What stands for a role on the wire: a number, on folders a word.
WORDS: Final[Mapping[str, Mapping[Role, int | str]]] = {
    "project": PROJECT_ROLES,
    "dataset": {Role.ADMIN: 0, Role.USER: 1},
    "ontology": {Role.ADMIN: 0, Role.USER: 1},
    "folder": {Role.ADMIN: "admin", Role.USER: "user"},
}


class GroupDto(Wire):
    """A group."""

    group_hash: str
    name: str
    description: str
    created_at: Timestamp

    @classmethod
    def of(cls, group: Group) -> "GroupDto":
        return cls(group_hash=group.id, name=group.name, description=group.description, created_at=group.created_at)


class EntrustedDto(GroupDto):
    """A group with its role on something; all groups are of the caller's organisation."""

    is_same_organisation: bool = True
    user_role: int | str


class GroupsPayload(Wire):
    """Groups to give a role to."""

    group_hash_list: tuple[str, ...] = Field(min_length=1)
    user_role: int | str


class GroupsAsking(Asking):
    """Groups whose role is taken away."""

    group_hash_list: tuple[str, ...] = Field(min_length=1)


class PageToken(Asking):
    """Which page."""

    page_token: str | None = Field(default=None, max_length=2048)


def listed(resource: str, asking: PageToken, store: Store) -> Results[EntrustedDto]:
    """A page of the groups with a role on a resource such as `project:<id>`."""
    words = _words(resource)
    page = entrusting.page(resource, Query(after=asking.page_token), store)
    shown = [EntrustedDto(**dict(GroupDto.of(it.group)), user_role=words[it.role]) for it in page.entries]
    return Results(results=shown, next_page_token=page.next_token)


def add(resource: str, body: GroupsPayload, caller: Caller, ports: Ports) -> None:
    """Give groups a role."""
    roles = {word: role for role, word in _words(resource).items()}
    if body.user_role not in roles:
        raise Invalid("There is no such role.", [Fault("userRole", f"{body.user_role} is none here")])
    entrusting.give(resource, body.group_hash_list, roles[body.user_role], caller, ports)


def remove(resource: str, asking: GroupsAsking, caller: Caller, ports: Ports) -> None:
    """Take groups' roles away."""
    entrusting.withdraw(resource, asking.group_hash_list, caller, ports)


def _words(resource: str) -> Mapping[Role, int | str]:
    return WORDS[resource.partition(":")[0]]

"""The organisation for the SDK: its people, groups and tags."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal
from uuid import UUID, uuid5

from pydantic import Field

from gloss.domain.access import Caller, OrgRole
from gloss.domain.identity import Tag, User
from gloss.domain.model import Description, Timestamp, Title
from gloss.domain.parsing import parsed
from gloss.ports import Ports, Store
from gloss.sdk.groups import GroupDto
from gloss.sdk.wire import Results, Wire
from gloss.services import grouping, identifying, tagging
from gloss.services.grouping import ChangedGroup, NewGroup, People
from gloss.services.identifying import Invitation
from gloss.services.tagging import NewTag

_ROLES: Final = UUID("5b7d6b53-2a3e-5c0e-8d0a-6f5c1a2f9d11")
_MEMBERS: Final[Mapping[bool, str]] = {False: "internal", True: "external"}


class PersonDto(Wire):
    """Somebody of the organisation."""

    email: str
    role_mnemonic_name: str
    role_uuid: str
    member_type: str
    created_at: Timestamp
    last_edited_at: Timestamp

    @classmethod
    def of(cls, user: User) -> "PersonDto":
        return cls(
            email=user.email,
            role_mnemonic_name=user.org_role.value,
            role_uuid=str(uuid5(_ROLES, user.org_role.value)),
            member_type=_MEMBERS[user.external],
            created_at=user.created_at,
            last_edited_at=user.created_at,
        )


class PersonPayload(Wire):
    """Somebody to add to the organisation."""

    email: str
    role_mnemonic_name: OrgRole
    member_type: Literal["internal", "external"]


class GroupPayload(Wire):
    """A group to make."""

    name: Title
    description: Description | None = None


class GroupChange(Wire):
    """What to change of a group."""

    name: Title | None = None
    description: Description | None = None


class EmailsPayload(Wire):
    """People by e-mail address."""

    user_emails: tuple[str, ...] = Field(min_length=1)


class GroupUserDto(Wire):
    """Somebody in a group."""

    user_email: str


class TagPayload(Wire):
    """A tag to make."""

    name: Title
    description: Description | None = None


class TagDto(Wire):
    """A tag."""

    uuid: str
    name: str

    @classmethod
    def of(cls, tag: Tag) -> "TagDto":
        return cls(uuid=tag.id, name=tag.name)


class TokenDto(Wire):
    """A bearer token, shown this once."""

    token: str


def bearer_token(caller: Caller, ports: Ports) -> TokenDto:
    """A token of the caller's for a day; it ends with the key that asked for it."""
    issued = identifying.lend("Asked for by the SDK", caller, ports)
    return TokenDto(token=issued.token or "")


def people(caller: Caller, store: Store) -> Results[PersonDto]:
    """Everybody of the organisation at once, since the client asks for no second page."""
    return Results(results=[PersonDto.of(it) for it in identifying.everybody(caller, store)])


def add_person(body: PersonPayload, caller: Caller, ports: Ports) -> None:
    """Add somebody; raises Conflict when the address is taken."""
    said = {"email": body.email, "org_role": body.role_mnemonic_name, "external": body.member_type == "external"}
    identifying.invite(parsed(Invitation, said, "body"), caller, ports)


def groups(caller: Caller, store: Store) -> Results[GroupDto]:
    """All groups of the organisation by name."""
    return Results(results=[GroupDto.of(it) for it in grouping.all_of(caller, store)])


def make_group(body: GroupPayload, caller: Caller, ports: Ports) -> GroupDto:
    """A group of nobody."""
    return GroupDto.of(grouping.make(NewGroup(name=body.name, description=body.description or ""), caller, ports))


def change_group(group_id: str, body: GroupChange, caller: Caller, ports: Ports) -> GroupDto:
    """A group with another name or description."""
    wanted = ChangedGroup(name=body.name, description=body.description)
    return GroupDto.of(grouping.change(group_id, wanted, caller, ports))


def group_users(group_id: str, caller: Caller, store: Store) -> Results[GroupUserDto]:
    """Everybody in a group; raises NotFound."""
    group = grouping.found(group_id, caller, store)
    return Results(results=[GroupUserDto(user_email=it.email) for it in grouping.everybody_in(group, store)])


def add_group_users(group_id: str, body: EmailsPayload, caller: Caller, ports: Ports) -> Results[GroupUserDto]:
    """Put people into a group; all who are in it then."""
    grouping.add(group_id, _people(body), caller, ports)
    return group_users(group_id, caller, ports.store)


def remove_group_users(group_id: str, body: EmailsPayload, caller: Caller, ports: Ports) -> None:
    """Take people out of a group."""
    grouping.remove(group_id, _people(body), caller, ports)


def make_tag(body: TagPayload, caller: Caller, ports: Ports) -> TagDto:
    """A tag; raises Conflict when there is one of that name."""
    return TagDto.of(tagging.make(NewTag(name=body.name, description=body.description or ""), caller, ports))


def tags(found: Iterable[Tag]) -> Results[TagDto]:
    """Tags by name."""
    return Results(results=[TagDto.of(it) for it in found])


def _people(body: EmailsPayload) -> People:
    return parsed(People, {"emails": body.user_emails}, "body")

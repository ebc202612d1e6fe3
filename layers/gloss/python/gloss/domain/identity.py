"""Organisations, people, their credentials and their grants."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import ConfigDict, EmailStr, Field, StringConstraints

from gloss.domain.access import OrgRole, Role
from gloss.domain.errors import Unauthenticated
from gloss.domain.model import Description, GroupId, OrgId, TagId, Timestamp, Title, UserId, Value, Versioned

Email = Annotated[EmailStr, StringConstraints(to_lower=True, max_length=254)]
#: A person's groups are read with the person at every request.
MOST_GROUPS: Final = 50


class Organisation(Versioned):
    """One deployment usually has one."""

    id: OrgId
    title: Title
    created_at: Timestamp


class User(Versioned):
    """A person of the organisation, with the groups that they are in; who left is nobody from then on."""

    id: UserId
    org_id: OrgId
    email: Email
    org_role: OrgRole
    external: bool = False
    groups: tuple[GroupId, ...] = ()
    created_at: Timestamp
    left_at: Timestamp | None = None


class EmailClaim(Value):
    """Makes an e-mail address unique: whoever writes it first has it."""

    email: Email
    user_id: UserId


class CredentialKind(StrEnum):
    """A token that is shown once and stored hashed, or a public key."""

    BEARER = "bearer"
    SSH_KEY = "ssh_key"


class Credential(Versioned):
    """What proves a person: id is the token's SHA-256 or the raw Ed25519 public key, both as 64 hex digits.

    A token that was asked for with another credential stands on that one, and ends with it at the latest.
    """

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    kind: CredentialKind
    user_id: UserId
    org_id: OrgId
    title: Title
    created_at: Timestamp
    expires_at: Timestamp | None = None
    revoked_at: Timestamp | None = None
    stands_on: str | None = None

    @property
    def root(self) -> str:
        """The credential with which this one ends."""
        return self.stands_on or self.id

    def demand_valid(self, now: Timestamp) -> None:
        """Raises Unauthenticated once it is revoked or has expired."""
        if self.revoked_at is not None:
            raise Unauthenticated("This credential was revoked.")
        if self.expires_at is not None and self.expires_at <= now:
            raise Unauthenticated("This credential has expired.")


class Grant(Versioned):
    """A person's role on one resource; `resource` reads `project:<id>`, `folder:<id>` and so on."""

    resource: str
    user_id: UserId
    org_id: OrgId
    email: Email
    role: Role
    granted_at: Timestamp


class Ownership(Value):
    """Which organisation a resource belongs to; written with the resource, and again when a project is deleted.

    `broken_off`: written in place of that for a copy that never became whole.
    """

    resource: str
    org_id: OrgId
    deleted_at: Timestamp | None = None
    broken_off: bool = False


class Group(Versioned):
    """People of the organisation who are given roles together; of a deleted one no more is seen."""

    id: GroupId
    org_id: OrgId
    name: Title
    description: Description = ""
    created_by: UserId
    created_at: Timestamp
    deleted_at: Timestamp | None = None


class Membership(Value):
    """Somebody is in a group; the person's record says so too."""

    group_id: GroupId
    user_id: UserId
    email: Email
    since: Timestamp


class GroupGrant(Versioned):
    """A group's role on one resource: whoever is in the group has it."""

    resource: str
    group_id: GroupId
    org_id: OrgId
    role: Role
    granted_at: Timestamp


class Held(Value):
    """What counts of a grant, a group's grant or an ownership when somebody asks for a resource."""

    model_config = ConfigDict(extra="ignore")

    resource: str
    org_id: OrgId
    user_id: UserId | None = None
    group_id: GroupId | None = None
    role: Role | None = None
    deleted_at: Timestamp | None = None


class Tag(Value):
    """A word of the organisation's by which projects are found."""

    id: TagId
    org_id: OrgId
    name: Title
    description: Description = ""
    created_at: Timestamp

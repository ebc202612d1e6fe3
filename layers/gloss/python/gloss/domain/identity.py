"""Organisations, people, their credentials and their grants."""

from enum import StrEnum
from typing import Annotated

from pydantic import EmailStr, Field, StringConstraints

from gloss.domain.access import OrgRole, Role
from gloss.domain.errors import Unauthenticated
from gloss.domain.model import OrgId, Timestamp, Title, UserId, Value, Versioned

Email = Annotated[EmailStr, StringConstraints(to_lower=True, max_length=254)]


class Organisation(Versioned):
    """One deployment usually has one."""

    id: OrgId
    title: Title
    created_at: Timestamp


class User(Versioned):
    """A person of the organisation."""

    id: UserId
    org_id: OrgId
    email: Email
    org_role: OrgRole
    created_at: Timestamp


class EmailClaim(Value):
    """Makes an e-mail address unique: whoever writes it first has it."""

    email: Email
    user_id: UserId


class CredentialKind(StrEnum):
    """A token that is shown once and stored hashed, or a public key."""

    BEARER = "bearer"
    SSH_KEY = "ssh_key"


class Credential(Versioned):
    """What proves a person: id is the token's SHA-256 or the raw Ed25519 public key, both as 64 hex digits."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    kind: CredentialKind
    user_id: UserId
    org_id: OrgId
    title: Title
    created_at: Timestamp
    expires_at: Timestamp | None = None
    revoked_at: Timestamp | None = None

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
    """Which organisation a resource belongs to; written once, with the resource."""

    resource: str
    org_id: OrgId

"""Who may do what: roles, permissions and the one table that joins them (docs/architecture.md, features 8)."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from gloss.domain.errors import Forbidden, NotFound
from gloss.domain.model import GroupId, OrgId, UserId, Value


class OrgRole(StrEnum):
    """A person's role in the organisation."""

    ADMIN = "ADMIN"
    MEMBER = "MEMBER"
    WORKFORCE_MANAGER = "WORKFORCE_MANAGER"
    TASKER = "TASKER"


class Role(StrEnum):
    """A role on one project, folder, dataset, ontology, integration or workflow template."""

    ADMIN = "ADMIN"
    TEAM_MANAGER = "TEAM_MANAGER"
    ANNOTATOR_REVIEWER = "ANNOTATOR_REVIEWER"
    ANNOTATOR = "ANNOTATOR"
    REVIEWER = "REVIEWER"
    VIEWER = "VIEWER"
    USER = "USER"


class Scope(StrEnum):
    """Whose roles count for a permission: nobody's, the organisation's, or those on the resource in the path."""

    OPEN = "open"
    ORGANISATION = "organisation"
    RESOURCE = "resource"
    PROJECT = "project"


class Permission(StrEnum):
    """What a route asks for; the word before the dot is the scope of the roles that count."""

    OPEN = "open.anyone"
    ORG_READ = "organisation.read"
    ORG_CREATE = "organisation.create"
    ORG_INVITE = "organisation.invite"
    ORG_ADMIN = "organisation.admin"
    RESOURCE_READ = "resource.read"
    RESOURCE_USE = "resource.use"
    RESOURCE_ADMIN = "resource.admin"
    PROJECT_READ = "project.read"
    PROJECT_ANNOTATE = "project.annotate"
    PROJECT_REVIEW = "project.review"
    PROJECT_WORK = "project.work"
    PROJECT_MANAGE = "project.manage"
    PROJECT_ADMIN = "project.admin"
    PROJECT_EXPORT = "project.export"

    @property
    def scope(self) -> Scope:
        return Scope(self.value.split(".")[0])


ORGANISATION_ALLOWS: Final = {
    Permission.ORG_READ: frozenset(OrgRole),
    Permission.ORG_CREATE: frozenset({OrgRole.ADMIN, OrgRole.MEMBER, OrgRole.WORKFORCE_MANAGER}),
    Permission.ORG_INVITE: frozenset({OrgRole.ADMIN, OrgRole.WORKFORCE_MANAGER}),
    Permission.ORG_ADMIN: frozenset({OrgRole.ADMIN}),
}

#: Who manages a project.
MANAGERS: Final = frozenset({Role.ADMIN, Role.TEAM_MANAGER})
_ANNOTATORS = MANAGERS | {Role.ANNOTATOR, Role.ANNOTATOR_REVIEWER}
_REVIEWERS = MANAGERS | {Role.REVIEWER, Role.ANNOTATOR_REVIEWER}

RESOURCE_ALLOWS: Final = {
    Permission.RESOURCE_READ: frozenset({Role.ADMIN, Role.USER, Role.VIEWER}),
    Permission.RESOURCE_USE: frozenset({Role.ADMIN, Role.USER}),
    Permission.RESOURCE_ADMIN: frozenset({Role.ADMIN}),
    Permission.PROJECT_READ: frozenset({Role.VIEWER}) | _ANNOTATORS | _REVIEWERS,
    Permission.PROJECT_ANNOTATE: _ANNOTATORS,
    Permission.PROJECT_REVIEW: _REVIEWERS,
    Permission.PROJECT_WORK: _ANNOTATORS | _REVIEWERS,
    Permission.PROJECT_MANAGE: MANAGERS,
    Permission.PROJECT_ADMIN: frozenset({Role.ADMIN}),
    Permission.PROJECT_EXPORT: frozenset({Role.ADMIN}),
}

#: The one answer for what is missing and for what one may not see.
UNSEEN: Final = "It does not exist, or you may not see it."

PROJECT_ROLES: Final = frozenset(Role) - {Role.USER}

#: From most to least, so that a role allows all that those after it allow, but for Annotators and Reviewers.
_RANKS: Final = (
    Role.ADMIN,
    Role.TEAM_MANAGER,
    Role.ANNOTATOR_REVIEWER,
    Role.ANNOTATOR,
    Role.REVIEWER,
    Role.USER,
    Role.VIEWER,
)


class Caller(Value):
    """Who is asking: the person, their role in the organisation and groups, and their role on the path's resource.

    `credential` is what they proved themselves with, or what that stands on.
    """

    user_id: UserId
    org_id: OrgId
    email: str
    org_role: OrgRole
    groups: tuple[GroupId, ...] = ()
    role: Role | None = None
    credential: str | None = None

    @property
    def manages(self) -> bool:
        """Whether the caller is Admin or Team Manager of the project in the path."""
        return self.role in MANAGERS


def together(roles: Iterable[Role]) -> Role | None:
    """The one role that allows what any of these allows; None without any."""
    held = frozenset(roles)
    if {Role.ANNOTATOR, Role.REVIEWER} <= held and not held & MANAGERS:
        return Role.ANNOTATOR_REVIEWER
    return next((role for role in _RANKS if role in held), None)


def allow_organisation(caller: Caller, permission: Permission) -> None:
    """Let the call pass by the caller's role in the organisation; raises Forbidden."""
    if caller.org_role not in ORGANISATION_ALLOWS[permission]:
        raise Forbidden(f"Your role {caller.org_role} in the organisation does not allow this.")


def allow_resource(role: Role | None, permission: Permission) -> None:
    """Let the call pass by the caller's role on the resource; raises NotFound without any role, else Forbidden."""
    if role is None:
        raise NotFound(UNSEEN)
    if role not in RESOURCE_ALLOWS[permission]:
        raise Forbidden(f"Your role {role} does not allow this.")

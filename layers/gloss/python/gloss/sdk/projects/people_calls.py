"""Who works on a project, as the SDK asks it: people by e-mail address, roles as numbers."""

from typing import Any

from pydantic import Field

from gloss.domain.access import Caller, Role
from gloss.domain.errors import Fault, Invalid
from gloss.domain.identity import Grant
from gloss.domain.model import ProjectId
from gloss.domain.parsing import parsed
from gloss.ports import Ports, Query, Store
from gloss.sdk.asking import Asking
from gloss.sdk.operations import Asked, Payload
from gloss.sdk.people import PROJECT_ROLES
from gloss.sdk.wire import Results, Wire
from gloss.services import staffing, vacating

ROLES = {number: role for role, number in PROJECT_ROLES.items()}


class PageToken(Asking):
    """Which page."""

    page_token: str | None = Field(default=None, max_length=2048)


class ProjectUserDto(Wire):
    """Somebody with a role on a project."""

    user_email: str
    user_role: int

    @classmethod
    def of(cls, grant: Grant) -> "ProjectUserDto":
        return cls(user_email=grant.email, user_role=PROJECT_ROLES[grant.role])


class EmailsPayload(Wire):
    """People by e-mail address."""

    user_emails: tuple[str, ...]


class UsersPayload(Payload):
    """People to give a role to."""

    user_emails: tuple[str, ...]
    user_role: int


def users(project_id: ProjectId, asking: PageToken, store: Store) -> Results[ProjectUserDto]:
    """A page of the people with a role of their own."""
    page = staffing.members(f"project:{project_id}", Query(after=asking.page_token), store)
    return Results(results=[ProjectUserDto.of(it) for it in page.entries], next_page_token=page.next_token)


def add_users(asked: Asked, ports: Ports) -> list[dict[str, Any]]:
    """Give people a role; who has one keeps it, and that is what is told."""
    payload = parsed(UsersPayload, asked.values.payload, "payload")
    role = role_of(payload.user_role)
    grants = staffing.add_all(f"project:{asked.resource_id}", payload.user_emails, role, asked.caller, ports)
    return [
        {"user_email": it.email, "user_role": PROJECT_ROLES[it.role], "project_hash": asked.resource_id}
        for it in grants
    ]


def remove_users(project_id: ProjectId, body: EmailsPayload, caller: Caller, ports: Ports) -> None:
    """Take people's own roles away."""
    vacating.remove_all(project_id, body.user_emails, caller, ports)


def role_of(number: int) -> Role:
    """The role on a project that a number means; raises Invalid."""
    if number not in ROLES:
        raise Invalid("There is no such role.", [Fault("userRole", f"{number} is none of 0 to 5")])
    return ROLES[number]

"""People with a role on a dataset, by e-mail address."""

from typing import Annotated, Any

from pydantic import Field

from gloss.domain.access import Caller, Role
from gloss.domain.errors import Fault, Invalid
from gloss.domain.parsing import parsed
from gloss.kinds.identity import GRANTS
from gloss.ports import Ports, Query
from gloss.sdk.operations import Asked, Payload
from gloss.sdk.people import RESOURCE_ROLES
from gloss.sdk.refusing import as_illegal
from gloss.sdk.wire import Results, Wire
from gloss.services import staffing
from gloss.services.staffing import MOST_AT_ONCE

ROLES = {0: Role.ADMIN, 1: Role.USER}


class MemberDto(Wire):
    """Somebody's role on a dataset."""

    dataset_uuid: str
    user_email: str
    user_role: int


class Emails(Wire):
    """People by their addresses."""

    user_emails: Annotated[tuple[str, ...], Field(max_length=MOST_AT_ONCE)]


class NewMembers(Payload):
    """People and the role that they are to have."""

    user_emails: Annotated[tuple[str, ...], Field(max_length=MOST_AT_ONCE)]
    user_role: int


def listed(dataset_id: str, ports: Ports) -> Results[MemberDto]:
    """All people with a role on the dataset."""
    grants = ports.store.every(GRANTS, f"GRANTS#dataset:{dataset_id}", Query(prefix="USER#", limit=1000))
    return Results(
        results=[
            MemberDto(dataset_uuid=dataset_id, user_email=it.email, user_role=RESOURCE_ROLES.get(it.role, 1))
            for it in grants
        ]
    )


def add(asked: Asked, ports: Ports) -> list[dict[str, Any]]:
    """Give people a role, all or none; who has another one gets this one. Raises Invalid for strangers."""
    wanted = parsed(NewMembers, asked.values.payload, "payload")
    role = ROLES.get(wanted.user_role)
    if role is None:
        raise Invalid("There is no such role.", [Fault("user_role", f"{wanted.user_role} is none of 0 and 1")])
    with as_illegal():
        staffing.give_all(f"dataset:{asked.resource_id}", wanted.user_emails, role, asked.caller, ports)
    emails = dict.fromkeys(wanted.user_emails)
    return [{"user_email": email, "user_role": wanted.user_role, "dataset_hash": asked.resource_id} for email in emails]


def remove(dataset_id: str, wanted: Emails, caller: Caller, ports: Ports) -> None:
    """Take people's roles away, all or none; who has none is passed over. Raises Invalid for strangers."""
    with as_illegal():
        staffing.remove_all(f"dataset:{dataset_id}", wanted.user_emails, caller, ports)

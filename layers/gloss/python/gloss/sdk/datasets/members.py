"""People with a role on a dataset, by e-mail address."""

from typing import Any

from gloss.domain.access import Caller, Role
from gloss.domain.errors import Conflict, Fault, Invalid
from gloss.domain.parsing import parsed
from gloss.kinds.identity import GRANTS
from gloss.ports import Ports, Query
from gloss.sdk.operations import Asked, Payload
from gloss.sdk.people import RESOURCE_ROLES, user_of
from gloss.sdk.refusing import as_illegal
from gloss.sdk.wire import Results, Wire
from gloss.services import staffing
from gloss.services.staffing import ChangedMember, NewMember

ROLES = {0: Role.ADMIN, 1: Role.USER}


class MemberDto(Wire):
    """Somebody's role on a dataset."""

    dataset_uuid: str
    user_email: str
    user_role: int


class Emails(Wire):
    """People by their addresses."""

    user_emails: tuple[str, ...]


class NewMembers(Payload):
    """People and the role that they are to have."""

    user_emails: tuple[str, ...]
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
    """Give people a role; who has another one gets this one. Raises Invalid for strangers, before anybody is added."""
    wanted = parsed(NewMembers, asked.values.payload, "payload")
    role = ROLES.get(wanted.user_role)
    if role is None:
        raise Invalid("There is no such role.", [Fault("user_role", f"{wanted.user_role} is none of 0 and 1")])
    people = {email: user_of(email, "user_emails", ports.store) for email in wanted.user_emails}
    for email, user_id in people.items():
        _give(f"dataset:{asked.resource_id}", email, user_id, role, asked.caller, ports)
    return [{"user_email": email, "user_role": wanted.user_role, "dataset_hash": asked.resource_id} for email in people]


def remove(dataset_id: str, wanted: Emails, caller: Caller, ports: Ports) -> None:
    """Take people's roles away; raises Invalid for strangers, before anybody is removed."""
    people = [user_of(email, "userEmails", ports.store) for email in wanted.user_emails]
    with as_illegal():
        for user_id in people:
            staffing.remove(f"dataset:{dataset_id}", user_id, caller, ports)


def _give(resource: str, email: str, user_id: str, role: Role, caller: Caller, ports: Ports) -> None:
    try:
        staffing.add(resource, NewMember(email=email, role=role), caller, ports)
    except Conflict:
        with as_illegal():
            staffing.change(resource, user_id, ChangedMember(role=role), caller, ports)

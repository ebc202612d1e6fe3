"""People as the SDK names them: by e-mail address, with roles as numbers."""

from collections.abc import Iterable, Mapping
from typing import Final

from gloss.domain.access import Role
from gloss.domain.model import OrgId, UserId
from gloss.kinds.identity import EMAILS, USERS
from gloss.ports import Key, Store

PROJECT_ROLES: Final[Mapping[Role, int]] = {
    Role.ADMIN: 0,
    Role.ANNOTATOR: 1,
    Role.REVIEWER: 2,
    Role.ANNOTATOR_REVIEWER: 3,
    Role.TEAM_MANAGER: 4,
    Role.VIEWER: 5,
}
#: On everything else there are two roles: Admin, and everybody else with a role.
RESOURCE_ROLES: Final[Mapping[Role, int]] = {Role.ADMIN: 0, Role.USER: 1, Role.VIEWER: 1}


def emails_of(user_ids: Iterable[UserId | None], store: Store) -> dict[str, str]:
    """The e-mail addresses of these people by id, read at once."""
    wanted = dict.fromkeys(id_ for id_ in user_ids if id_ is not None)
    return {user.id: user.email for user in store.get_many(USERS, _keys(wanted))}


def users_of(emails: Iterable[str], org_id: OrgId, store: Store) -> dict[str, UserId]:
    """The people of an organisation with these addresses, by the address as given; others are left out."""
    wanted = {email: Key(f"EMAIL#{email.strip().lower()}") for email in emails}
    claims = {claim.email: claim.user_id for claim in store.get_many(EMAILS, list(wanted.values()))}
    there = {user.id for user in store.get_many(USERS, _keys(claims.values())) if user.org_id == org_id}
    known = {email: user_id for email, user_id in claims.items() if user_id in there}
    found = {email: known.get(email.strip().lower()) for email in wanted}
    return {email: user_id for email, user_id in found.items() if user_id is not None}


def _keys(user_ids: Iterable[UserId]) -> list[Key]:
    return [Key(f"USER#{id_}") for id_ in dict.fromkeys(user_ids)]

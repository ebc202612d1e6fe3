"""The resources that a caller may see, page by page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

from gloss.domain.access import Caller, OrgRole, Role, together
from gloss.domain.errors import Malformed
from gloss.domain.identity import Grant, GroupGrant, Ownership
from gloss.domain.model import Value
from gloss.kinds.identity import GRANTS, GROUP_GRANTS, OWNERSHIPS
from gloss.ports import Key, Kind, Page, Query, Store
from gloss.services import authorising

M = TypeVar("M", bound=Value)


class Roles(NamedTuple):
    """Resources in order, each with the caller's role on it, if any; and where the next page begins."""

    of: dict[str, Role | None]
    next_token: str | None


def visible(word: str, kind: Kind[M], caller: Caller, query: Query, store: Store) -> Page[M]:
    """A page of one sort of resource: those that the caller has a role on; for the organisation's Admin, all."""
    found = (
        owned(word, caller, query, store) if caller.org_role is OrgRole.ADMIN else granted(word, caller, query, store)
    )
    return Page(found_of(word, kind, [each.resource for each in found.entries], store), found.next_token)


def found_of(word: str, kind: Kind[M], resources: Sequence[str], store: Store) -> tuple[M, ...]:
    """The resources of one sort themselves, in their order, without those that were deleted."""
    keys = [Key(f"{word.upper()}#{each.partition(':')[2]}") for each in dict.fromkeys(resources)]
    return tuple(it for it in store.get_many(kind, keys) if getattr(it, "deleted_at", None) is None)


def owned(word: str, caller: Caller, query: Query, store: Store) -> Page[Ownership]:
    """The organisation's resources of one sort."""
    return store.page(OWNERSHIPS, f"ORG#{caller.org_id}#OWNS", replace(query, index="by_parent", prefix=f"{word}:"))


def _demand_token(word: str, token: str | None) -> None:
    if token is not None and not token.startswith(f"{word}:"):
        raise Malformed("The page token is not one that this list gave out.")


def granted(word: str, caller: Caller, query: Query, store: Store) -> Page[Grant | GroupGrant]:
    """The resources of one sort that the caller has a role on, by grants of their own or of their groups, in order.

    One that is had in several ways comes once for each.
    """
    _demand_token(word, query.after)
    asked = replace(query, index="by_owner", prefix=f"{word}:", after=None, beyond=query.after)
    own: Page[Grant] = store.page(GRANTS, f"USER#{caller.user_id}#GRANTS", asked)
    shared = [store.page(GROUP_GRANTS, f"GROUP#{each}#GRANTS", asked) for each in caller.groups]
    found: list[Grant | GroupGrant] = [*own.entries, *(it for page in shared for it in page.entries)]
    merged = sorted(found, key=lambda it: it.resource)
    resources = list(dict.fromkeys(it.resource for it in merged))
    kept = set(resources[: query.limit])
    more = len(resources) > query.limit or own.next_token or any(page.next_token for page in shared)
    return Page(tuple(it for it in merged if it.resource in kept), max(kept) if more else None)


def roles_on_granted(word: str, caller: Caller, query: Query, store: Store) -> Roles:
    """A page of the resources of one sort that the caller has a role on."""
    page = granted(word, caller, query, store)
    roles: dict[str, list[Role]] = {}
    for it in page.entries:
        roles.setdefault(it.resource, []).append(it.role)
    return Roles({resource: together(those) for resource, those in roles.items()}, page.next_token)


def roles_on_owned(word: str, caller: Caller, query: Query, store: Store) -> Roles:
    """A page of the organisation's resources of one sort, with the caller's roles where they have one."""
    page = owned(word, caller, query, store)
    roles = authorising.roles_on(caller, [it.resource for it in page.entries], store)
    return Roles({it.resource: roles.get(it.resource) for it in page.entries}, page.next_token)

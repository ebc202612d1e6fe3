"""The resources that a caller may see, page by page."""

from dataclasses import replace
from typing import TypeVar

from gloss.domain.access import Caller, OrgRole
from gloss.domain.identity import Grant, Ownership
from gloss.domain.model import Value
from gloss.kinds.identity import GRANTS, OWNERSHIPS
from gloss.ports import Key, Kind, Page, Query, Store

M = TypeVar("M", bound=Value)


def visible(word: str, kind: Kind[M], caller: Caller, query: Query, store: Store) -> Page[M]:
    """A page of one sort of resource: those that the caller has a role on; for the organisation's Admin, all."""
    found = (
        owned(word, caller, query, store) if caller.org_role is OrgRole.ADMIN else granted(word, caller, query, store)
    )
    keys = [Key(f"{word.upper()}#{each.resource.partition(':')[2]}") for each in found.entries]
    return Page(tuple(store.get_many(kind, keys)), found.next_token)


def owned(word: str, caller: Caller, query: Query, store: Store) -> Page[Ownership]:
    """The organisation's resources of one sort."""
    return store.page(OWNERSHIPS, f"ORG#{caller.org_id}#OWNS", replace(query, index="by_parent", prefix=f"{word}:"))


def granted(word: str, caller: Caller, query: Query, store: Store) -> Page[Grant]:
    """The resources of one sort that the caller has a role on."""
    return store.page(GRANTS, f"USER#{caller.user_id}#GRANTS", replace(query, index="by_owner", prefix=f"{word}:"))

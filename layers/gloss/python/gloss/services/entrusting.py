"""Roles of groups on projects, datasets, ontologies and folders: whoever is in the group has them."""

from collections.abc import Sequence
from dataclasses import replace

from gloss.domain.access import Caller, Role
from gloss.domain.errors import Fault, Invalid, TooLarge
from gloss.domain.identity import Group, GroupGrant
from gloss.domain.model import Value
from gloss.kinds.identity import GROUP_GRANTS, GROUPS, group_grant_key
from gloss.ports import Change, Demand, Erase, Key, Page, Ports, Query, Save, Store
from gloss.services.situating import persistently
from gloss.services.staffing import demand_grantable

MOST_AT_ONCE = 40


class Shared(Value):
    """A group with its role on a resource."""

    group: Group
    role: Role


def page(resource: str, query: Query, store: Store) -> Page[Shared]:
    """A page of the groups with a role on a resource such as `project:<id>`."""
    given = store.page(GROUP_GRANTS, f"GRANTS#{resource}", replace(query, prefix="GROUP#"))
    groups = {it.id: it for it in store.get_many(GROUPS, [_group_key(it.group_id) for it in given.entries])}
    there = [it for it in given.entries if groups[it.group_id].deleted_at is None]
    return Page(tuple(Shared(group=groups[it.group_id], role=it.role) for it in there), given.next_token)


def give(resource: str, group_ids: Sequence[str], role: Role, caller: Caller, ports: Ports) -> list[Shared]:
    """Give groups a role, in place of the one they have; all or none. Raises Invalid for groups that are not there."""
    demand_grantable(role, resource, caller)
    asked = _few(group_ids)

    def given() -> list[Shared]:
        changes: list[Change] = []
        groups = _groups(asked, caller, ports.store)
        held = {it.group_id: it for it in _held(resource, asked, ports.store)}
        for group in groups:
            before = held.get(group.id)
            fresh = GroupGrant(
                resource=resource, group_id=group.id, org_id=caller.org_id, role=role, granted_at=ports.clock.now()
            )
            if before is not None:
                demand_grantable(before.role, resource, caller)
            changes += [Demand(GROUPS, group), Save(GROUP_GRANTS, before.changed(role=role) if before else fresh)]
        ports.store.commit(changes)
        return [Shared(group=group, role=role) for group in groups]

    return persistently(given)


def withdraw(resource: str, group_ids: Sequence[str], caller: Caller, ports: Ports) -> None:
    """Take groups' roles away; a group without one is passed over."""
    asked = _few(group_ids)

    def withdrawn() -> None:
        held = _held(resource, asked, ports.store)
        for grant in held:
            demand_grantable(grant.role, resource, caller)
        if held:
            ports.store.commit([Erase(GROUP_GRANTS, grant) for grant in held])

    persistently(withdrawn)


def _few(group_ids: Sequence[str]) -> list[str]:
    asked = list(dict.fromkeys(group_ids))
    if len(asked) > MOST_AT_ONCE:
        raise TooLarge(f"At most {MOST_AT_ONCE} groups are taken at once.")
    return asked


def _groups(group_ids: Sequence[str], caller: Caller, store: Store) -> list[Group]:
    found = [it for it in store.get_many(GROUPS, list(map(_group_key, group_ids))) if it.org_id == caller.org_id]
    there = {it.id for it in found if it.deleted_at is None}
    missing = [each for each in group_ids if each not in there]
    if missing:
        raise Invalid("There are no such groups.", [Fault("groups", f"{each} is none") for each in missing])
    return found


def _held(resource: str, group_ids: Sequence[str], store: Store) -> list[GroupGrant]:
    return store.get_many(GROUP_GRANTS, [group_grant_key(resource, each) for each in group_ids])


def _group_key(group_id: str) -> Key:
    return Key(f"GROUP#{group_id}")

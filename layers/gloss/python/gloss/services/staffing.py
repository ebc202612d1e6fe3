"""Who works on a project: adding people, changing their roles, removing them, joining."""

from collections.abc import Sequence
from dataclasses import replace

from gloss.domain.access import PROJECT_ROLES, Caller, Role
from gloss.domain.errors import Conflict, Fault, Forbidden, Invalid, NotFound, Stale
from gloss.domain.identity import Email, Grant, User
from gloss.domain.model import UserId, Value
from gloss.kinds.catalog import PROJECTS
from gloss.kinds.identity import EMAILS, GRANTS, USERS, grant_key
from gloss.ports import Change, Demand, Erase, Key, Page, Ports, Query, Save, Store


class NewMember(Value):
    """Somebody of the organisation and the role to give them."""

    email: Email
    role: Role


class ChangedMember(Value):
    """The role that a member is to have."""

    role: Role


def members(project_id: str, query: Query, store: Store) -> Page[Grant]:
    """A page of the project's people."""
    return store.page(GRANTS, f"GRANTS#{resource_of(project_id)}", replace(query, prefix="USER#"))


def add(project_id: str, wanted: NewMember, caller: Caller, ports: Ports) -> Grant:
    """Give a person a role; raises Invalid for strangers, Conflict when they have one already."""
    _demand_grantable(wanted.role, caller)
    person = _person(wanted.email, caller, ports.store)
    given = _grant(project_id, person.id, person.email, wanted.role, caller, ports)
    try:
        ports.store.commit([Save(GRANTS, given)])
    except Stale as taken:
        raise Conflict(f"{person.email} is a member already; change the role instead.") from taken
    return given


def change(project_id: str, user_id: str, wanted: ChangedMember, caller: Caller, ports: Ports) -> Grant:
    """Give a member another role; raises Forbidden where only an Admin may, Conflict for the last Admin."""
    held = _held(project_id, user_id, ports.store)
    _demand_grantable(wanted.role, caller)
    _demand_grantable(held.role, caller)
    changed = held.changed(role=wanted.role)
    guard = [] if wanted.role is Role.ADMIN else _another_admin(held, ports.store)
    ports.store.commit([Save(GRANTS, changed), *guard])
    return changed


def remove(project_id: str, user_id: str, caller: Caller, ports: Ports) -> Grant:
    """Take a member's role away; raises Forbidden where only an Admin may, Conflict for the last Admin."""
    held = _held(project_id, user_id, ports.store)
    _demand_grantable(held.role, caller)
    ports.store.commit([Erase(GRANTS, held), *_another_admin(held, ports.store)])
    return held


def join(project_id: str, caller: Caller, ports: Ports) -> Grant:
    """Make the organisation's Admin an Admin of one of its projects; raises NotFound for others' projects."""
    project = ports.store.find(PROJECTS, Key(f"PROJECT#{project_id}"))
    if project is None or project.org_id != caller.org_id:
        raise NotFound("There is no such project.")
    held = ports.store.find(GRANTS, grant_key(resource_of(project_id), caller.user_id))
    if held is not None and held.role is Role.ADMIN:
        return held
    joined = held.changed(role=Role.ADMIN) if held else _own(project_id, caller, ports)
    ports.store.commit([Save(GRANTS, joined)])
    return joined


def resource_of(project_id: str) -> str:
    """What grants call a project."""
    return f"project:{project_id}"


def _own(project_id: str, caller: Caller, ports: Ports) -> Grant:
    return _grant(project_id, caller.user_id, caller.email, Role.ADMIN, caller, ports)


def _grant(project_id: str, user_id: UserId, email: str, role: Role, caller: Caller, ports: Ports) -> Grant:
    return Grant(
        resource=resource_of(project_id),
        user_id=user_id,
        org_id=caller.org_id,
        email=email,
        role=role,
        granted_at=ports.clock.now(),
    )


def _person(email: str, caller: Caller, store: Store) -> User:
    claim = store.find(EMAILS, Key(f"EMAIL#{email}"))
    person = store.find(USERS, Key(f"USER#{claim.user_id}")) if claim else None
    if person is None or person.org_id != caller.org_id:
        raise Invalid("Invite the person first.", [Fault("email", f"{email} is nobody of this organisation")])
    return person


def _held(project_id: str, user_id: str, store: Store) -> Grant:
    held = store.find(GRANTS, grant_key(resource_of(project_id), user_id))
    if held is None:
        raise NotFound("The project has no such member.")
    return held


def _demand_grantable(role: Role, caller: Caller) -> None:
    if role not in PROJECT_ROLES:
        raise Invalid("This is no role on projects.", [Fault("role", f"is none of {', '.join(sorted(PROJECT_ROLES))}")])
    if role is Role.ADMIN and caller.role is not Role.ADMIN:
        raise Forbidden("Only an Admin of the project manages its Admins.")


def _another_admin(held: Grant, store: Store) -> Sequence[Change]:
    """What keeps a project from losing its last Admin, even when two Admins remove each other at once."""
    if held.role is not Role.ADMIN:
        return []
    others = store.every(GRANTS, f"GRANTS#{held.resource}", Query(prefix="USER#", limit=1000))
    for other in others:
        if other.role is Role.ADMIN and other.user_id != held.user_id:
            return [Demand(GRANTS, other)]
    raise Conflict("The project would have no Admin; make another Admin first.")

"""Who has a role on a project, dataset, ontology or template: adding, changing, removing, joining."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import replace

from gloss.domain.access import PROJECT_ROLES, Caller, Role
from gloss.domain.errors import Conflict, Fault, Forbidden, Invalid, NotFound, Stale, TooLarge
from gloss.domain.identity import Email, Grant, User
from gloss.domain.model import UserId, Value
from gloss.kinds.catalog import PROJECTS
from gloss.kinds.identity import EMAILS, GRANTS, USERS, grant_key
from gloss.ports import Change, Demand, Erase, Key, Page, Ports, Query, Save, Store
from gloss.services import identifying
from gloss.services.situating import persistently

#: Roles on datasets, ontologies and templates: an Admin changes them, a user uses them.
RESOURCE_ROLES = frozenset({Role.ADMIN, Role.USER})
MOST_AT_ONCE = 90


class NewMember(Value):
    """Somebody of the organisation and the role to give them."""

    email: Email
    role: Role


class ChangedMember(Value):
    """The role that a member is to have."""

    role: Role


def members(resource: str, query: Query, store: Store) -> Page[Grant]:
    """A page of the people with a role on a resource such as `project:<id>`."""
    return store.page(GRANTS, f"GRANTS#{resource}", replace(query, prefix="USER#"))


def add(resource: str, wanted: NewMember, caller: Caller, ports: Ports) -> Grant:
    """Give a person a role; raises Invalid for strangers, Conflict when they have one already."""
    demand_grantable(wanted.role, resource, caller)
    person = _person(wanted.email, caller, ports.store)
    given = _grant(resource, person.id, person.email, wanted.role, caller, ports)
    try:
        ports.store.commit([Save(GRANTS, given)])
    except Stale as taken:
        raise Conflict(f"{person.email} is a member already; change the role instead.") from taken
    return given


def change(resource: str, user_id: str, wanted: ChangedMember, caller: Caller, ports: Ports) -> Grant:
    """Give a member another role; raises Forbidden where only an Admin may, Conflict for the last Admin."""
    held = _held(resource, user_id, ports.store)
    demand_grantable(wanted.role, resource, caller)
    demand_grantable(held.role, resource, caller)
    changed = held.changed(role=wanted.role)
    guard = [] if wanted.role is Role.ADMIN else _another_admin(held, ports.store)
    ports.store.commit([Save(GRANTS, changed), *guard])
    return changed


def remove(resource: str, user_id: str, caller: Caller, ports: Ports) -> Grant:
    """Take a member's role away; raises Forbidden where only an Admin may, Conflict for the last Admin."""
    held, changes = removal(resource, user_id, caller, ports.store)
    ports.store.commit(changes)
    return held


def removal(resource: str, user_id: str, caller: Caller, store: Store) -> tuple[Grant, list[Change]]:
    """The same role and what to commit."""
    held = _held(resource, user_id, store)
    demand_grantable(held.role, resource, caller)
    return held, [Erase(GRANTS, held), *_another_admin(held, store)]


def add_all(resource: str, emails: Sequence[str], role: Role, caller: Caller, ports: Ports) -> list[Grant]:
    """Give people a role, all or none; who has one keeps it. Raises Invalid for strangers, TooLarge for too many."""
    demand_grantable(role, resource, caller)
    _demand_few(emails)

    def added() -> list[Grant]:
        people = identifying.users_of(emails, caller, ports.store)
        held = {it.user_id: it for it in _grants(resource, people, ports.store)}
        fresh = {it.id: _grant(resource, it.id, it.email, role, caller, ports) for it in people if it.id not in held}
        if fresh:
            ports.store.commit([Save(GRANTS, grant) for grant in fresh.values()])
        return [(held | fresh)[person.id] for person in people]

    return persistently(added)


def give_all(resource: str, emails: Sequence[str], role: Role, caller: Caller, ports: Ports) -> None:
    """Let people have just this role, all or none. Raises Invalid for strangers, Conflict if no Admin would stay."""
    demand_grantable(role, resource, caller)
    people = few_people(emails, caller, ports.store)

    def given() -> None:
        held = {it.user_id: it for it in _grants(resource, people, ports.store)}
        fresh = [_grant(resource, it.id, it.email, role, caller, ports) for it in people if it.id not in held]
        other = [grant for grant in held.values() if grant.role is not role]
        guard = _guard(held.values(), other, caller, ports.store)
        changes = [Save(GRANTS, it) for it in (*fresh, *(grant.changed(role=role) for grant in other))]
        if changes:
            ports.store.commit([*changes, *guard])

    persistently(given)


def remove_all(resource: str, emails: Sequence[str], caller: Caller, ports: Ports) -> None:
    """Take people's roles away, all or none; who has none is passed over. Raises Conflict if no Admin would stay."""
    people = few_people(emails, caller, ports.store)

    def removed() -> None:
        if changes := removals(resource, people, caller, ports.store):
            ports.store.commit(changes)

    persistently(removed)


def few_people(emails: Sequence[str], caller: Caller, store: Store) -> list[User]:
    """The people of the organisation with these addresses; raises Invalid for strangers, TooLarge for too many."""
    _demand_few(emails)
    return identifying.users_of(emails, caller, store)


def removals(resource: str, people: Sequence[User], caller: Caller, store: Store) -> list[Change]:
    """What to commit for these people to have no role of their own; nothing if none has one."""
    held = _grants(resource, people, store)
    guard = _guard(held, held, caller, store)
    return [*(Erase(GRANTS, grant) for grant in held), *guard]


def _guard(held: Iterable[Grant], lost: Sequence[Grant], caller: Caller, store: Store) -> Sequence[Change]:
    """What keeps an Admin there when roles are lost; raises Forbidden where only an Admin may change them."""
    for grant in held:
        demand_grantable(grant.role, grant.resource, caller)
    admins = [grant for grant in lost if grant.role is Role.ADMIN]
    return _another_admin(admins[0], store, {it.user_id for it in admins}) if admins else []


def join(project_id: str, caller: Caller, ports: Ports) -> Grant:
    """Make the organisation's Admin an Admin of one of its projects; raises NotFound for others' projects."""
    project = ports.store.find(PROJECTS, Key(f"PROJECT#{project_id}"))
    if project is None or project.org_id != caller.org_id or project.deleted_at is not None:
        raise NotFound("There is no such project.")
    resource = f"project:{project_id}"
    held = ports.store.find(GRANTS, grant_key(resource, caller.user_id))
    if held is not None and held.role is Role.ADMIN:
        return held
    own = _grant(resource, caller.user_id, caller.email, Role.ADMIN, caller, ports)
    joined = held.changed(role=Role.ADMIN) if held else own
    ports.store.commit([Save(GRANTS, joined)])
    return joined


def _grants(resource: str, people: Sequence[User], store: Store) -> list[Grant]:
    return store.get_many(GRANTS, [grant_key(resource, person.id) for person in people])


def _demand_few(emails: Sequence[str]) -> None:
    if len(emails) > MOST_AT_ONCE:
        raise TooLarge(f"At most {MOST_AT_ONCE} people are taken at once; split the list.")


def _grant(resource: str, user_id: UserId, email: str, role: Role, caller: Caller, ports: Ports) -> Grant:
    return Grant(
        resource=resource,
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


def _held(resource: str, user_id: str, store: Store) -> Grant:
    held = store.find(GRANTS, grant_key(resource, user_id))
    if held is None:
        raise NotFound("There is no such member.")
    return held


def demand_grantable(role: Role, resource: str, caller: Caller) -> None:
    """Let this caller give or take this role there; raises Invalid or Forbidden."""
    allowed = PROJECT_ROLES if resource.startswith("project:") else RESOURCE_ROLES
    if role not in allowed:
        raise Invalid("There is no such role here.", [Fault("role", f"is none of {', '.join(sorted(allowed))}")])
    if role is Role.ADMIN and caller.role is not Role.ADMIN:
        raise Forbidden("Only an Admin manages Admins.")


def _another_admin(held: Grant, store: Store, leaving: Set[UserId] = frozenset()) -> Sequence[Change]:
    """What keeps a resource from losing its last Admin, even when two Admins remove each other at once."""
    if held.role is not Role.ADMIN:
        return []
    others = store.every(GRANTS, f"GRANTS#{held.resource}", Query(prefix="USER#", limit=1000))
    for other in others:
        if other.role is Role.ADMIN and other.user_id not in {held.user_id, *leaving}:
            return [Demand(GRANTS, other)]
    raise Conflict("Nobody would be its Admin; make another Admin first.")

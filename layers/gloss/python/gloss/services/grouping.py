"""Groups of people: making, changing and deleting them, and who is in them.

A person's groups stand in the person's own record, which is read at every request: who is taken out of a group has none
of its roles from that moment on. Every change of that record is saved together with the membership that tells of it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Final

from pydantic import Field

from gloss.domain.access import UNSEEN, Caller
from gloss.domain.errors import Conflict, NotFound
from gloss.domain.identity import MOST_GROUPS, Email, Group, Membership, User
from gloss.domain.model import Description, GroupId, Title, UserId, Value
from gloss.kinds.identity import GROUP_GRANTS, GROUPS, MEMBERSHIPS, USERS, members_of
from gloss.ports import Change, Demand, Erase, Key, Overwrite, Page, Ports, Query, Save, Store
from gloss.services import identifying, making
from gloss.services.situating import persistently

#: One person takes two changes, and the group itself one more.
AT_ONCE: Final = 40

Emails = Annotated[tuple[Email, ...], Field(min_length=1, max_length=1000)]


class NewGroup(Value):
    """A group to make."""

    name: Title
    description: Description = ""


class ChangedGroup(Value):
    """What to change of a group; what is left out stays."""

    name: Title | None = None
    description: Description | None = None


class People(Value):
    """People of the organisation by e-mail address."""

    emails: Emails


def make(wanted: NewGroup, caller: Caller, ports: Ports) -> Group:
    """A group of nobody."""
    made = Group(
        id=GroupId(ports.ids.new()),
        org_id=caller.org_id,
        name=wanted.name,
        description=wanted.description,
        created_by=caller.user_id,
        created_at=ports.clock.now(),
    )
    return making.once(GROUPS, made, ports.store)


def found(group_id: str, caller: Caller, store: Store) -> Group:
    """A group of the caller's organisation; raises NotFound."""
    group = store.find(GROUPS, Key(f"GROUP#{group_id}"))
    if group is None or group.org_id != caller.org_id or group.deleted_at is not None:
        raise NotFound(UNSEEN)
    return group


def all_of(caller: Caller, store: Store) -> Iterator[Group]:
    """The groups of the caller's organisation by name."""
    return store.every(GROUPS, f"ORG#{caller.org_id}#GROUPS", Query(index="by_parent", limit=1000))


def page(caller: Caller, query: Query, store: Store) -> Page[Group]:
    """A page of the groups of the caller's organisation by name."""
    return store.page(GROUPS, f"ORG#{caller.org_id}#GROUPS", replace(query, index="by_parent"))


def page_of(group_id: str, caller: Caller, query: Query, store: Store) -> Page[Membership]:
    """A page of the people in a group; raises NotFound."""
    return store.page(MEMBERSHIPS, members_of(found(group_id, caller, store).id), query)


def change(group_id: str, wanted: ChangedGroup, caller: Caller, ports: Ports) -> Group:
    """Give a group another name or description; raises NotFound."""
    said = {name: value for name, value in wanted if value is not None}
    changed = found(group_id, caller, ports.store).changed(**said)
    ports.store.commit([Save(GROUPS, changed)])
    return changed


def everybody_in(group: Group, store: Store) -> Iterator[Membership]:
    """The people in a group."""
    return store.every(MEMBERSHIPS, members_of(group.id))


def add(group_id: str, people: People, caller: Caller, ports: Ports) -> None:
    """Put people into a group; who is in it already stays. Raises Invalid for strangers, Conflict for one too many."""
    found(group_id, caller, ports.store)
    for some in _in_parts(_ids_of(people, caller, ports.store)):
        persistently(_joining(group_id, some, caller, ports))


def remove(group_id: str, people: People, caller: Caller, ports: Ports) -> None:
    """Take people out of a group, with all roles that they had by it alone; who is not in it is passed over."""
    found(group_id, caller, ports.store)
    for some in _in_parts(_ids_of(people, caller, ports.store)):
        persistently(_leaving(group_id, some, ports))


def delete(group_id: str, caller: Caller, ports: Ports) -> None:
    """Delete a group: nobody joins any more, then all leave, then its roles go. Cut off, it goes on if asked again."""
    group = ports.store.find(GROUPS, Key(f"GROUP#{group_id}"))
    if group is None or group.org_id != caller.org_id:
        raise NotFound(UNSEEN)
    if group.deleted_at is None:
        ports.store.commit([Save(GROUPS, group.changed(deleted_at=ports.clock.now()))])
    inside = [it.user_id for it in ports.store.every(MEMBERSHIPS, members_of(group_id))]
    for some in _in_parts(inside):
        persistently(_leaving(group_id, some, ports))
    given = ports.store.every(GROUP_GRANTS, f"GROUP#{group_id}#GRANTS", Query(index="by_owner", limit=1000))
    for grant in list(given):
        ports.store.commit([Erase(GROUP_GRANTS, grant)])


def _joining(group_id: str, people: Sequence[UserId], caller: Caller, ports: Ports) -> Callable[[], None]:
    def join() -> None:
        group, now = found(group_id, caller, ports.store), ports.clock.now()
        fresh = [user for user in _users(people, ports.store) if group.id not in user.groups]
        changes: list[Change] = [Demand(GROUPS, group)]
        for user in fresh:
            member = Membership(group_id=group.id, user_id=user.id, email=user.email, since=now)
            changes += [Save(USERS, _with(user, group.id)), Overwrite(MEMBERSHIPS, member)]
        if fresh:
            ports.store.commit(changes)

    return join


def _leaving(group_id: str, people: Sequence[UserId], ports: Ports) -> Callable[[], None]:
    def leave() -> None:
        inside = [user for user in _users(people, ports.store) if group_id in user.groups]
        if inside:
            ports.store.commit([change for user in inside for change in leaving(user, GroupId(group_id), ports)])

    return leave


def leaving(user: User, group_id: GroupId, ports: Ports) -> list[Change]:
    """What is saved when somebody leaves a group."""
    kept = tuple(each for each in user.groups if each != group_id)
    membership = Membership(group_id=group_id, user_id=user.id, email=user.email, since=ports.clock.now())
    return [Save(USERS, user.changed(groups=kept)), Erase(MEMBERSHIPS, membership)]


def _with(user: User, group_id: GroupId) -> User:
    if len(user.groups) >= MOST_GROUPS:
        raise Conflict(f"{user.email} is in {MOST_GROUPS} groups already; take them out of one first.")
    return user.changed(groups=(*user.groups, group_id))


def _ids_of(people: People, caller: Caller, store: Store) -> list[UserId]:
    return [user.id for user in identifying.users_of(people.emails, caller, store)]


def _users(people: Sequence[UserId], store: Store) -> list[User]:
    return store.get_many(USERS, [Key(f"USER#{id_}") for id_ in people])


def _in_parts(people: Sequence[UserId]) -> Iterator[Sequence[UserId]]:
    return (people[start : start + AT_ONCE] for start in range(0, len(people), AT_ONCE))

"""Groups: who has which role by them after any sequence of changes, and after a crash between any two writes."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.adapters.memory import memory_ports
from gloss.domain.access import Caller, Role, together
from gloss.domain.errors import Conflict, Forbidden, Invalid, NotFound
from gloss.domain.identity import MOST_GROUPS, Group, User
from gloss.domain.model import UserId
from gloss.kinds.identity import GROUP_GRANTS, MEMBERSHIPS, USERS, members_of
from gloss.ports import Key
from gloss.services import entrusting, grouping
from gloss.services.authorising import role_on, roles_of
from gloss.services.founding import Founding, found_organisation
from gloss.services.grouping import NewGroup, People
from tests.builders_catalog import the_admin
from tests.doorway import House, a_house, a_person
from tests.mortal import killed_after, mortal

EMAILS = ("ann@acme.io", "bob@acme.io")
RESOURCE = "dataset:streets"
KEY = "ab" * 32


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        yield made


def present(house: House, email: str) -> Caller:
    """Somebody as a request would find them."""
    user = house.ports.store.get(USERS, Key(f"USER#user-{email}"))
    return Caller(user_id=user.id, org_id=user.org_id, email=email, org_role=user.org_role, groups=user.groups)


def an_admin(house: House) -> Caller:
    return the_admin(house).model_copy(update={"role": Role.ADMIN})


def a_group(house: House, *emails: str, name: str = "Night shift") -> Group:
    group = grouping.make(NewGroup(name=name), an_admin(house), house.ports)
    if emails:
        grouping.add(group.id, People(emails=emails), an_admin(house), house.ports)
    return group


def give(house: House, group: Group, role: Role, resource: str = RESOURCE) -> None:
    entrusting.give(resource, [group.id], role, an_admin(house), house.ports)


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 1), st.sampled_from(EMAILS)),
        st.tuples(st.just("remove"), st.integers(0, 1), st.sampled_from(EMAILS)),
        st.tuples(st.just("give"), st.integers(0, 1), st.sampled_from([Role.ADMIN, Role.USER])),
        st.tuples(st.just("withdraw"), st.integers(0, 1), st.none()),
        st.tuples(st.just("delete"), st.integers(0, 1), st.none()),
    ),
    max_size=12,
)


class Model:
    """What should be, without records: members and role of each group that is there."""

    def __init__(self, ids: list[str]) -> None:
        self.members: dict[str, set[str]] = {id_: set() for id_ in ids}
        self.roles: dict[str, Role] = {}

    def change(self, what: str, id_: str, value: Any) -> None:
        if what == "delete":
            del self.members[id_]
            self.roles.pop(id_, None)
        elif what == "withdraw":
            self.roles.pop(id_, None)
        elif what == "give":
            self.roles[id_] = value
        else:
            (self.members[id_].add if what == "add" else self.members[id_].discard)(value)

    def role(self, email: str) -> Role | None:
        return together(
            self.roles[id_] for id_, people in self.members.items() if email in people and id_ in self.roles
        )


def carry_out(house: House, what: str, group: Group, value: Any) -> None:
    caller, ports = an_admin(house), house.ports
    match what:
        case "delete":
            grouping.delete(group.id, caller, ports)
        case "withdraw":
            entrusting.withdraw(RESOURCE, [group.id], caller, ports)
        case "give":
            give(house, group, value)
        case _:
            {"add": grouping.add, "remove": grouping.remove}[what](group.id, People(emails=(value,)), caller, ports)


@given(CHANGES)
@settings(max_examples=60, deadline=None)
def test_roles_by_groups_are_what_the_changes_say(changes: list[tuple[str, int, Any]]) -> None:
    with a_house() as house:
        for email in EMAILS:
            a_person(house, email)
        groups = [a_group(house, name=name) for name in ("day", "night")]
        model = Model([it.id for it in groups])

        for what, number, value in changes:
            if groups[number].id in model.members:
                carry_out(house, what, groups[number], value)
                model.change(what, groups[number].id, value)

        found = {email: role_on(present(house, email), RESOURCE, house.ports.store) for email in EMAILS}
        assert found == {email: model.role(email) for email in EMAILS}
        told = roles_of([UserId(f"user-{email}") for email in EMAILS], RESOURCE, house.ports.store)
        assert told == {UserId(f"user-{email}"): role for email, role in found.items() if role is not None}


@pytest.mark.parametrize("writes", range(1, 5))
def test_a_group_that_was_deleted_halfway_is_deleted_when_asked_again(writes: int) -> None:
    ports, life = mortal(memory_ports())
    house = House(
        ports, found_organisation(Founding(title="A", admin_email="a@b.io", bearer="t", public_key=KEY), ports)
    )
    for email in EMAILS:
        a_person(house, email)
    group = a_group(house, *EMAILS)
    give(house, group, Role.USER)

    if killed_after(writes, life, lambda: grouping.delete(group.id, an_admin(house), ports)):
        grouping.delete(group.id, an_admin(house), ports)

    assert [present(house, email).groups for email in EMAILS] == [(), ()]
    assert list(ports.store.every(MEMBERSHIPS, members_of(group.id))) == []
    assert list(ports.store.every(GROUP_GRANTS, f"GRANTS#{RESOURCE}")) == []


def test_nobody_joins_a_group_that_is_being_deleted(house: House) -> None:
    a_person(house, "ann@acme.io")
    group = a_group(house)
    grouping.delete(group.id, an_admin(house), house.ports)

    with pytest.raises(NotFound):
        grouping.add(group.id, People(emails=("ann@acme.io",)), an_admin(house), house.ports)


def test_strangers_join_no_group(house: House) -> None:
    group = a_group(house)

    with pytest.raises(Invalid) as refused:
        grouping.add(group.id, People(emails=("eve@evil.io",)), an_admin(house), house.ports)

    assert "eve@evil.io" in refused.value.faults[0].reason


def test_a_person_is_in_so_many_groups_at_most(house: House) -> None:
    a_person(house, "ann@acme.io")
    for number in range(MOST_GROUPS):
        a_group(house, "ann@acme.io", name=f"group {number}")

    with pytest.raises(Conflict, match="take them out of one first"):
        a_group(house, "ann@acme.io", name="one more")


def test_only_an_admin_gives_a_group_the_admins_role(house: House) -> None:
    group, manager = a_group(house), an_admin(house).model_copy(update={"role": Role.TEAM_MANAGER})

    with pytest.raises(Forbidden):
        entrusting.give("project:p", [group.id], Role.ADMIN, manager, house.ports)


def test_a_group_of_nobody_here_gets_no_role(house: House) -> None:
    with pytest.raises(Invalid, match="no such groups"):
        entrusting.give(RESOURCE, ["none"], Role.USER, an_admin(house), house.ports)


def test_a_persons_record_tells_the_same_as_the_members(house: House) -> None:
    a_person(house, "ann@acme.io")
    group = a_group(house, "ann@acme.io")

    user: User = house.ports.store.get(USERS, Key("USER#user-ann@acme.io"))

    assert user.groups == (group.id,)
    assert [it.email for it in grouping.everybody_in(group, house.ports.store)] == ["ann@acme.io"]

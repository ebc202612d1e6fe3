"""People who leave the organisation, and keys that end."""

import base64
from collections.abc import Iterator
from datetime import timedelta

import pytest

from functions.catalog.app import handler as catalog
from functions.sdk.app import handler as sdk
from gloss.domain.access import OrgRole, Role
from gloss.domain.errors import Conflict, NotFound, Unauthenticated
from gloss.domain.model import UserId
from gloss.kinds.identity import GRANTS
from gloss.services import authorising, identifying
from gloss.services.identifying import NewCredential
from tests.builders_catalog import a_project, the_admin
from tests.doorway import House, a_house, a_person, call, grant

KEY = base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0 " + bytes(range(32))).decode()
LINE = f"ssh-ed25519 {KEY} ann@laptop"


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        yield made


def test_who_left_proves_nobody_any_more(house: House) -> None:
    token = a_person(house, "ann@acme.io")

    identifying.dismiss("ann@acme.io", the_admin(house), house.ports)

    assert call(catalog, "GET", "/v1/me", token=token).status == 401
    assert "ann@acme.io" not in {it.email for it in identifying.everybody(the_admin(house), house.ports.store)}


def test_the_roles_of_who_left_are_gone(house: House) -> None:
    project, _ = a_project(house).project, a_person(house, "ann@acme.io")
    grant(house, "ann@acme.io", f"project:{project.id}", Role.ANNOTATOR)

    identifying.dismiss("ann@acme.io", the_admin(house), house.ports)

    held = house.ports.store.every(GRANTS, f"GRANTS#project:{project.id}")
    assert [it.email for it in held] == ["admin@acme.io"]


def test_the_address_of_who_left_is_free_for_somebody_new(house: House) -> None:
    a_person(house, "ann@acme.io")
    identifying.dismiss("ann@acme.io", the_admin(house), house.ports)

    again = call(catalog, "POST", "/v1/users", {"email": "ann@acme.io"})

    assert (again.status, again.body["id"] != "user-ann@acme.io") == (200, True)


def test_an_admin_cannot_leave_by_their_own_hand(house: House) -> None:
    with pytest.raises(Conflict, match="Another Admin"):
        identifying.dismiss("admin@acme.io", the_admin(house), house.ports)


def test_two_admins_cannot_take_each_other_out_at_once(house: House) -> None:
    a_person(house, "bob@acme.io", OrgRole.ADMIN)
    admin = the_admin(house)
    bob = authorising.person(UserId("user-bob@acme.io"), house.ports.store)

    identifying.dismiss("admin@acme.io", bob, house.ports)

    with pytest.raises(NotFound):
        identifying.dismiss("bob@acme.io", admin, house.ports)


def test_nobody_of_another_address_can_be_taken_out(house: House) -> None:
    answer = call(sdk, "DELETE", "/v2/public/organisation/users/eve@evil.io")

    assert answer.status == 403


def test_a_key_ends_after_so_many_days(house: House) -> None:
    issued = identifying.issue(NewCredential(title="k", public_key=LINE, days=1), the_admin(house), house.ports)
    later = house.ports.clock.now() + timedelta(days=1)

    with pytest.raises(Unauthenticated, match="expired"):
        authorising.proven(issued.id, later, house.ports.store)


def test_a_key_without_days_does_not_end(house: House) -> None:
    issued = identifying.issue(NewCredential(title="k", public_key=LINE), the_admin(house), house.ports)

    assert issued.expires_at is None
    assert issued.id in {it.id for it in identifying.credentials(the_admin(house), house.ports.store)}


def test_a_revoked_key_is_listed_no_more(house: House) -> None:
    issued = identifying.issue(NewCredential(title="k", public_key=LINE), the_admin(house), house.ports)

    identifying.revoke(issued.id, the_admin(house), house.ports)

    assert issued.id not in {it.id for it in identifying.credentials(the_admin(house), house.ports.store)}
    with pytest.raises(Unauthenticated, match="revoked"):
        authorising.proven(issued.id, house.ports.clock.now(), house.ports.store)


def ask_token(token: str) -> str:
    return str(call(sdk, "GET", "/v2/public/user/bearer-token", token=token).body["token"])


def test_a_token_ends_with_the_credential_that_asked_for_it(house: House) -> None:
    first = identifying.issue(NewCredential(title="laptop"), the_admin(house), house.ports)
    second = ask_token(first.token or "")
    third = ask_token(second)
    assert call(catalog, "GET", "/v1/me", token=third).status == 200

    identifying.revoke(first.id, the_admin(house), house.ports)

    assert [call(catalog, "GET", "/v1/me", token=each).status for each in (second, third)] == [401, 401]

"""Groups, the roles given to them, and tags, called as the gateway calls them."""

from collections.abc import Iterator
from typing import Any

import pytest

from functions.catalog.app import handler
from gloss.domain.access import OrgRole
from tests.builders_catalog import a_project
from tests.doorway import ADMIN_TOKEN, Answered, House, a_house, a_person, call


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        yield made


def ask(method: str, path: str, body: Any = None, token: str = ADMIN_TOKEN) -> Answered:
    return call(handler, method, path, body, token)


def a_group(name: str = "Radiologists") -> str:
    return str(ask("POST", "/v1/groups", {"name": name}).body["id"])


def a_dataset() -> str:
    return str(ask("POST", "/v1/datasets", {"title": "Scans"}).body["id"])


def names(answer: Answered) -> list[str]:
    return [each["name"] for each in answer.body["entries"]]


def test_groups_are_listed_by_pages(house: House) -> None:
    a_group("A"), a_group("B")

    first = ask("GET", "/v1/groups?limit=1")
    second = ask("GET", f"/v1/groups?limit=1&token={first.body['next_token']}")

    assert names(first) + names(second) == ["A", "B"]


def test_a_group_is_changed_and_deleted(house: House) -> None:
    group = a_group()

    assert ask("PATCH", f"/v1/groups/{group}", {"description": "Night shift"}).body["description"] == "Night shift"
    assert ask("DELETE", f"/v1/groups/{group}").status == 200
    assert ask("GET", f"/v1/groups/{group}").status == 404


def test_a_deleted_group_is_listed_no_more(house: House) -> None:
    kept, gone = a_group("kept"), a_group("gone")

    ask("DELETE", f"/v1/groups/{gone}")

    assert [each["id"] for each in ask("GET", "/v1/groups").body["entries"]] == [kept]


def test_people_join_a_group_and_leave_it(house: House) -> None:
    a_person(house, "ann@acme.io")
    path = f"/v1/groups/{a_group()}/users"

    assert [it["email"] for it in ask("POST", path, {"emails": ["ann@acme.io"]}).body["entries"]] == ["ann@acme.io"]
    assert ask("POST", f"{path}/remove", {"emails": ["ann@acme.io"]}).body["entries"] == []


def test_a_stranger_joins_no_group(house: House) -> None:
    path = f"/v1/groups/{a_group()}/users"

    assert ask("POST", path, {"emails": ["who@else.io"]}).status == 422
    assert ask("GET", path).body["entries"] == []


def test_a_member_makes_no_group(house: House) -> None:
    token = a_person(house, "ann@acme.io", OrgRole.MEMBER)

    assert ask("POST", "/v1/groups", {"name": "Ours"}, token).status == 403


def test_a_groups_role_opens_a_dataset_and_closes_it_again(house: House) -> None:
    token, group, dataset = a_person(house, "ann@acme.io"), a_group(), a_dataset()
    ask("POST", f"/v1/groups/{group}/users", {"emails": ["ann@acme.io"]})
    given = f"/v1/datasets/{dataset}/groups/{group}"

    assert ask("PUT", given, {"role": "USER"}).body["role"] == "USER"
    assert ask("GET", f"/v1/datasets/{dataset}", token=token).status == 200
    ask("DELETE", given)
    assert ask("GET", f"/v1/datasets/{dataset}", token=token).status == 404


def test_a_group_has_one_role_on_a_resource(house: House) -> None:
    group, dataset = a_group(), a_dataset()
    for role in ("USER", "ADMIN"):
        ask("PUT", f"/v1/datasets/{dataset}/groups/{group}", {"role": role})

    listed = ask("GET", f"/v1/datasets/{dataset}/groups").body["entries"]

    assert [(it["name"], it["role"]) for it in listed] == [("Radiologists", "ADMIN")]


@pytest.mark.parametrize("role", ["ANNOTATOR", "king"])
def test_a_role_that_a_dataset_does_not_know_is_refused(house: House, role: str) -> None:
    path = f"/v1/datasets/{a_dataset()}/groups/{a_group()}"

    assert ask("PUT", path, {"role": role}).status == 422


def test_a_group_of_nowhere_gets_no_role(house: House) -> None:
    assert ask("PUT", f"/v1/datasets/{a_dataset()}/groups/none", {"role": "USER"}).status == 422


def test_tags_are_made_once_and_deleted(house: House) -> None:
    tag = ask("POST", "/v1/tags", {"name": "urgent"}).body["id"]

    assert ask("POST", "/v1/tags", {"name": "urgent"}).status == 409
    assert names(ask("GET", "/v1/tags")) == ["urgent"]
    assert ask("DELETE", f"/v1/tags/{tag}").body == {"id": tag}
    assert names(ask("GET", "/v1/tags")) == []


def test_a_tag_is_on_a_project_until_it_is_taken_off(house: House) -> None:
    tag, project = ask("POST", "/v1/tags", {"name": "urgent"}).body["id"], a_project(house).project.id
    path = f"/v1/projects/{project}/tags"

    assert names(ask("PUT", f"{path}/{tag}")) == names(ask("GET", path)) == ["urgent"]
    assert names(ask("DELETE", f"{path}/{tag}")) == []


def test_a_tag_of_nowhere_comes_on_no_project(house: House) -> None:
    path = f"/v1/projects/{a_project(house).project.id}/tags"

    assert ask("PUT", f"{path}/none").status == 404
    assert names(ask("GET", path)) == []

"""What the public SDK's door bounds, does together or not at all, and tells nobody of others."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from functions.sdk.app import handler
from gloss.domain.access import Role
from gloss.domain.model import UserId
from gloss.kinds.identity import GRANTS, USERS, grant_key
from gloss.ports import Erase, Key, Save
from tests.builders_catalog import a_dataset
from tests.builders_workflow import a_path, a_project, a_running_project, a_task
from tests.doorway import ADMIN_TOKEN, Answered, House, a_house, a_person, call, grant
from tests.functions.test_sdk_tasks import at

NOBODYS = str(UUID(int=0))
MANY = [NOBODYS] * 1_001
FOLDER = f"storage/folders/{NOBODYS}"


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        yield made


def ask(method: str, path: str, body: Any = None, token: str = ADMIN_TOKEN, **headers: str) -> Answered:
    return call(handler, method, f"/v2/public/{path}", body, token, **headers)


def a_folder(name: str) -> str:
    return str(ask("POST", "storage/folders", {"name": name}).body["uuid"])


def names(*folders: str) -> list[str]:
    return [ask("GET", f"storage/folders/{each}").body["name"] for each in folders]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "storage/items/get-bulk", {"itemUuids": MANY}),
        ("PATCH", "storage/items/patch-bulk", {"itemPatches": {str(UUID(int=it)): {} for it in range(1_001)}}),
        ("POST", f"{FOLDER}/items/move", {"itemUuids": MANY, "newParentUuid": NOBODYS}),
        ("POST", f"{FOLDER}/items/delete", {"childUuids": MANY, "removeUnusedFrames": True}),
        ("PATCH", "storage/folders/patch-bulk", {"folderPatches": {str(UUID(int=it)): {} for it in range(91)}}),
        ("POST", "storage/folders/move", {"folderUuids": MANY[:23], "newParentUuid": None}),
    ],
)
def test_a_list_beyond_its_bound_is_a_bad_request(house: House, method: str, path: str, body: Any) -> None:
    answer = ask(method, path.replace(NOBODYS, a_folder("one")) if FOLDER in path else path, body)

    assert answer.status == 400
    assert "at most" in answer.body["message"]


def test_folders_change_together_or_not_at_all(house: House) -> None:
    one, two = a_folder("one"), a_folder("two")
    patches = {one: {"name": "first"}, two: {"name": "second"}}

    assert ask("PATCH", "storage/folders/patch-bulk", {"folderPatches": {**patches, NOBODYS: {}}}).status == 403
    assert names(one, two) == ["one", "two"]
    assert ask("PATCH", "storage/folders/patch-bulk", {"folderPatches": patches}).status == 200
    assert names(one, two) == ["first", "second"]


def test_folders_move_together_or_not_at_all(house: House) -> None:
    top, one, two = a_folder("top"), a_folder("one"), a_folder("two")
    moving = {"folderUuids": [one, two], "newParentUuid": top}

    assert ask("POST", "storage/folders/move", {**moving, "folderUuids": [one, top]}).status == 400
    assert ask("GET", f"storage/folders/{one}").body["parent"] is None
    assert ask("POST", "storage/folders/move", moving).status == 200
    assert {ask("GET", f"storage/folders/{each}").body["parent"] for each in (one, two)} == {top}


def test_nothing_of_a_folder_is_told_to_who_may_not_fill_it(house: House) -> None:
    mine, theirs, eve = a_folder("mine"), a_folder("theirs"), a_person(house, "eve@acme.io")
    grant(house, "eve@acme.io", f"folder:{mine}", Role.ADMIN)
    body = {"itemUuids": [NOBODYS], "newParentUuid": theirs}

    answers = [ask("POST", f"storage/folders/{mine}/items/move", body, eve) for _ in range(2)]

    assert [it.status for it in answers] == [403, 403]


def legacy(house: House, dataset: str, method: str, payload: Any, **headers: str) -> Any:
    body = {"query_type": "datasetusers", "query_method": method, "values": {"uid": None, "payload": payload}}
    return call(handler, "POST", "/public", body, resourcetype="dataset", resourceid=dataset, **headers).body


def roles(house: House, dataset: str) -> dict[str, Any]:
    found = house.ports.store.every(GRANTS, f"GRANTS#dataset:{dataset}")
    return {it.email: it.role for it in found}


def test_members_of_a_dataset_come_together_or_not_at_all(house: House) -> None:
    dataset = a_dataset(house, items=0)
    for name in ("ann", "bob"):
        a_person(house, f"{name}@acme.io")
    grant(house, "ann@acme.io", f"dataset:{dataset}", Role.ADMIN)
    emails = ["ann@acme.io", "bob@acme.io"]

    stranger = legacy(house, dataset, "POST", {"user_emails": [*emails, "eve@else.io"], "user_role": 1})
    before = roles(house, dataset)
    legacy(house, dataset, "POST", {"user_emails": emails, "user_role": 1})

    assert (stranger["status"], before.get("bob@acme.io"), before["ann@acme.io"]) == (400, None, Role.ADMIN)
    assert [roles(house, dataset)[each] for each in emails] == [Role.USER, Role.USER]


def test_an_address_of_another_organisation_is_as_unknown_as_nobodys(house: House) -> None:
    project = a_project(org_id=house.founded.org_id)
    a_running_project(a_task(stage="agent"), project=project, ports=house.ports)
    a_person(house, "boss@acme.io")
    grant(house, "boss@acme.io", "project:project", Role.ADMIN)
    a_person(house, "else@other.io")
    stranger = house.ports.store.get(USERS, Key("USER#user-else@other.io"))
    house.ports.store.commit([Save(USERS, stranger.changed(org_id="other"))])

    told = [
        call(handler, "POST", at("agent", "actions"), [assign(email)], "token-of-boss@acme.io")
        for email in ("else@other.io", "none@other.io", "boss@acme.io")
    ]

    assert [it.status for it in told] == [400, 400, 200]
    assert told[0].body["message"].replace("else", "none") == told[1].body["message"]


def assign(email: str) -> dict[str, Any]:
    return {"taskUuid": a_path().task_id, "action": "ASSIGN", "assignee": email}


def test_reviews_of_a_task_are_not_those_of_another_stage(house: House) -> None:
    a_running_project(a_task(stage="review"), ports=house.ports)
    a_person(house, "boss@acme.io")
    grant(house, "boss@acme.io", "project:project", Role.ADMIN)
    path = f"tasks/{a_path().task_id}/reviews"

    answers = [call(handler, "GET", at(stage, path), token="token-of-boss@acme.io") for stage in ("review", "agent")]

    assert [it.status for it in answers] == [200, 400]


def test_a_first_answer_is_not_told_again_to_who_lost_the_role(house: House) -> None:
    dataset, trace = a_dataset(house, items=0), {"x_cloud_trace_context": "00ff/1;o=1"}
    token = a_person(house, "ann@acme.io")
    grant(house, "ann@acme.io", f"dataset:{dataset}", Role.ADMIN)
    payload = {"user_emails": ["ann@acme.io"], "user_role": 0}

    first = legacy(house, dataset, "POST", payload, token=token, **trace)
    again = legacy(house, dataset, "POST", payload, token=token, **trace)
    held = house.ports.store.get(GRANTS, grant_key(f"dataset:{dataset}", UserId("user-ann@acme.io")))
    house.ports.store.commit([Erase(GRANTS, held)])
    revoked = legacy(house, dataset, "POST", payload, token=token, **trace)

    assert (first["status"], again, revoked["status"]) == (200, first, 403)

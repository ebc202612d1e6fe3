"""Hostile requests at every doorway: each is refused clearly, and none is a fault of ours."""

import base64
import importlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from gloss.adapters.memory_mail import MemoryQueue
from gloss.domain.access import Permission
from gloss.routes import ROUTES, Route
from tests.builders_catalog import a_project
from tests.doorway import ADMIN_TOKEN, House, a_house, call, query

GUARDED = [route for route in ROUTES if route.permission is not Permission.OPEN]
WRITING = [route for route in GUARDED if route.method not in {"GET", "DELETE"}]
DEEP = 5_000

UNREADABLE = {
    "nested arrays": "[" * DEEP + "]" * DEEP,
    "nested objects": '{"title":' * 200 + "1" + "}" * 200,
    "a long number": "1" * 5_000,
    "not a number": '{"priority": NaN}',
    "an infinite number": '{"priority": 1e999}',
    "half a character": '{"structure": "\\ud800"}',
}
ODD_IDS = {"long": "a" * 300, "longer than a key": "a" * 3_000, "hash": "a#b", "dots": "..", "emoji": "😀" * 600}
REFUSALS = {400, 404, 405, 409, 422}


def token_of(*parts: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


TOKENS = {
    "another partition": token_of("USER#x", "GRANTS#project:other", "USER#x"),
    "empty": token_of("", "", ""),
    "two parts": token_of("nan", "x"),
    "nested": base64.urlsafe_b64encode(b"[" * 1_500).decode(),
    "a long number": base64.urlsafe_b64encode(b"1" * 1_500).decode(),
    "a batch": "0.9999999",
    "digits": "9" * 2_000,
    "other digits": "٣",
    "nothing": "\0",
}


def room(name: str) -> Any:
    return importlib.import_module(f"functions.{name}.app").handler


@pytest.fixture
def house() -> Iterator[House]:
    with a_house(due_scores=MemoryQueue()) as made:
        yield made


#: Taking off what is not on it changes nothing, and may be asked twice.
REPEATABLE = {
    ("DELETE", "/v2/public/projects/{project_id}/tags/{tag_id}"),
    ("DELETE", "/v1/projects/{project_id}/tags/{tag_id}"),
    ("DELETE", "/v1/projects/{project_id}/groups/{group_id}"),
    ("DELETE", "/v1/datasets/{dataset_id}/groups/{group_id}"),
    ("DELETE", "/v1/ontologies/{ontology_id}/groups/{group_id}"),
    ("DELETE", "/v1/folders/{folder_id}/groups/{group_id}"),
}


def is_refused(route: Route, path: str) -> bool:
    """The SDK's door says 403 of what is missing."""
    if route[:2] in REPEATABLE:
        return True
    status = call(room(route.room), route.method, path, {}).status
    return status in REFUSALS or (status == 403 and path.startswith("/v2/"))


def known(house: House) -> dict[str, str]:
    """A project, and one of each resource that an Admin of the organisation may open."""
    project = a_project(house).project
    return {"project_id": project.id, "dataset_id": project.dataset_ids[0], "ontology_id": project.ontology_id}


def filled(route: Route, ids: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: ids.get(found[1], "x"), route.path)


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_body_that_no_store_could_keep_is_refused(house: House, body: str) -> None:
    ids = known(house)

    answers = {(it.method, it.path): call(room(it.room), it.method, filled(it, ids), body).status for it in WRITING}

    assert {row: status for row, status in answers.items() if not 200 <= status < 500} == {}
    assert answers[("POST", "/v1/ontologies")] == 400


@pytest.mark.parametrize("odd", ODD_IDS.values(), ids=ODD_IDS.keys())
def test_an_odd_id_in_a_path_finds_nothing(house: House, odd: str) -> None:
    ids = known(house)
    tried = [(it, filled(it, {**ids, name: odd})) for it in GUARDED for name in re.findall(r"\{(\w+)\}", it.path)]

    wrong = {(it.method, path) for it, path in tried if not is_refused(it, path)}

    assert wrong == set()


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS.keys())
def test_a_forged_page_token_is_no_fault_of_ours(house: House, token: str) -> None:
    ids = known(house)
    lists = [it for it in GUARDED if it.method == "GET"]

    wrong = {
        it.path
        for it in lists
        if call(room(it.room), "GET", query(filled(it, ids), token=token, pageToken=token)).status >= 500
    }

    assert wrong == set()


@pytest.mark.parametrize(
    "content_type", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
def test_a_body_of_another_type_is_refused(house: House, content_type: str) -> None:
    ids = known(house)
    send = [(it, filled(it, ids)) for it in WRITING]

    answers = {
        path: call(room(it.room), it.method, path, "--x\r\na=b", content_type=content_type).status for it, path in send
    }

    assert {path: status for path, status in answers.items() if status >= 500} == {}


def test_the_size_of_a_structure_is_counted_in_bytes(house: House) -> None:
    objects = [{"name": "語" * 250, "shape": "bounding_box"} for _ in range(500)]

    answer = call(room("catalog"), "POST", "/v1/ontologies", {"title": "Signs", "structure": {"objects": objects}})

    assert (answer.status, answer.body["message"]) == (422, "The structure is too large.")


def test_a_manifest_key_longer_than_any_is_refused(house: House) -> None:
    folder = call(room("register"), "POST", "/v1/folders", {"title": "2026"}).body["id"]
    body = {"manifest_key": f"manifests/{folder}/{'a' * 2_000}"}

    assert call(room("register"), "POST", f"/v1/folders/{folder}/data-upload-jobs", body).status == 422


@pytest.mark.parametrize(
    ("name", "path", "token", "status"),
    [
        ("report", "/v1/health", None, 200),
        ("catalog", "/v1/me", ADMIN_TOKEN, 200),
        ("catalog", "/v1/me", "nobodys", 401),
        ("report", "/v1/nowhere", ADMIN_TOKEN, 404),
        ("sdk", "/v2/public/projects", ADMIN_TOKEN, 200),
        ("sdk", "/v2/public/nowhere", ADMIN_TOKEN, 404),
    ],
)
def test_nobody_on_the_way_may_keep_an_answer(house: House, name: str, path: str, token: str, status: int) -> None:
    answer = call(room(name), "GET", path, token=token)

    assert (answer.status, answer.headers["Cache-Control"]) == (status, "no-store")

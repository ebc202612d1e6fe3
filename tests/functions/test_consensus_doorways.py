"""A consensus over /v1: claimed, labelled, handed in, compared and decided."""

from collections.abc import Iterator
from typing import Any

import pytest

from functions.workflow.app import handler
from gloss.domain.access import Role
from tests.builders_consensus import a_house_of
from tests.builders_labels import a_car
from tests.builders_workflow import a_path
from tests.doorway import Answered, House, a_house, a_person, call, grant

PROJECT = "/v1/projects/project"
TASK = f"{PROJECT}/tasks/{a_path().task_id}"
ANN, BOB, REV, BOSS = (f"token-of-{name}@acme.io" for name in ("ann", "bob", "rev", "boss"))


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        a_house_of(ports=made.ports)
        roles = {"ann": Role.ANNOTATOR, "bob": Role.ANNOTATOR, "rev": Role.REVIEWER, "boss": Role.ADMIN}
        for name, role in roles.items():
            a_person(made, f"{name}@acme.io")
            grant(made, f"{name}@acme.io", "project:project", role)
        yield made


def act(path: str, token: str, **action: Any) -> Answered:
    return call(handler, "POST", f"{path}/actions", action, token)


def hand_in(token: str) -> dict[str, Any]:
    """Claim a subtask, label it and hand it in; the subtask as it was claimed."""
    claimed: dict[str, Any] = call(handler, "POST", f"{PROJECT}/stages/label/claim", {}, token).body["task"]
    mine = f"{PROJECT}/tasks/{claimed['id']}"
    saved = call(handler, "PUT", f"{mine}/labels", {"labels": {"objects": [a_car()]}, "row_version": 0}, token)
    assert saved.status == 200, saved.body
    assert act(mine, token, action="submit", fence=claimed["fence"]).status == 200
    return claimed


def test_a_task_goes_from_two_annotators_to_one_version(house: House) -> None:
    first, second = hand_in(ANN), hand_in(BOB)
    assert first["id"] != second["id"] != call(handler, "GET", TASK, token=REV).body["id"]
    assert call(handler, "GET", TASK, token=REV).body["stage_kind"] == "consensus_review"

    compared = call(handler, "GET", f"{TASK}/consensus", token=REV).body
    assert compared["matrix"] == [[1.0, 1.0], [1.0, 1.0]]
    assert [it["annotator"] for it in compared["options"]] == ["user-ann@acme.io", "user-bob@acme.io"]
    approved = act(TASK, REV, action="approve", branch=compared["options"][1]["branch"])

    assert (approved.status, approved.body["stage"], approved.body["objects"]) == (200, "last", 1)
    assert approved.body["label_sha256"] == compared["options"][1]["sha256"]


def test_annotators_are_told_nothing_of_each_other(house: House) -> None:
    others = hand_in(ANN)["id"]

    assert call(handler, "GET", f"{TASK}/consensus", token=BOB).status == 403
    assert call(handler, "GET", f"{PROJECT}/tasks/{others}/labels", token=BOB).status == 404
    assert [it["id"] for it in call(handler, "GET", TASK, token=BOB).body["subtasks"]] == [
        others.replace("-6", "-7", 1)
    ]
    assert len(call(handler, "GET", TASK, token=BOSS).body["subtasks"]) == 2


def test_saves_of_a_subtask_are_listed_and_restored(house: House) -> None:
    claimed = call(handler, "POST", f"{PROJECT}/stages/label/claim", {}, ANN).body["task"]
    mine = f"{PROJECT}/tasks/{claimed['id']}"
    for objects in ([a_car()], []):
        call(handler, "PUT", f"{mine}/labels", {"labels": {"objects": objects}}, ANN)
    assert call(handler, "PUT", f"{mine}/labels", {"labels": {}, "row_version": 1}, ANN).status == 409

    assert call(handler, "POST", f"{mine}/labels/restore", {"row_version": 1}, ANN).status == 200

    saves = call(handler, "GET", f"{mine}/labels/history", token=ANN).body["entries"]
    assert [(it["row_version"], it["objects"]) for it in saves] == [(3, 1), (2, 0), (1, 1)]
    assert call(handler, "GET", f"{mine}/labels", token=ANN).body["row_version"] == 3


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ({"action": "submit"}, 409),
        ({"action": "move", "destination": "judge"}, 422),
        ({"action": "move", "destination": "last", "branch": "nobodys"}, 422),
        ({"action": "reopen"}, 409),
        ({"action": "move", "destination": "last"}, 200),
    ],
)
def test_what_is_asked_of_the_task_itself_is_refused_or_done(house: House, action: Any, status: int) -> None:
    assert act(TASK, BOSS, **action).status == status

"""The workflow room over HTTP: statuses, shapes and the errors that clients see."""

from collections.abc import Iterator
from typing import Any

import pytest

from functions.workflow.app import handler
from gloss.domain.access import Role
from tests.builders_labels import a_car
from tests.builders_workflow import a_path, a_running_project, a_task
from tests.doorway import House, a_house, a_person, call, grant

TASK = f"/v1/projects/project/tasks/{a_path().task_id}"
ANN, REV = "token-of-ann@acme.io", "token-of-rev@acme.io"
AMY = "user-ann@acme.io"


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        a_running_project(a_task(), a_task(data_id="two", title="Alley.jpg", priority=0.9), ports=made.ports)
        for email, role in (("ann@acme.io", Role.ANNOTATOR), ("rev@acme.io", Role.REVIEWER)):
            a_person(made, email)
            grant(made, email, "project:project", role)
        yield made


def save_a_car() -> Any:
    return call(handler, "PUT", f"{TASK}/labels", {"labels": {"objects": [a_car()]}}, ANN)


def test_a_task_goes_from_claim_to_approval(house: House) -> None:
    claimed = call(handler, "POST", "/v1/projects/project/stages/annotate/claim", {"lease_seconds": 600}, ANN)
    assert (claimed.status, claimed.body["task"]["priority"]) == (200, 0.9)

    assert save_a_car().body["objects"] == 1
    assert call(handler, "POST", f"{TASK}/actions", {"action": "submit"}, ANN).body["stage"] == "review"
    approved = call(handler, "POST", f"{TASK}/actions", {"action": "approve", "version": 3}, REV)

    assert (approved.status, approved.body["status"]) == (200, "COMPLETED")
    shown = call(handler, "GET", TASK, token=ANN).body
    assert (shown["label_status"], shown["annotation_task_status"]) == ("REVIEWED", "COMPLETED")
    history = call(handler, "GET", f"{TASK}/history", token=ANN).body["entries"]
    assert [step["action"] for step in history] == ["approve", "submit"]


def test_lists_are_filtered_and_paged(house: House) -> None:
    first = call(handler, "GET", "/v1/projects/project/tasks?stage=annotate&limit=1", token=ANN).body
    assert [task["title"] for task in first["entries"]] == ["Alley.jpg"]

    rest = call(
        handler, "GET", f"/v1/projects/project/tasks?stage=annotate&token={first['next_token']}", token=ANN
    ).body
    assert ([task["title"] for task in rest["entries"]], rest["next_token"]) == (["street.jpg"], None)
    titled = call(handler, "GET", "/v1/projects/project/tasks?title=AL&status=NEW", token=ANN).body
    assert [task["title"] for task in titled["entries"]] == ["Alley.jpg"]


@pytest.mark.parametrize(
    ("query", "status"), [("status=DANCING", 422), ("limit=0", 422), ("token=%2A", 400), ("stage=nowhere", 404)]
)
def test_a_list_that_cannot_be_is_refused(house: House, query: str, status: int) -> None:
    assert call(handler, "GET", f"/v1/projects/project/tasks?{query}", token=ANN).status == status


def test_stages_tell_how_many_tasks_wait(house: House) -> None:
    counts = call(handler, "GET", "/v1/projects/project/stages", token=ANN).body["entries"]

    assert counts == [{"stage": "annotate", "kind": "annotate", "title": "Annotate", "tasks": 2, "at_least": False}]


@pytest.mark.parametrize(
    ("body", "token", "status"),
    [
        ({"action": "approve"}, REV, 409),
        ({"action": "submit"}, REV, 403),
        ({"action": "submit"}, ANN, 422),
        ({"action": "skip", "version": 9}, ANN, 409),
        ({"action": "dance"}, ANN, 422),
        ({"action": "skip", "colour": "red"}, ANN, 422),
        ({"action": "claim", "assignee": AMY, "lease_until": "2030-01-01T00:00:00Z"}, ANN, 422),
        ({"action": "move", "destination": "complete"}, ANN, 403),
        ("{", ANN, 400),
    ],
)
def test_bad_actions_are_refused_with_their_status(house: House, body: Any, token: str, status: int) -> None:
    answer = call(handler, "POST", f"{TASK}/actions", body, token)

    assert answer.status == status
    assert set(answer.body) == {"message", "errors"}


def test_labels_that_break_the_ontology_are_named_by_path(house: House) -> None:
    wrong = {"labels": {"objects": [a_car(feature="nowhere1")]}}

    answer = call(handler, "PUT", f"{TASK}/labels", wrong, ANN)

    assert answer.status == 422
    assert answer.body["errors"][0]["path"].startswith("objects[0]")


def test_a_save_is_undone_by_restoring_an_earlier_one(house: House) -> None:
    save_a_car()
    call(handler, "PUT", f"{TASK}/labels", {"labels": {}}, ANN)

    restored = call(handler, "POST", f"{TASK}/labels/restore", {"row_version": 1}, ANN)

    assert (restored.body["row_version"], restored.body["objects"]) == (3, 1)
    saves = call(handler, "GET", f"{TASK}/labels/history", token=ANN).body["entries"]
    assert [save["objects"] for save in saves] == [1, 0, 1]
    assert call(handler, "GET", f"{TASK}/labels?row_version=2", token=ANN).body["labels"] == {}


def test_a_rejected_label_opens_an_issue(house: House) -> None:
    save_a_car()
    call(handler, "POST", f"{TASK}/actions", {"action": "submit"}, ANN)

    rejected = call(handler, "POST", f"{TASK}/reviews/car00001/actions", {"action": "reject", "comment": "loose"}, REV)

    assert rejected.body["status"] == "REJECTED"
    issues = call(handler, "GET", "/v1/projects/project/issues", token=ANN).body["entries"]
    assert [issue["comments"][0]["content"] for issue in issues] == ["loose"]
    reviews = call(handler, "GET", f"{TASK}/reviews", token=REV).body["entries"]
    assert reviews[0]["issue_id"] == issues[0]["id"]


def test_an_issue_is_discussed_resolved_and_reopened(house: House) -> None:
    opened = call(
        handler, "POST", f"{TASK}/issues", {"comment": "blurred?", "anchor": {"kind": "frame", "frame": 0}}, ANN
    )
    issue = f"{TASK}/issues/{opened.body['id']}"

    answered = call(handler, "POST", f"{issue}/comments", {"comment": "yes"}, REV)
    assert [remark["content"] for remark in answered.body["comments"]] == ["blurred?", "yes"]
    assert call(handler, "POST", f"{issue}/resolve", token=REV).status == 200
    assert call(handler, "GET", TASK, token=ANN).body["resolved_issues"] == 1
    assert call(handler, "POST", f"{issue}/reopen", token=REV).status == 200
    assert call(handler, "POST", f"{issue}/reopen", token=REV).status == 409


def test_many_tasks_are_moved_by_a_manager(house: House) -> None:
    a_person(house, "boss@acme.io")
    grant(house, "boss@acme.io", "project:project", Role.TEAM_MANAGER)
    wanted = {"task_ids": [a_path().task_id, "gone"], "apply": {"action": "move", "destination": "review"}}

    outcome = call(handler, "POST", "/v1/projects/project/tasks/actions", wanted, "token-of-boss@acme.io").body

    assert (len(outcome["done"]), [failed["task_id"] for failed in outcome["failed"]]) == (1, ["gone"])


def test_the_same_claim_under_one_key_is_answered_once(house: House) -> None:
    path, body = "/v1/projects/project/stages/annotate/claim", {"lease_seconds": 60}

    first = call(handler, "POST", path, body, ANN, idempotency_key="k1").body
    again = call(handler, "POST", path, body, ANN, idempotency_key="k1").body

    assert first == again


def test_strangers_do_not_learn_that_a_task_exists(house: House) -> None:
    a_person(house, "eve@acme.io")

    assert call(handler, "GET", TASK, token="token-of-eve@acme.io").status == 404

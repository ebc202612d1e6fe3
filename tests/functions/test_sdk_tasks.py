"""Tasks of a stage over the public SDK's door: filters, pages, and actions that happen together or not at all."""

from collections.abc import Iterator
from typing import Any

import pytest

from functions.sdk.app import handler
from gloss import wiring
from gloss.domain.access import Role
from gloss.kinds.workflow import STEPS, TASKS, of_task
from gloss.ports import Query, Save, Store
from gloss.sdk.naming import pathway_uuid, stage_uuid
from tests.builders_workflow import a_path, a_project, a_running_project, a_task, task_in
from tests.doorway import Answered, House, a_house, a_person, call, grant

ANN, REV, BOSS = "token-of-ann@acme.io", "token-of-rev@acme.io", "token-of-boss@acme.io"
TRACE = {"x_cloud_trace_context": "00ff/1;o=1"}


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        a_running_project(
            a_task(stage="agent", title="Alley.jpg"),
            a_task(stage="agent", data_id="two", title="Bridge.jpg", priority=0.9),
            a_task(data_id="three", status="SKIPPED"),
            project=a_project(org_id=made.founded.org_id),
            ports=made.ports,
        )
        roles = {"ann": Role.ANNOTATOR, "rev": Role.REVIEWER, "boss": Role.ADMIN}
        for name, role in roles.items():
            a_person(made, f"{name}@acme.io")
            grant(made, f"{name}@acme.io", "project:project", role)
        yield made


def at(stage: str, what: str) -> str:
    return f"/v2/public/projects/project/workflow/stages/{stage_uuid('project', stage)}/{what}"  # type: ignore[arg-type]


def tasks(stage: str, query: str = "", token: str = BOSS) -> Answered:
    return call(handler, "GET", at(stage, f"tasks?{query}"), token=token)


def titles(stage: str, query: str = "", token: str = BOSS) -> list[str]:
    return [task["dataTitle"] for task in tasks(stage, query, token).body["results"]]


def act(stage: str, *items: dict[str, Any], token: str = BOSS, **headers: str) -> Answered:
    return call(handler, "POST", at(stage, "actions"), list(items), token, **headers)


def proceed(data_id: str = "data", **how: str) -> dict[str, Any]:
    return {"taskUuid": a_path(data_id).task_id, "action": "PATHWAY_ACTION", **(how or {"pathwayName": "labelled"})}


def steps(house: House, data_id: str = "data") -> list[str]:
    found = house.ports.store.page(STEPS, of_task(a_path(data_id).task_id), Query(prefix="STEP#")).entries
    return [step.action for step in found]


def many_more(house: House, number: int) -> None:
    for each in range(number):
        task = a_task(stage="agent", data_id=f"data-{each}", title=f"{each:04}.jpg")
        house.ports.store.commit([Save(TASKS, task)])


def test_an_agents_task_says_all_that_the_client_demands(house: House) -> None:
    task = tasks("agent").body["results"][0]

    assert (task["uuid"], task["dataHash"], task["status"]) == (a_path().task_id, "data", "NEW")
    assert (task["assignee"], task["lastActionedBy"], task["labelBranchName"]) == (None, None, "main")


def test_an_assigned_task_names_the_person_by_email(house: House) -> None:
    item = {"taskUuid": a_path("three").task_id, "action": "ASSIGN", "assignee": "Ann@acme.io"}

    assert act("annotate", item).status == 200

    task = tasks("annotate").body["results"][0]
    assert (task["assignee"], task["status"]) == ("ann@acme.io", "ASSIGNED")
    assert titles("annotate", "userEmails=ann%40acme.io&userEmails=nobody%40acme.io") == ["street.jpg"]
    assert titles("annotate", "userEmails=nobody%40acme.io") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("dataTitleContains=RIDGE", ["Bridge.jpg"]),
        ("dataHashes=two&dataHashes=data&dataHashes=none&dataHashes=three", ["Alley.jpg", "Bridge.jpg"]),
        ("datasetHashes=dataset&datasetHashes=other", ["Alley.jpg", "Bridge.jpg"]),
        ("datasetHashes=other", []),
        ("statuses=NEW&statuses=SKIPPED", ["Alley.jpg", "Bridge.jpg"]),
        ("statuses=COMPLETED", []),
    ],
)
def test_filters_are_repeated_keys(house: House, query: str, expected: list[str]) -> None:
    assert titles("agent", query) == expected


def test_tasks_that_leave_between_pages_make_the_list_skip_none(house: House) -> None:
    many_more(house, 150)
    first = tasks("agent").body
    for task in first["results"]:
        assert act("agent", {**proceed(), "taskUuid": task["uuid"]}).status == 200

    second = tasks("agent", f"pageToken={first['nextPageToken']}").body

    assert (len(first["results"]), len(second["results"]), second["nextPageToken"]) == (100, 52, None)


def test_a_pathway_is_named_by_its_uuid_too(house: House) -> None:
    uuid = pathway_uuid("project", "agent", "p2")  # type: ignore[arg-type]

    assert act("agent", proceed(pathwayUuid=uuid)).status == 200

    assert task_in(house.ports).stage == "complete"


@pytest.mark.parametrize(
    ("bad", "token", "status"),
    [
        ({"taskUuid": "unknown", "action": "PATHWAY_ACTION", "pathwayName": "labelled"}, BOSS, 400),
        (proceed("three"), BOSS, 400),
        (proceed("data"), BOSS, 400),
        (proceed("two", pathwayName="nowhere"), BOSS, 400),
        ({"taskUuid": a_path("two").task_id, "action": "PATHWAY_ACTION"}, BOSS, 400),
        ({"taskUuid": a_path("two").task_id, "action": "SUBMIT"}, BOSS, 400),
        ({"taskUuid": a_path("two").task_id, "action": "ASSIGN", "assignee": "nobody@acme.io"}, BOSS, 400),
        ({"taskUuid": a_path("two").task_id, "action": "DANCE"}, BOSS, 400),
        (proceed("two"), ANN, 403),
    ],
)
def test_one_action_that_cannot_be_keeps_all_from_happening(house: House, bad: Any, token: str, status: int) -> None:
    answer = act("agent", proceed(), bad, token=token)

    assert (answer.status, set(answer.body)) == (status, {"message"})
    assert (task_in(house.ports).stage, steps(house)) == ("agent", [])


def test_a_retry_after_a_crash_before_the_receipt_finds_its_work_done(house: House) -> None:
    assert act("agent", proceed(), proceed("two"), **TRACE).body is None
    records = house.ports.store._records  # type: ignore[attr-defined]
    for key in [key for key in records if key.partition.startswith("RECEIPT#")]:
        del records[key]

    again = act("agent", proceed(), proceed("two"), **TRACE)

    assert (again.status, again.body) == (200, None)
    assert (steps(house), steps(house, "two")) == (["proceed"], ["proceed"])


def test_another_request_for_the_same_move_is_refused(house: House) -> None:
    act("agent", proceed())

    assert act("agent", proceed()).status == 400


def test_an_unlabelled_task_that_needs_answers_is_not_submitted(house: House) -> None:
    submitted = act("annotate", {"taskUuid": a_path("three").task_id, "action": "SUBMIT"}, token=ANN)

    assert submitted.status == 400
    assert "requires answers" in submitted.body["message"]


class Counting:
    """Records that count how many lists are read."""

    def __init__(self, store: Store) -> None:
        self._store, self.lists = store, 0

    def every(self, *asked: Any) -> Any:
        self.lists += 1
        return self._store.every(*asked)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_no_month_is_looked_through_that_has_not_come(house: House) -> None:
    asked = "projectUuid=project&after=2020-01-01T00:00:00&before=9999-12-01T00:00:00"
    store = Counting(house.ports.store)

    with wiring.standing_in(store=store):
        answer = call(handler, "GET", f"/v2/public/analytics/task-actions?{asked}", token=BOSS)

    assert (answer.status, store.lists < 100) == (200, True)


def test_a_log_before_time_began_is_refused(house: House) -> None:
    values = {"uid": None, "payload": {"start_timestamp": -(10**30)}}
    body = {"query_type": "labellog", "query_method": "GET", "values": values}

    answer = call(handler, "POST", "/public", body, BOSS, resourcetype="project", resourceid="project")

    assert answer.body["status"] == 400

"""Time at work over HTTP: signals in, lists out, each for those who may see it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from functions.report.app import handler as report
from functions.sdk.app import handler as sdk
from functions.workflow.app import handler as workflow
from gloss.adapters.memory import FixedClock
from gloss.domain.access import Role
from tests.builders_labels import a_car
from tests.builders_workflow import NOON, a_path, a_project, a_running_project, a_task
from tests.doorway import Answered, House, a_house, a_person, call, grant, query

ANN, REV, BOSS = "token-of-ann@acme.io", "token-of-rev@acme.io", "token-of-boss@acme.io"
ROLES = {"ann": Role.ANNOTATOR, "rev": Role.REVIEWER, "boss": Role.ADMIN}
TASK = f"/v1/projects/project/tasks/{a_path().task_id}"
SPENT = "/v1/projects/project/analytics/time-spent"
TIMERS = "/v1/projects/project/analytics/timers"
SESSION = str(UUID(int=7))


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        assert isinstance(made.ports.clock, FixedClock)
        made.ports.clock.moment = NOON
        a_running_project(a_task(), project=a_project(org_id=made.founded.org_id), ports=made.ports)
        for name, role in ROLES.items():
            a_person(made, f"{name}@acme.io")
            grant(made, f"{name}@acme.io", "project:project", role)
        yield made


def say(house: House, seq: int, seconds: float = 0, token: str = ANN, **more: Any) -> Answered:
    assert isinstance(house.ports.clock, FixedClock)
    house.ports.clock.pass_time(seconds)
    return call(workflow, "POST", f"{TASK}/activity", {"session_id": SESSION, "seq": seq, **more}, token)


def some_time(house: House) -> None:
    for token in (ANN, REV):
        say(house, 1, 1, token)
        say(house, 2, 20, token)


def listed(path: str, token: str, **wanted: str) -> Answered:
    return call(report, "GET", query(path, after="2026-01-01T00:00:00Z", **wanted), token=token)


def test_signals_become_time_that_managers_see_of_everybody(house: House) -> None:
    some_time(house)

    entries = listed(SPENT, BOSS).body["entries"]

    assert [(it["user_id"], it["seconds"]) for it in entries] == [("user-ann@acme.io", 20), ("user-rev@acme.io", 20)]
    assert (entries[0]["role"], entries[0]["stage"], entries[0]["start"]) == (
        "ANNOTATOR",
        "annotate",
        "2026-01-01T00:00:00Z",
    )
    assert [it["seconds"] for it in listed(TIMERS, BOSS, by="project").body["entries"]] == [20, 20]


def test_others_see_their_own_time_only(house: House) -> None:
    some_time(house)

    assert [it["user_id"] for it in listed(SPENT, ANN).body["entries"]] == ["user-ann@acme.io"]
    assert listed(SPENT, ANN, user_id="user-rev@acme.io").body["entries"] == []
    assert [it["user_id"] for it in listed(TIMERS, REV).body["entries"]] == ["user-rev@acme.io"]


def test_saves_over_v1_count_as_signals(house: House) -> None:
    for seconds in (0, 30):
        assert isinstance(house.ports.clock, FixedClock)
        house.ports.clock.pass_time(seconds)
        assert call(workflow, "PUT", f"{TASK}/labels", {"labels": {"objects": [a_car()]}}, ANN).status == 200

    assert [it["seconds"] for it in listed(SPENT, ANN).body["entries"]] == [30]
    (timer,) = listed(TIMERS, ANN).body["entries"]
    assert (timer["seconds_per_object"], timer["seconds_per_classification"]) == (30, None)


@pytest.mark.parametrize(
    ("body", "status"), [({"session_id": "mine", "seq": 1}, 422), ({"session_id": SESSION, "seq": -1}, 422)]
)
def test_a_signal_that_cannot_be_is_refused(house: House, body: dict[str, Any], status: int) -> None:
    assert call(workflow, "POST", f"{TASK}/activity", body, ANN).status == status


@pytest.mark.parametrize("edge", ["9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00"])
def test_nobody_works_at_the_ends_of_time(house: House, edge: str) -> None:
    for path in (SPENT, TIMERS):
        assert call(report, "GET", query(path, after=edge, before=edge), token=ANN).body["entries"] == []
    for path, name in (("time-spent", "projectUuid"), ("collaborators/timers", "projectHash")):
        wanted = {name: "project", "after": edge, "before": edge}
        assert call(sdk, "GET", query(f"/v2/public/analytics/{path}", **wanted), token=ANN).status == 200


def test_a_stranger_sees_neither_task_nor_time(house: House) -> None:
    stranger = a_person(house, "eve@acme.io")

    assert say(house, 1, token=stranger).status == 404
    assert listed(SPENT, stranger).status == 404


def sdk_asked(path: str, token: str, **wanted: str) -> Answered:
    return call(sdk, "GET", query(f"/v2/public/analytics/{path}", after="2026-01-01T00:00:00Z", **wanted), token=token)


def test_the_sdks_lists_hold_every_field_that_it_demands(house: House) -> None:
    some_time(house)

    (row,) = sdk_asked("time-spent", BOSS, projectUuid="project", userEmails="ann@acme.io").body["results"]

    assert (row["timeSpentSeconds"], row["userEmail"], row["projectUserRole"]) == (20, "ann@acme.io", 1)
    assert (row["workflowStage"]["title"], row["workflowTaskUuid"]) == ("Annotate", a_path().task_id)
    timers = sdk_asked("collaborators/timers", BOSS, projectHash="project", groupBy="project", pageSize="1").body
    assert timers["results"] == [{"userEmail": "ann@acme.io", "userRole": 1, "dataTitle": None, "timeSeconds": 20.0}]
    more = {"projectHash": "project", "groupBy": "project", "pageToken": timers["nextPageToken"]}
    assert [it["userEmail"] for it in sdk_asked("collaborators/timers", BOSS, **more).body["results"]] == [
        "rev@acme.io"
    ]


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ({"userEmails": "nobody@acme.io"}, 0),
        ({"workflowStageUuids": "00000000-0000-0000-0000-000000000000"}, 0),
        ({"dataUuids": "data"}, 2),
        ({"datasetUuids": "other"}, 0),
        ({"dataTitle": "STREET"}, 2),
        ({"before": "2026-01-01T12:00:00Z"}, 0),
    ],
)
def test_the_sdks_filters_keep_what_they_name(house: House, more: dict[str, str], count: int) -> None:
    some_time(house)

    assert len(sdk_asked("time-spent", BOSS, projectUuid="project", **more).body["results"]) == count


def test_the_sdk_of_an_annotator_is_told_their_own_time(house: House) -> None:
    some_time(house)

    assert [it["userEmail"] for it in sdk_asked("time-spent", ANN, projectUuid="project").body["results"]] == [
        "ann@acme.io"
    ]
    assert sdk_asked("time-spent", a_person(house, "eve@acme.io"), projectUuid="project").status == 403

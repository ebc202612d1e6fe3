"""A project's log over HTTP, for its managers."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from functions.sdk.app import handler as sdk
from functions.workflow.app import handler
from gloss.adapters.memory import FixedClock
from gloss.domain.access import Role
from tests.builders_labels import a_car
from tests.builders_workflow import NOON, a_path, a_project, a_running_project, a_task
from tests.doorway import Answered, House, a_house, a_person, call, grant, query

ANN, BOSS = "token-of-ann@acme.io", "token-of-boss@acme.io"
TASK = f"/v1/projects/project/tasks/{a_path().task_id}"
DAY = {"start_time": "2026-01-01T00:00:00Z", "end_time": "2026-01-02T00:00:00Z"}


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        assert isinstance(made.ports.clock, FixedClock)
        made.ports.clock.moment = NOON
        a_running_project(a_task(), project=a_project(org_id=made.founded.org_id), ports=made.ports)
        for name, role in {"ann": Role.ANNOTATOR, "boss": Role.TEAM_MANAGER}.items():
            a_person(made, f"{name}@acme.io")
            grant(made, f"{name}@acme.io", "project:project", role)
        call(handler, "PUT", f"{TASK}/labels", {"labels": {"objects": [a_car()]}}, ANN)
        made.ports.clock.pass_time(1)
        call(handler, "POST", f"{TASK}/actions", {"action": "submit"}, ANN)
        yield made


def log(token: str = BOSS, **wanted: str) -> Answered:
    return call(handler, "GET", query("/v1/projects/project/editor-logs", **{**DAY, **wanted}), token=token)


def test_the_log_is_paged_in_order_of_time(house: House) -> None:
    first = log(limit="2").body

    told = [*first["entries"], *log_after(first["next_token"]).body["entries"]]

    assert [(it["action"], it["category"]) for it in told] == [
        ("SAVE", "editor"),
        ("CREATE_OBJECT", "object"),
        ("SUBMIT_TASK", "task"),
    ]
    assert told[1]["label"]["label_id"] == "car00001"
    assert {(it["actor"], it["stage"], it["branch"]) for it in told} == {("user-ann@acme.io", "annotate", "main")}


def log_after(token: str) -> Answered:
    return call(handler, "GET", query("/v1/projects/project/editor-logs", **DAY, token=token), token=BOSS)


def test_only_managers_read_the_log(house: House) -> None:
    assert log(ANN).status == 403
    assert log(a_person(house, "eve@acme.io")).status == 404


@pytest.mark.parametrize(
    ("wanted", "status"),
    [({"end_time": "2026-02-02T00:00:00Z"}, 422), ({"end_time": "2025-12-31T00:00:00Z"}, 422), ({"limit": "0"}, 422)],
)
def test_a_log_that_cannot_be_is_refused(house: House, wanted: dict[str, str], status: int) -> None:
    assert log(**wanted).status == status
    assert log_after("*").status == 400


EDGES = ("9999-12-31T23:59:59-05:00", "9999-12-20T00:00:00Z", "0001-01-01T00:00:00+05:00")


@pytest.mark.parametrize("edge", EDGES)
def test_at_the_ends_of_time_nothing_was_done(house: House, edge: str) -> None:
    span = {"startTime": edge, "endTime": edge}

    assert log(start_time=edge, end_time=edge).body["entries"] == []
    assert call(sdk, "GET", query("/v2/public/projects/project/editor-logs", **span), token=BOSS).status == 200


def test_the_sdk_is_told_when_a_span_is_too_long(house: House) -> None:
    span = {"startTime": "2026-01-01T00:00:00Z", "endTime": "2026-02-02T00:00:00Z"}

    assert call(sdk, "GET", query("/v2/public/projects/project/editor-logs", **span), token=BOSS).status == 400


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ({}, 3),
        ({"actorUserEmail": "ann@acme.io"}, 3),
        ({"actorUserEmail": "nobody@acme.io"}, 0),
        ({"workflowStageId": str(UUID(int=0))}, 0),
    ],
)
def test_the_sdks_log_is_filtered(house: House, more: dict[str, str], count: int) -> None:
    span = {"startTime": "2026-01-01T00:00:00Z", "endTime": "2026-01-02T00:00:00Z", **more}

    answer = call(sdk, "GET", query("/v2/public/projects/project/editor-logs", **span), token=BOSS)

    assert len(answer.body["results"]) == count

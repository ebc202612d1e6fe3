"""Answers that take a request too long: the legacy client is sent to wait, and finds what it would have been told."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from functions.poll.app import handler as poll
from functions.sdk.app import handler as sdk
from gloss.adapters.memory import FixedClock
from gloss.adapters.memory_media import MemoryMedia
from gloss.domain.access import Role
from gloss.domain.model import UserId
from gloss.domain.project import Project
from gloss.kinds.identity import GRANTS, grant_key
from gloss.ports import Erase
from gloss.services import deferring
from gloss.services.deferring import Broken
from tests.builders_catalog import a_dataset, a_project, label, tasks_of
from tests.builders_labels import a_body_json
from tests.doorway import ADMIN_TOKEN, Answered, House, a_house, a_person, an_http_event, call, grant
from tests.functions.test_label_row_doorways import ask
from tests.functions.test_large_label_rows import a_long_ride, a_video_task, query
from tests.functions.test_logs import listening
from tests.functions.test_long_label_rows import run, started
from tests.walk import walk

TRACE = {"x_cloud_trace_context": "080105ec27944b929b69b7825c9ff8a1/1;o=1"}
LIST = "labelrowmetadata GET"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def house(clock: FixedClock) -> Iterator[House]:
    """A house whose requests list two rows at most."""
    media = MemoryMedia({})
    with a_house(most_in_a_request=2, clock=clock, pause=clock.pass_time, media=media) as made:
        yield made


def a_long_project(house: House, items: int = 3) -> Project:
    return a_project(house, a_dataset(house, items)).project


def runs(house: House) -> list[dict[str, Any]]:
    """What the runs of late answers were started with."""
    started: Any = house.ports.machines.started  # type: ignore[attr-defined]
    return [dict(payload) for (machine, _), payload in started.items() if machine == deferring.MACHINE]


def run_all(house: House) -> None:
    for payload in runs(house):
        walk(deferring.MACHINE, "sdk", payload)


def awaited(answer: Answered) -> Answered:
    """Where an answer sends the client; it brings no credential of its own."""
    return call(poll, "GET", answer.headers["Location"], token=None)


def written(house: House, answer: Answered) -> Any:
    """What lies where the poll sends the client."""
    place = urlsplit(answer.headers["Location"])
    return json.loads(house.ports.blobs.get(place.path.lstrip("/")))


def test_a_list_that_fits_is_answered_at_once(house: House) -> None:
    answer = ask(a_long_project(house, items=2), LIST, payload={})

    assert (answer.status, len(answer.body["response"]), runs(house)) == (200, 2, [])


def test_a_longer_list_is_written_by_a_run_to_which_a_token_leads(house: House) -> None:
    answer = ask(a_long_project(house), LIST, payload={})
    run_all(house)
    there = awaited(answer)

    assert [answer.status, there.status] == [303, 303]
    assert urlsplit(answer.headers["Location"]).netloc == ""
    titles = {row["data_title"] for row in written(house, there)["response"]}
    assert titles == {"00001.jpg", "00002.jpg", "00003.jpg"}
    assert written(house, there)["status"] == 200


@pytest.mark.parametrize("named", ["data_hashes", "label_hashes"])
def test_a_list_of_many_names_is_long_however_few_of_them_are_there(house: House, named: str) -> None:
    project = a_long_project(house, items=2)
    task = label(house, tasks_of(house, project)[0], a_body_json())
    known = {"data_hashes": task.data_id, "label_hashes": task.id}[named]

    answer = ask(project, LIST, payload={named: [known, "strange", "stranger"]})
    run_all(house)

    assert [row["data_hash"] for row in written(house, awaited(answer))["response"]] == [task.data_id]


def test_a_list_of_every_branch_is_as_long_as_all_of_them_together(house: House) -> None:
    project = a_long_project(house, items=1)
    unit = tasks_of(house, project)[0].data_id
    for branch in ("first", "second"):
        ask(project, "labelrow PUT", [unit], {"branch_name": branch})

    answer = ask(project, LIST, payload={"include_all_label_branches": True})
    run_all(house)

    rows = written(house, awaited(answer))["response"]
    assert (answer.status, sorted(row["branch_name"] for row in rows)) == (303, ["first", "main", "second"])


def test_a_project_with_its_label_rows_is_as_long_as_these(house: House) -> None:
    project = a_long_project(house)

    answer = ask(project, "project GET", payload={"include_labels_metadata": True})
    run_all(house)

    told = written(house, awaited(answer))["response"]
    assert (told["project_hash"], len(told["label_rows"])) == (project.id, 3)


def test_label_rows_are_read_and_made_by_a_run_once_their_labels_are_long(house: House) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(60))

    answers = [query(task, "labelrow", how, [uid], {}) for how, uid in (("GET", task.id), ("PUT", task.data_id))]
    run_all(house)

    for answer in answers:
        (row,) = written(house, awaited(answer))["response"]
        assert len(row["data_units"][task.data_id]["labels"]) == 60


def test_a_long_body_is_left_to_a_run_before_any_of_it_is_read(house: House) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(1))
    run(started(house, task, json.dumps(a_long_ride(30)).encode()).body["id"])

    answer = query(task, "labelrow", "GET", [task.id], {})
    run_all(house)

    (row,) = written(house, awaited(answer))["response"]
    assert (answer.status, len(row["data_units"][task.data_id]["labels"])) == (303, 30)


@pytest.mark.parametrize("what", ["dataset", "datarows"])
def test_the_data_units_of_a_large_dataset_are_told_by_a_run(house: House, what: str) -> None:
    dataset = a_dataset(house, items=3)
    query = {"query_type": what, "query_method": "GET", "values": {"uid": dataset, "payload": {}}}

    answer = call(sdk, "POST", "/public", query, resourcetype="dataset", resourceid=dataset)
    run_all(house)

    told = written(house, awaited(answer))["response"]
    rows = told["data_rows"] if what == "dataset" else told
    assert [row["data_title"] for row in rows] == ["00001.jpg", "00002.jpg", "00003.jpg"]


def test_who_waits_is_held_for_25_seconds_and_sent_to_wait_on(house: House, clock: FixedClock) -> None:
    answer, before = ask(a_long_project(house), LIST, payload={}), clock.now()

    held = awaited(answer)

    assert (held.status, held.headers["Location"]) == (303, answer.headers["Location"])
    assert 24.9 < (clock.now() - before).total_seconds() <= 25


def test_a_second_try_of_a_call_gets_the_same_token_and_no_second_run(house: House) -> None:
    project = a_long_project(house)

    first, second = (ask(project, LIST, payload={}, **TRACE) for _ in range(2))
    other = ask(project, LIST, payload={"include_uninitialised_labels": True}, **TRACE)

    assert first.headers["Location"] == second.headers["Location"] != other.headers["Location"]
    assert len(runs(house)) == 2


def test_an_equal_trace_is_answered_anew_once_the_answer_is_there(house: House) -> None:
    project = a_long_project(house)
    task = label(house, tasks_of(house, project)[0], a_body_json())
    before = ask(project, LIST, payload={}, **TRACE)
    run_all(house)
    ask(project, "labelworkflowgraphnode POST", [task.id], {"action": "complete"})

    after = ask(project, LIST, payload={}, **TRACE)
    run_all(house)

    told = [written(house, awaited(it))["response"] for it in (before, after)]
    assert ["REVIEWED" in {row["label_status"] for row in rows} for rows in told] == [False, True]


def test_an_equal_trace_some_minutes_later_is_answered_anew(house: House, clock: FixedClock) -> None:
    project = a_long_project(house)
    first = ask(project, LIST, payload={}, **TRACE)
    clock.pass_time(301)

    assert ask(project, LIST, payload={}, **TRACE).headers["Location"] != first.headers["Location"]


def test_another_person_s_trace_leads_to_no_token_of_theirs(house: House) -> None:
    project = a_long_project(house)
    token = a_person(house, "vera@acme.io")
    grant(house, "vera@acme.io", f"project:{project.id}", Role.VIEWER)

    mine, theirs = (ask(project, LIST, payload={}, token=it, **TRACE) for it in (ADMIN_TOKEN, token))

    assert mine.headers["Location"] != theirs.headers["Location"]


@pytest.mark.parametrize("when", ["before the run", "after the run"])
def test_who_has_lost_their_role_meanwhile_gets_no_answer(house: House, when: str) -> None:
    project = a_long_project(house)
    token = a_person(house, "vera@acme.io")
    grant(house, "vera@acme.io", f"project:{project.id}", Role.VIEWER)
    answer = ask(project, LIST, payload={}, token=token)
    if when == "after the run":
        run_all(house)

    held = house.ports.store.get(GRANTS, grant_key(f"project:{project.id}", UserId("user-vera@acme.io")))
    house.ports.store.commit([Erase(GRANTS, held)])
    run_all(house)

    assert awaited(answer).body["response"] == ["AUTHORISATION_ERROR"]


def test_what_is_wrong_with_a_query_is_told_at_once(house: House) -> None:
    answer = ask(a_long_project(house), LIST, payload={"label_statuses": ["SAD"]})

    assert (answer.body["response"], runs(house)) == (["INVALID_ARGUMENTS_ERROR"], [])


def test_a_run_that_breaks_off_is_told_in_the_envelope(house: House) -> None:
    answer = ask(a_long_project(house), LIST, payload={})
    house.ports.blobs.remove(list(house.ports.blobs.keys("tmp/queries/")))
    (asked,) = runs(house)

    deferring.excuse(Broken(answer_id=asked["answer_id"], error={"Error": "States.Timeout"}), house.ports)

    told = awaited(answer)
    assert (told.status, told.body["response"], told.body["payload"]) == (503, ["UNKNOWN_ERROR"], deferring.BROKEN)


@pytest.mark.parametrize("token", ["strange", "a" * 43, "%2e%2e", "x" * 5000])
def test_a_token_of_nobody_s_opens_nothing(house: House, token: str) -> None:
    answer = call(poll, "GET", f"/v2/public/answers/{token}", token=None)

    assert (answer.status, answer.body["response"]) == (200, ["AUTHORISATION_ERROR"])


def test_a_token_opens_nothing_any_more_when_it_has_expired(house: House, clock: FixedClock) -> None:
    answer = ask(a_long_project(house), LIST, payload={})
    run_all(house)

    clock.pass_time(deferring.KEPT_S)

    assert awaited(answer).body["response"] == ["AUTHORISATION_ERROR"]


def test_neither_the_log_nor_a_record_holds_the_token(house: House) -> None:
    with listening() as log:
        answer = ask(a_long_project(house), LIST, payload={}, **TRACE)
        token = answer.headers["Location"].rpartition("/")[2]
        run_all(house)
        poll(an_http_event("GET", answer.headers["Location"], None, {}), None)

    assert "/v2/public/answers/{token}" in log.getvalue()
    assert token not in log.getvalue()
    assert all(token not in record.body for record in house.ports.store._records.values())  # type: ignore[attr-defined]

"""A project's log: steps, saves and edits in order of time, whole over any pages, compared once and kept."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.adapters.memory import FixedClock, MemoryBlobs, memory_ports
from gloss.domain.access import Caller, Role
from gloss.domain.errors import Invalid, Malformed
from gloss.domain.model import ProjectId
from gloss.domain.workflow.actions import Submit
from gloss.domain.workflow.chronicle import Entry, LogFilter
from gloss.ports import Ports
from gloss.services import advancing, chronicling, comparing, labelling
from gloss.services.labelling import SavedLabels
from gloss.services.queueing import Turn, written_token
from tests.builders_labels import a_car, a_scene
from tests.builders_workflow import NOON, a_caller, a_path, a_project, a_running_project, a_task
from tests.mortal import killed_after, mortal

ANN, BOSS = a_caller(Role.ANNOTATOR, "ann"), a_caller()
CREATED = ["SAVE", "CREATE_OBJECT", "CREATE_OBJECT", "CREATE_CLASSIFICATION"]


def a_place(ports: Ports | None = None) -> Ports:
    ports = a_running_project(a_task(), a_task(data_id="two"), ports=ports)
    assert isinstance(ports.clock, FixedClock)
    ports.clock.moment = NOON
    return ports


def cars(*numbers: int) -> list[dict[str, Any]]:
    return [a_car(id=f"car{number:05}") for number in numbers]


def save(ports: Ports, *numbers: int, data_id: str = "data", caller: Caller = ANN, **more: Any) -> None:
    assert isinstance(ports.clock, FixedClock)
    ports.clock.pass_time(1)
    body = {"objects": cars(*numbers), "classifications": [a_scene()], **more}
    labelling.save(a_path(data_id), SavedLabels(labels=body), caller, ports)


def submit(ports: Ports) -> None:
    assert isinstance(ports.clock, FixedClock)
    ports.clock.pass_time(1)
    advancing.act(a_path(), Submit(), ANN, ports)


def a_filter(**wanted: Any) -> LogFilter:
    span = {"after": NOON, "before": NOON + timedelta(days=1)}
    return LogFilter.model_validate({"project_id": "project", **span, **wanted})


def log(ports: Ports, limit: int = 1_000, **wanted: Any) -> list[Entry]:
    found: list[Entry] = []
    token = None
    for _ in range(500):
        turn = Turn(limit=limit, token=token)
        page = chronicling.entries(a_project(), a_filter(**wanted), turn, ports)
        found, token = [*found, *page.entries], page.next_token
        if token is None:
            return found
    raise AssertionError("the log has no end")


def actions(found: list[Entry]) -> list[str]:
    return [entry.action for entry in found]


def test_saves_and_steps_are_told_in_the_order_of_time() -> None:
    ports = a_place()
    save(ports, 1, 2)
    save(ports, 2, 3)
    submit(ports)

    found = log(ports)

    assert actions(found) == [*CREATED, "SAVE", "DELETE_OBJECT", "CREATE_OBJECT", "SUBMIT_TASK"]
    assert {entry.actor for entry in found} == {"ann"}
    assert [entry.category for entry in found[:4]] == ["editor", "object", "object", "classification"]
    assert len({entry.id for entry in found}) == len(found)


@given(
    saves=st.lists(st.tuples(st.sampled_from(["data", "two"]), st.sets(st.integers(1, 5))), max_size=6),
    limit=st.integers(1, 7),
)
@settings(deadline=None, max_examples=40)
def test_pages_of_any_size_hold_the_whole_log(saves: list[tuple[str, set[int]]], limit: int) -> None:
    ports = a_place()
    for data_id, numbers in saves:
        save(ports, *numbers, data_id=data_id)

    paged, whole = log(ports, limit), log(ports)

    assert [entry.id for entry in paged] == [entry.id for entry in whole]
    there: dict[str, set[str]] = {"data": set(), "two": set()}
    for data_id, numbers in saves:
        there[data_id] = {f"car{number:05}" for number in numbers}
    assert balance(whole) == {a_path(data_id).task_id: ids for data_id, ids in there.items() if ids}


def balance(found: list[Entry]) -> dict[str, set[str]]:
    """The objects that are there when all is done that the log says."""
    there: dict[str, set[str]] = {}
    for entry in found:
        if entry.edit and entry.action == "CREATE_OBJECT":
            there.setdefault(entry.task, set()).add(entry.edit.label_id)
        if entry.edit and entry.action == "DELETE_OBJECT":
            there[entry.task].remove(entry.edit.label_id)
    return {task: ids for task, ids in there.items() if ids}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"action": "CREATE_OBJECT"}, ["CREATE_OBJECT"] * 3),
        ({"action": "SUBMIT_TASK"}, ["SUBMIT_TASK"]),
        ({"actor": "boss"}, ["SAVE", "CREATE_OBJECT", "CREATE_CLASSIFICATION"]),
        ({"data_id": "two"}, ["SAVE", "CREATE_OBJECT", "CREATE_CLASSIFICATION"]),
        ({"stage": "review"}, []),
        ({"after": NOON + timedelta(seconds=2)}, ["SAVE", "CREATE_OBJECT", "CREATE_CLASSIFICATION", "SUBMIT_TASK"]),
        ({"before": NOON + timedelta(seconds=2)}, CREATED),
    ],
)
def test_each_filter_keeps_what_it_names(wanted: dict[str, Any], expected: list[str]) -> None:
    ports = a_place()
    save(ports, 1, 2)
    save(ports, 1, data_id="two", caller=BOSS)
    submit(ports)

    assert actions(log(ports, **wanted)) == expected


def test_a_save_is_compared_once_and_then_read() -> None:
    ports = a_place()
    save(ports, 1, 2)
    first = log(ports)
    assert isinstance(ports.blobs, MemoryBlobs)
    ports.blobs.remove(list(ports.blobs.keys("labels/")))

    assert log(ports) == first


def test_a_comparison_that_broke_off_is_made_again_whole() -> None:
    count = 2 * comparing.CHUNK + 1
    for writes in range(3):
        ports, life = mortal(memory_ports())
        a_place(ports)
        save(ports, *range(count))

        killed_after(writes, life, lambda ports=ports: log(ports))  # type: ignore[misc]

        assert actions(log(ports)) == ["SAVE", *["CREATE_OBJECT"] * count, "CREATE_CLASSIFICATION"]


def test_a_full_chunk_is_followed_by_the_next_save() -> None:
    ports = a_place()
    save(ports, *range(comparing.CHUNK), classifications=[])
    save(ports, *range(1, comparing.CHUNK), classifications=[])

    assert actions(log(ports, 300))[-3:] == ["CREATE_OBJECT", "SAVE", "DELETE_OBJECT"]


def test_saving_the_same_again_is_a_save_and_no_edit() -> None:
    ports = a_place()
    save(ports, 1)
    save(ports, 1)

    assert actions(log(ports, after=NOON + timedelta(seconds=2))) == ["SAVE"]


@pytest.mark.parametrize("days", [32, -1])
def test_a_span_that_is_too_long_or_backwards_is_refused(days: int) -> None:
    with pytest.raises(Invalid, match="31 days"):
        log(a_place(), before=NOON + timedelta(days=days))


@pytest.mark.parametrize("token", ["*", written_token("2026"), written_token("2026~x"), written_token("2026~²")])
def test_a_token_of_another_list_is_refused(token: str) -> None:
    with pytest.raises(Malformed):
        chronicling.entries(a_project(), a_filter(), Turn(token=token), a_place())


def test_another_projects_log_is_its_own() -> None:
    ports = a_place()
    save(ports, 1)
    other = a_project(id=ProjectId("other"))

    assert chronicling.entries(other, a_filter(project_id="other"), Turn(), ports).entries == ()

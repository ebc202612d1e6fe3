"""Queues: one order over all shards, pages that neither lose nor repeat, filters, counts."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.domain.access import Role
from gloss.domain.model import ProjectId
from gloss.domain.workflow import queue
from gloss.domain.workflow.task import Task
from gloss.ports import Ports
from gloss.services import claiming, queueing
from gloss.services.queueing import TaskFilter, Turn
from tests.builders_workflow import NOON, a_caller, a_running_project, a_task
from tests.services.test_claiming import HERE

PROJECT = ProjectId("project")
BOSS = a_caller()


def paged(wanted: TaskFilter, limit: int, ports: Ports, caller: Any = BOSS) -> list[Task]:
    found: list[Task] = []
    turn: Turn | None = Turn(limit=limit)
    while turn:
        page = queueing.tasks(PROJECT, wanted, turn, caller, ports)
        found += page.entries
        turn = Turn(limit=limit, token=page.next_token) if page.next_token else None
    return found


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), max_size=30), st.integers(1, 7))
def test_pages_of_a_stage_hold_every_task_once_in_order(priorities: list[float], limit: int) -> None:
    tasks = [a_task(data_id=f"d{n}", priority=priority) for n, priority in enumerate(priorities)]
    ports = a_running_project(*tasks)

    found = paged(TaskFilter(stage="annotate"), limit, ports)

    assert [task.id for task in found] == [task.id for task in sorted(tasks, key=queue.order)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=6), max_size=20), st.text(max_size=2), st.integers(1, 5))
def test_pages_by_title_hold_what_begins_so(titles: list[str], prefix: str, limit: int) -> None:
    ports = a_running_project(*(a_task(data_id=f"d{n}", title=title) for n, title in enumerate(titles)))

    found = [task.title for task in paged(TaskFilter(title=prefix), limit, ports)]

    assert sorted(found) == sorted(title for title in titles if title.casefold().startswith(prefix.casefold()))


def test_held_and_claimed_tasks_keep_their_place_in_the_list() -> None:
    tasks = [a_task(data_id=f"d{n}", priority=n / 10) for n in range(6)]
    ports = a_running_project(*tasks[:4], *(task.model_copy(update={"assignee": "bob"}) for task in tasks[4:]))
    claiming.claim(HERE, claiming.Claiming(), a_caller(Role.ANNOTATOR, "ann"), ports)

    assert [task.priority for task in paged(TaskFilter(stage="annotate"), 2, ports)] == [0.5, 0.4, 0.3, 0.2, 0.1, 0.0]


def test_what_a_person_holds_is_listed_for_that_person() -> None:
    ports = a_running_project(a_task(assignee="ann"), a_task(data_id="two", assignee="bob"))

    assert [task.assignee for task in paged(TaskFilter(assignee="bob"), 10, ports)] == ["bob"]


def test_a_lapsed_lease_no_longer_counts_as_held() -> None:
    ports = a_running_project(a_task(assignee="ann", lease_until=NOON, status="ASSIGNED"))
    ports.clock.moment = NOON

    assert paged(TaskFilter(assignee="ann"), 10, ports) == []
    assert [task.status for task in paged(TaskFilter(stage="annotate"), 10, ports)] == ["RELEASED"]


def test_an_annotator_lists_no_review_tasks() -> None:
    ports = a_running_project(a_task(), a_task(data_id="two", stage="review"))
    ann = a_caller(Role.ANNOTATOR, "ann")

    assert [task.stage for task in paged(TaskFilter(), 10, ports, ann)] == ["annotate"]


def test_open_issues_and_datasets_are_filters() -> None:
    ports = a_running_project(a_task(open_issues=1), a_task(data_id="two", dataset_id="other"))

    assert [task.data_id for task in paged(TaskFilter(has_open_issues=True), 10, ports)] == ["data"]
    assert [task.data_id for task in paged(TaskFilter(dataset_id="other", stage="annotate"), 10, ports)] == ["two"]


def test_stage_counts_add_free_held_and_claimed() -> None:
    ports = a_running_project(
        a_task(), a_task(data_id="two", assignee="bob"), a_task(data_id="three", stage="complete")
    )
    claiming.claim(HERE, claiming.Claiming(), BOSS, ports)

    counts = {count.stage: count.tasks for count in queueing.stages(PROJECT, BOSS, ports)}

    assert counts == {"agent": 0, "annotate": 2, "review": 0, "complete": 1}


def test_a_data_unit_names_its_task() -> None:
    ports = a_running_project(a_task(), a_task(data_id="two"))

    assert [task.data_id for task in paged(TaskFilter(data_id="two"), 10, ports)] == ["two"]
    assert paged(TaskFilter(data_id="three"), 10, ports) == []

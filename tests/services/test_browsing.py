"""Listing a stage while others are at work: no task that stays is passed over, none that left comes back."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.adapters.memory import memory_ports
from gloss.domain.access import Role
from gloss.domain.errors import GlossError, Malformed
from gloss.domain.model import StageId, UserId
from gloss.domain.workflow import queue
from gloss.domain.workflow.actions import Assign, Move, Proceed, Release, Requested, SetPriority
from gloss.ports import Ports
from gloss.services import advancing, browsing
from gloss.services.browsing import StageFilter
from gloss.services.queueing import Turn
from tests.builders_workflow import a_caller, a_member, a_path, a_project, a_running_project, a_task
from tests.interleaving import LaggingStore, TurnTaking
from tests.sdk.counting import CountingStore

BOSS = a_caller()
AGENT = StageId("agent")
NUMBER = 24
LEAVING: list[Requested] = [Proceed(pathway="labelled"), Move(destination=StageId("review"))]
STAYING: list[Requested] = [
    Assign(assignee=UserId("boss")),
    Release(),
    *(SetPriority(priority=it / 4) for it in range(5)),
]


def running() -> Ports:
    ports = memory_ports()
    a_member("boss", Role.ADMIN, ports)
    return a_running_project(
        *(a_task(stage="agent", data_id=f"d{it}", title=f"{it % 7}") for it in range(NUMBER)), ports=ports
    )


deeds = st.lists(st.tuples(st.integers(0, NUMBER - 1), st.sampled_from([*LEAVING, *STAYING])), max_size=8)


@given(between=st.lists(deeds, max_size=12), by_data=st.booleans(), limit=st.integers(1, 7))
@settings(deadline=None, max_examples=150)
def test_whatever_happens_between_pages_who_stays_is_listed_once(
    between: list[list[tuple[int, Requested]]], by_data: bool, limit: int
) -> None:
    ports = running()
    named = frozenset(f"d{it}" for it in range(NUMBER)) if by_data else None
    wanted = StageFilter.model_validate({"stage": AGENT, "data_ids": named})
    gone: set[str] = set()
    listed: list[str] = []
    token: str | None = None
    for round_ in range(NUMBER + 1):
        page = browsing.of_stage(a_project(), wanted, Turn(limit=limit, token=token), BOSS, ports)
        assert not gone & {task.data_id for task in page.entries}
        listed += [task.data_id for task in page.entries]
        token = page.next_token
        if token is None:
            break
        for place, action in between[round_] if round_ < len(between) else []:
            gone |= {f"d{place}"} if done(f"d{place}", action, ports) and action in LEAVING else set()

    stayed = {f"d{it}" for it in range(NUMBER)} - gone
    assert len(listed) == len(set(listed))
    assert stayed <= set(listed)


def done(data_id: str, action: Requested, ports: Ports) -> bool:
    try:
        advancing.act(a_path(data_id), action, BOSS, ports)
    except GlossError:
        return False
    return True


def test_three_hundred_named_tasks_are_read_in_batches() -> None:
    tasks = [a_task(stage="agent", data_id=f"d{it:03}") for it in range(320)]
    ports = a_running_project(*tasks)
    wanted = StageFilter.model_validate({"stage": AGENT, "data_ids": [task.data_id for task in tasks]})

    first = browsing.of_stage(a_project(), wanted, Turn(limit=300), BOSS, ports)
    rest = browsing.of_stage(a_project(), wanted, Turn(limit=300, token=first.next_token), BOSS, ports)

    assert [task.data_id for task in (*first.entries, *rest.entries)] == [task.data_id for task in tasks]


def test_a_token_of_no_list_is_refused() -> None:
    with pytest.raises(Malformed):
        browsing.of_stage(a_project(), StageFilter(stage=AGENT), Turn(token="*"), BOSS, running())


def test_who_does_not_work_there_sees_no_tasks() -> None:
    annotator = a_caller(Role.ANNOTATOR, "ann")

    assert browsing.of_stage(a_project(), StageFilter(stage=AGENT), Turn(), annotator, running()).entries == ()


def test_a_page_asks_for_what_it_shows_whatever_the_project_holds() -> None:
    store = CountingStore()
    here = [a_task(stage="agent", data_id=f"d{it:03}") for it in range(250)]
    elsewhere = [a_task(stage="review", data_id=f"e{it:04}") for it in range(3_000)]
    ports = a_running_project(*here, *elsewhere, ports=replace(memory_ports(), store=store))
    store.requests.clear()

    page = browsing.of_stage(a_project(), StageFilter(stage=AGENT), Turn(limit=100), BOSS, ports)

    assert [task.id for task in page.entries] == [task.id for task in sorted(here, key=queue.by_title)][:100]
    assert len(store.requests) <= 16


@pytest.mark.parametrize("lag", [1, 40])
def test_what_was_proceeded_is_not_listed_though_the_index_still_has_it(lag: int) -> None:
    store = LaggingStore(TurnTaking(0), lag)
    tasks = [a_task(stage="agent", data_id=f"d{it}") for it in range(6)]
    ports = a_running_project(*tasks, ports=replace(memory_ports(), store=store))
    store.started = True
    listed: list[str] = []

    def proceed_and_list() -> None:
        advancing.act(a_path("d3"), Proceed(pathway="labelled"), BOSS, ports)
        page = browsing.of_stage(a_project(), StageFilter(stage=AGENT), Turn(), BOSS, ports)
        listed.extend(task.data_id for task in page.entries)

    store.turns.run([proceed_and_list])

    assert sorted(listed) == ["d0", "d1", "d2", "d4", "d5"]

"""Listing a stage while others are at work: no task that stays is passed over, none that left comes back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.adapters.memory import memory_ports
from gloss.domain.access import Role
from gloss.domain.errors import GlossError, Malformed
from gloss.domain.model import StageId, UserId
from gloss.domain.workflow.actions import Assign, Move, Proceed, Release, Requested, SetPriority
from gloss.ports import Ports
from gloss.services import advancing, browsing
from gloss.services.browsing import StageFilter
from gloss.services.queueing import Turn
from tests.builders_workflow import a_caller, a_member, a_path, a_project, a_running_project, a_task

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

"""Routers: shares come out as asked, draws stay as drawn, people take their own way."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.model import StageId
from gloss.domain.workflow.actions import Submit
from gloss.domain.workflow.graph import PercentageRouter, Workflow, read
from gloss.domain.workflow.routers import routed, settled
from gloss.domain.workflow.rules import act
from tests.builders_workflow import a_task, an_occasion, stages


def a_router(*percents: float, epoch: int = 0) -> PercentageRouter:
    pathways: Any = [
        {"id": f"p{place}", "name": f"way {place}", "to": f"s{place}", "percent": percent}
        for place, percent in enumerate(percents)
    ]
    return PercentageRouter(id=StageId("router"), title="Router", pathways=pathways, epoch=epoch)


def a_routed_workflow() -> Workflow:
    pathways = [{"id": "trusted", "name": "trusted", "to": "complete", "users": ["ann"]}]
    pathways += [{"id": "others", "name": "others", "to": "review", "users": []}]
    router = {"id": "who", "kind": "user_router", "title": "Who", "pathways": pathways, "default_pathway": "others"}
    return read({"stages": [*stages(annotate={"to": "who"}), router]})


def test_shares_of_many_tasks_come_close_to_the_percentages() -> None:
    drawn = Counter(routed(a_router(70, 20, 10), a_task(data_id=f"d{n}")) for n in range(3000))

    assert abs(drawn[StageId("s0")] - 2100) < 110
    assert abs(drawn[StageId("s2")] - 300) < 75


@given(st.text(min_size=1, max_size=20), st.integers(0, 5))
def test_a_task_keeps_its_way_within_an_epoch(data_id: str, epoch: int) -> None:
    task = a_task(data_id=data_id)

    assert routed(a_router(50, 50, epoch=epoch), task) == routed(a_router(50, 50, epoch=epoch), task)


def test_a_new_epoch_draws_anew() -> None:
    tasks = [a_task(data_id=f"d{n}") for n in range(100)]

    assert any(routed(a_router(50, 50), task) != routed(a_router(50, 50, epoch=1), task) for task in tasks)


@given(st.text(min_size=1, max_size=20))
def test_a_share_of_nothing_is_never_drawn(data_id: str) -> None:
    assert routed(a_router(0, 100, 0), a_task(data_id=data_id)) == "s1"


def test_submitting_passes_through_the_router_at_once() -> None:
    workflow = a_routed_workflow()

    assert act(a_task(), Submit(), workflow, an_occasion("ann")).task.stage == "complete"
    assert act(a_task(), Submit(), workflow, an_occasion("bob")).task.stage == "review"


def test_a_task_without_manual_actor_takes_the_default() -> None:
    assert settled(a_routed_workflow(), StageId("who"), a_task()) == "review"

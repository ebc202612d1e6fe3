"""What was done in a project: in order of time, over months and pages, each step once."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.domain.workflow.task import Step
from gloss.kinds.workflow import STEPS
from gloss.ports import Ports, Save
from gloss.services import remembering
from gloss.services.queueing import Turn
from gloss.services.remembering import DeedFilter
from tests.builders_workflow import NOON, a_project, a_running_project

SPAN = timedelta(days=100)
moments = st.integers(0, int(SPAN.total_seconds())).map(lambda seconds: NOON + timedelta(seconds=seconds))


def a_step(number: int, at: datetime, **fields: Any) -> Step:
    plain: dict[str, Any] = {
        "id": f"step-{number:03}",
        "task_id": f"task-{number % 7}",
        "project_id": "project",
        "data_id": f"data-{number % 7}",
        "at": at,
        "actor": "ann",
        "action": "submit",
        "stage": "annotate",
        "to_stage": "review",
        "status": "NEW",
    }
    return Step.model_validate(plain | fields)


def kept(steps: list[Step]) -> Ports:
    ports = a_running_project()
    ports.store.commit([Save(STEPS, step) for step in steps])
    return ports


def listed(ports: Ports, limit: int = 100, **wanted: Any) -> list[str]:
    """The ids of all pages."""
    chosen = DeedFilter.model_validate({"after": NOON, "before": NOON + SPAN} | wanted)
    found: list[str] = []
    token = None
    for _ in range(200):
        page = remembering.steps(a_project(), chosen, Turn(limit=limit, token=token), ports)
        found += [step.id for step in page.entries]
        token = page.next_token
        if token is None:
            return found
    raise AssertionError("the list has no end")


@given(times=st.lists(moments, max_size=40), span=st.tuples(moments, moments), limit=st.integers(1, 9))
@settings(deadline=None, max_examples=100)
def test_a_span_is_listed_whole_and_in_order(
    times: list[datetime], span: tuple[datetime, datetime], limit: int
) -> None:
    steps = [a_step(number, at) for number, at in enumerate(times)]
    after, before = min(span), max(span)

    found = listed(kept(steps), limit, after=after, before=before)

    inside = [step for step in steps if after <= step.at < before]
    assert found == [step.id for step in sorted(inside, key=lambda it: (it.at, it.id))]


def test_entering_a_project_is_no_action_of_anybody() -> None:
    ports = kept([a_step(0, NOON, action="create"), a_step(1, NOON), a_step(2, NOON, project_id=None)])

    assert listed(ports) == ["step-001"]


def test_steps_are_chosen_by_person_action_stage_and_data_unit() -> None:
    later = NOON + timedelta(days=40)
    ports = kept([a_step(0, NOON), a_step(1, later, actor="rev", action="reject", stage="review")])

    assert listed(ports, actors={"rev"}) == listed(ports, actions={"reject"}) == ["step-001"]
    assert listed(ports, stages={"annotate"}) == listed(ports, data_ids={"data-0"}) == ["step-000"]


def test_a_span_from_the_beginning_of_time_asks_for_the_project_only() -> None:
    ports = kept([a_step(0, NOON)])

    assert listed(ports, after=datetime(1, 1, 1, tzinfo=UTC)) == ["step-000"]

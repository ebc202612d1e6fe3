"""Counts over the event log: each event once, in any order, and stages that add up."""

import random
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.analytics import counted, summed
from gloss.domain.events import Event, TaskCreated
from tests.builders_webhooks import a_move, a_submit, an_approval, task_fields

DAY = date(2026, 1, 1)


def a_creation(number: int) -> TaskCreated:
    return TaskCreated(**task_fields(number, "annotate", "annotate"))


def a_day() -> list[Event]:
    created: list[Event] = [a_creation(number) for number in range(1, 5)]
    return [*created, a_submit(11), a_submit(12), an_approval(21), a_move(31)]


def test_stages_hold_what_came_less_what_left() -> None:
    assert summed([counted(DAY, a_day())]).tasks_by_stage == {"annotate": 1, "complete": 2, "review": 1}


def test_actions_are_counted_by_name() -> None:
    assert counted(DAY, a_day()).actions == {"approved": 1, "created": 4, "moved": 1, "submitted": 2}


@given(seed=st.integers(), repeats=st.integers(1, 3))
def test_order_and_repetition_change_nothing(seed: int, repeats: int) -> None:
    shuffled = a_day() * repeats
    random.Random(seed).shuffle(shuffled)

    assert counted(DAY, shuffled).model_dump() == counted(DAY, a_day()).model_dump()


def test_days_add_up_to_the_whole() -> None:
    first, second = counted(DAY, a_day()[:5]), counted(date(2026, 1, 2), a_day()[5:])

    assert summed([second, first]).tasks_by_stage == summed([counted(DAY, a_day())]).tasks_by_stage
    assert [it.day for it in summed([second, first]).days] == [DAY, date(2026, 1, 2)]

"""Loads for transactions."""

from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.loads import Load, loads

MOST = Load(3, 10)


@given(st.lists(st.integers(0, 15)))
def test_loads_hold_everything_in_order_within_their_limits(weights: list[int]) -> None:
    made = list(loads(weights, int, MOST))

    assert [weight for load in made for weight in load] == weights
    assert all(len(load) <= MOST.number for load in made)
    assert all(sum(load) <= MOST.size_bytes or len(load) == 1 for load in made)

"""What signals are worth: the union of the sessions' times, each moment once, by UTC hour."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gloss.domain import attendance
from gloss.domain.attendance import HOUR_MS, Span

moments = st.integers(0, 50)
spans = st.tuples(moments, moments).map(lambda ends: (min(ends), max(ends) + 1))


def points(some: list[Span]) -> set[int]:
    return {point for start, end in some for point in range(start, end)}


def union(some: list[Span]) -> tuple[Span, ...]:
    found: tuple[Span, ...] = ()
    for each in some:
        found = attendance.united(found, each, -1)
    return found


@given(some=st.lists(spans, max_size=12))
def test_a_union_holds_each_moment_once_in_order_and_apart(some: list[Span]) -> None:
    found = union(some)

    assert points(list(found)) == points(some)
    assert all(before[1] < after[0] for before, after in pairwise(found))


@given(some=st.lists(spans, max_size=12), span=spans)
def test_what_is_not_covered_is_the_rest_of_the_span(some: list[Span], span: Span) -> None:
    rest = list(attendance.uncovered(span, union(some)))

    assert points(rest) == points([span]) - points(some)
    assert sum(end - start for start, end in rest) == len(points(rest))


@given(start=st.integers(0, 100 * HOUR_MS), length=st.integers(1, 60 * HOUR_MS))
def test_a_span_is_split_by_hours_without_losing_a_millisecond(start: int, length: int) -> None:
    days = attendance.by_day([(start, start + length)])

    assert sum(worth for hours in days.values() for worth in hours.values()) == length
    assert all(0 <= hour < 24 and 0 < worth <= HOUR_MS for hours in days.values() for hour, worth in hours.items())
    first = min(days)
    assert attendance.hour_at(first, min(days[first])) <= attendance.moment_of(start)


def test_spans_that_ended_long_ago_are_let_go() -> None:
    assert attendance.united([(0, 10), (20, 30)], (25, 40), 10) == ((20, 40),)

"""Time at work in lists: whole over any pages, by hour, by whoever may see it; sums agree with the list."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.domain.access import Role
from gloss.domain.attendance import Place, WorkTime, hour_at
from gloss.domain.errors import Invalid, Malformed
from gloss.domain.model import UserId
from gloss.kinds.attendance import WORK_TIMES
from gloss.ports import Ports, Save
from gloss.services import summing, timekeeping
from gloss.services.queueing import Turn, written_token
from gloss.services.summing import GroupBy, Timer
from gloss.services.timekeeping import Period, TimeFilter
from tests.builders_workflow import NOON, a_caller, a_project, a_running_project

PROJECT = a_project()
SPAN = timedelta(days=70)
USERS, TASKS = ("ann", "bob", "cy"), ("t1", "t2", "t3")
entries = st.tuples(st.sampled_from(USERS), st.sampled_from(TASKS), st.integers(0, 69), st.integers(0, 23))


def a_place(task: str = "t1", **changes: Any) -> Place:
    plain = {"project_id": "project", "task_id": task, "stage": "annotate", "data_id": f"data-{task}"}
    more = {"dataset_id": "dataset", "data_title": f"Street {task}.jpg", "role": Role.ANNOTATOR}
    return Place.model_validate({**plain, **more, **changes})


def a_time(user: str = "ann", task: str = "t1", day: int = 0, hours_ms: dict[int, int] | None = None) -> WorkTime:
    on = (NOON + timedelta(days=day)).date()
    return WorkTime(user_id=UserId(user), day=on, place=a_place(task), hours_ms=hours_ms or {12: 1_000})


def kept(times: list[WorkTime]) -> Ports:
    ports = a_running_project()
    for time in times:
        ports.store.commit([Save(WORK_TIMES, time)])
    return ports


def a_filter(**wanted: Any) -> TimeFilter:
    return TimeFilter.model_validate({"after": NOON - timedelta(hours=12), "before": NOON + SPAN, **wanted})


def listed(ports: Ports, limit: int = 100, **wanted: Any) -> list[Period]:
    found: list[Period] = []
    token = None
    for _ in range(500):
        page = timekeeping.periods(PROJECT, a_filter(**wanted), Turn(limit=limit, token=token), ports.store)
        found, token = [*found, *page.entries], page.next_token
        if token is None:
            return found
    raise AssertionError("the list has no end")


def summed(ports: Ports, by: GroupBy, limit: int = 100, **wanted: Any) -> list[Timer]:
    found: list[Timer] = []
    token = None
    for _ in range(500):
        page = summing.timers(PROJECT, a_filter(**wanted), by, Turn(limit=limit, token=token), ports.store)
        found, token = [*found, *page.entries], page.next_token
        if token is None:
            return found
    raise AssertionError("the list has no end")


@given(
    work=st.dictionaries(entries, st.integers(1, 3_600_000), max_size=30),
    span=st.tuples(st.integers(-20, 1_700), st.integers(0, 1_700)),
    limit=st.integers(1, 7),
    users=st.none() | st.sets(st.sampled_from(USERS)),
)
@settings(deadline=None, max_examples=120)
def test_any_pages_hold_all_the_time_of_the_span_once(
    work: dict[tuple[str, str, int, int], int], span: tuple[int, int], limit: int, users: set[str] | None
) -> None:
    days: dict[tuple[str, str, int], dict[int, int]] = {}
    for (user, task, day, hour), worth in work.items():
        days.setdefault((user, task, day), {})[hour] = worth
    ports = kept([a_time(user, task, day, hours) for (user, task, day), hours in days.items()])
    after = hour_at(NOON.date(), 0) + timedelta(hours=span[0])
    wanted = {"after": after, "before": after + timedelta(hours=span[1]), "users": users}

    found = listed(ports, limit, **wanted)

    expected = Counter[str]()
    for (user, task, day, hour), worth in work.items():
        begins = hour_at((NOON + timedelta(days=day)).date(), hour)
        if wanted["after"] <= begins < wanted["before"] and (users is None or user in users):
            expected[f"{user} {task}"] += worth
    listed_ms = Counter[str]()
    for each in found:
        listed_ms[f"{each.time.user_id} {each.time.place.task_id}"] += each.milliseconds
    assert listed_ms == expected
    assert [each.start for each in found] == sorted(each.start for each in found)
    units = summed(ports, "data_unit", limit, **wanted)
    assert Counter({f"{it.user_id} {(it.data_title or '')[7:9]}": it.milliseconds for it in units}) == expected
    people = {it.user_id: it.milliseconds for it in summed(ports, "project", limit, **wanted)}
    assert sum(people.values()) == expected.total()
    assert len(people) == len({name.split()[0] for name in expected})


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"stages": {"review"}}, 0),
        ({"data_ids": {"data-t2"}}, 1),
        ({"datasets": {"dataset"}}, 2),
        ({"title": "STREET T1"}, 1),
        ({"users": {"bob"}}, 1),
    ],
)
def test_each_filter_keeps_what_it_names(wanted: dict[str, Any], count: int) -> None:
    ports = kept([a_time("ann", "t1"), a_time("bob", "t2")])

    assert len(listed(ports, **wanted)) == count


@pytest.mark.parametrize(("minutes", "found"), [(0, 1), (59, 1), (60, 0)])
def test_an_hour_counts_as_soon_as_the_span_touches_it(minutes: int, found: int) -> None:
    ports = kept([a_time(hours_ms={12: 5_000})])

    assert len(listed(ports, after=NOON + timedelta(minutes=minutes))) == found


def test_a_period_has_the_hours_of_its_day_that_were_asked_for() -> None:
    ports = kept([a_time(hours_ms={9: 1_000, 12: 5_000})])

    (period,) = listed(ports, after=NOON + timedelta(minutes=5), before=NOON + timedelta(hours=2, minutes=1))

    assert (period.start, period.end, period.milliseconds) == (NOON, NOON + timedelta(hours=3), 5_000)


def test_who_does_not_manage_sees_their_own_time_only() -> None:
    ann = a_caller(Role.ANNOTATOR, "ann")

    assert a_filter().only(ann).users == {"ann"}
    assert a_filter(users={"bob"}).only(ann).users == set()
    assert a_filter(users={"bob"}).only(a_caller(Role.TEAM_MANAGER)).users == {"bob"}


def test_the_time_of_nobody_is_an_empty_list() -> None:
    assert listed(kept([a_time()]), users=set()) == []


def test_a_token_of_another_list_is_refused() -> None:
    with pytest.raises(Malformed):
        timekeeping.periods(PROJECT, a_filter(), Turn(token="*"), kept([]).store)


def test_a_token_with_words_of_its_own_finds_nothing_foreign() -> None:
    ports = kept([a_time()])

    page = timekeeping.periods(PROJECT, a_filter(), Turn(token=written_token("zzz")), ports.store)

    assert page.entries == ()


def test_more_than_one_sum_can_hold_is_refused_with_what_to_do() -> None:
    with pytest.raises(Invalid, match="less time"):
        summing.whole([a_time()] * (summing.MOST_OF_ONE + 1))

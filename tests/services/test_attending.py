"""Signals of an editor become time at work: capped, never doubled, by task, stage and hour."""

from collections import defaultdict
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.adapters.memory import FixedClock
from gloss.domain.access import Role
from gloss.domain.attendance import IDLE_MS, Signal, WorkTime
from gloss.domain.errors import Conflict, NotFound
from gloss.domain.workflow.actions import Assign
from gloss.kinds.attendance import WORK_TIMES, times_of
from gloss.ports import Ports
from gloss.services import advancing, attending
from gloss.services.attending import Counted
from tests.builders_consensus import BOSS, a_house_of, a_subtask_path, label
from tests.builders_workflow import NOON, a_caller, a_member, a_path, a_project, a_running_project, a_task
from tests.mortal import killed_after, mortal

ANN: Final = a_caller(Role.ANNOTATOR, "ann")
A, B, C = (str(UUID(int=number)) for number in (1, 2, 3))
TASKS: Final = {A: "data", B: "two", C: "data"}


def a_place() -> Ports:
    ports = a_running_project(a_task(), a_task(data_id="two"))
    clock_of(ports).moment = NOON
    return ports


def clock_of(ports: Ports) -> FixedClock:
    assert isinstance(ports.clock, FixedClock)
    return ports.clock


def say(ports: Ports, seq: int, session: str = A, data_id: str = "data", **more: Any) -> Counted:
    return attending.signal(a_path(data_id), Signal(session_id=session, seq=seq, **more), ANN, ports)


def after(seconds: float, ports: Ports) -> Ports:
    clock_of(ports).pass_time(seconds)
    return ports


def times(ports: Ports, user: str = "ann") -> list[WorkTime]:
    return list(ports.store.every(WORK_TIMES, times_of("project", user)))  # type: ignore[arg-type]


def total_s(ports: Ports) -> float:
    return sum(worth for time in times(ports) for worth in time.hours_ms.values()) / 1000


def test_time_between_two_signals_counts_once() -> None:
    ports = a_place()
    assert say(ports, 1).credited_s == 0

    assert say(after(15, ports), 2).credited_s == 15
    assert say(after(15, ports), 2) == Counted(session_id=A, seq=2, credited_s=0)

    assert total_s(ports) == 15


def test_idleness_counts_five_minutes_at_most() -> None:
    ports = a_place()
    say(ports, 1)

    assert say(after(3_600, ports), 2).credited_s == IDLE_MS / 1000


def test_a_signal_that_was_overtaken_counts_nothing() -> None:
    ports = a_place()
    say(ports, 5)

    assert say(after(10, ports), 4) == Counted(session_id=A, seq=5, credited_s=0)
    assert say(after(10, ports), 6).credited_s == 20


def test_time_away_does_not_count() -> None:
    ports = a_place()
    say(ports, 1)

    assert say(after(10, ports), 2, away=True).credited_s == 10
    assert say(after(100, ports), 3).credited_s == 0
    assert say(after(5, ports), 4).credited_s == 5


def test_two_tabs_at_once_are_one_persons_time() -> None:
    ports = a_place()
    say(ports, 1, A)
    say(after(10, ports), 1, B, "two")
    say(after(10, ports), 2, B, "two")

    assert say(after(10, ports), 2, A).credited_s == 20

    assert total_s(ports) == 30
    assert {time.place.data_id: sum(time.hours_ms.values()) for time in times(ports)} == {"data": 20_000, "two": 10_000}


def test_time_goes_to_the_task_where_it_began() -> None:
    ports = a_place()
    say(ports, 1, A, "data")

    say(after(20, ports), 2, A, "two")
    say(after(30, ports), 3, A, "two")

    assert {time.place.data_id: sum(time.hours_ms.values()) for time in times(ports)} == {"data": 20_000, "two": 30_000}


def test_time_over_midnight_falls_on_both_days() -> None:
    ports = a_place()
    clock_of(ports).moment = NOON + timedelta(hours=11, minutes=59, seconds=50)
    say(ports, 1)

    say(after(30, ports), 2)

    assert [(str(time.day), time.hours_ms) for time in times(ports)] == [
        ("2026-01-01", {23: 10_000}),
        ("2026-01-02", {0: 20_000}),
    ]


def test_a_session_of_the_day_before_begins_anew() -> None:
    ports = a_place()
    say(ports, 1)

    assert say(after(86_401, ports), 2).credited_s == 0


steps = st.lists(st.tuples(st.sampled_from([A, B, C]), st.integers(0, 700), st.booleans()), max_size=40)


@given(steps=steps)
@settings(deadline=None, max_examples=150)
def test_what_is_credited_is_the_union_of_all_sessions(steps: list[tuple[str, int, bool]]) -> None:
    ports, sent, heard = a_place(), defaultdict[str, int](int), dict[str, tuple[int, bool]]()
    now, credited, expected = 0, 0.0, set[int]()
    for session, pause, away in steps:
        now += pause
        clock_of(ports).moment = NOON + timedelta(seconds=now)
        sent[session] += 1
        said = say(ports, sent[session], session, TASKS[session], away=away)
        credited += said.credited_s
        last, was_away = heard.get(session, (now, True))
        expected |= set() if was_away else set(range(last, min(now, last + IDLE_MS // 1000)))
        heard[session] = (now, away)
        assert say(ports, sent[session], session, TASKS[session]).credited_s == 0

    assert credited == total_s(ports) == len(expected)


def test_a_signal_sent_again_after_a_crash_counts_once() -> None:
    for writes in (0, 1):
        ports, life = mortal(a_place())
        ports = a_running_project(a_task(), ports=ports)
        say(ports, 1)
        after(15, ports)

        killed_after(writes, life, lambda ports=ports: say(ports, 2))  # type: ignore[misc]
        say(ports, 2)

        assert total_s(ports) == 15


def test_nobody_is_counted_at_a_task_they_may_not_see() -> None:
    hidden = a_project(workflow=a_project().workflow)
    ports = a_running_project(a_task(stage="annotate", removed_at=NOON), project=hidden)

    with pytest.raises(NotFound):
        say(ports, 1)


def test_a_paused_project_counts_no_annotators_time() -> None:
    ports = a_running_project(a_task(), project=a_project(status="paused"))

    with pytest.raises(Conflict):
        say(ports, 1)


def test_saves_in_an_editor_are_signals_of_their_own_session() -> None:
    ports, task = a_place(), a_task(row_version=1)
    attending.after_save(task, ANN, ports)

    attending.after_save(task.changed(row_version=2), ANN, after(40, ports))
    attending.after_save(task.changed(row_version=2), ANN, after(40, ports))

    assert total_s(ports) == 40


def test_saves_of_a_subtask_are_time_at_its_task() -> None:
    ports = a_house_of()
    a_member("ann", Role.ANNOTATOR, ports)
    advancing.act(a_subtask_path(ports, 0), Assign(assignee="ann"), BOSS, ports)

    for _ in range(3):
        attending.after_save(label(ports, 0, ANN), ANN, after(40, ports))

    (time,) = times(ports)
    assert (time.place.task_id, total_s(ports)) == (a_path().task_id, 80)


def test_saves_in_an_agents_stage_are_nobodys_time() -> None:
    ports, boss = a_place(), a_caller()
    for number in (1, 2):
        attending.after_save(a_task(stage="agent", row_version=number), boss, after(40, ports))

    assert times(ports, "boss") == []

"""Bundles of any size whose request dies as often as it likes: all their tasks move once, or none does."""

from collections.abc import Callable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.adapters.memory import memory_ports
from gloss.domain.errors import IllegalAction
from gloss.domain.model import TaskId
from gloss.domain.workflow.actions import SetPriority
from gloss.ports import Ports
from tests.mortal import killed_after, mortal
from tests.services.test_convoys import (
    IDS,
    MANY,
    ON,
    SEED,
    act,
    drain,
    later,
    many,
    proceed,
    refused,
    stages,
    taken,
    told,
)

Rescue = Callable[[Ports, Sequence[TaskId]], None]


def the_same_again(ports: Ports, ids: Sequence[TaskId]) -> None:
    proceed(ports, ids, SEED)


def the_outbox(ports: Ports, ids: Sequence[TaskId]) -> None:
    del ids
    drain(ports)
    later(ports)


def whoever_meets_them(ports: Ports, ids: Sequence[TaskId]) -> None:
    later(ports)
    for id_ in ids:
        act(ports, id_, SetPriority(priority=0.9))


#: After how many writes each try of the request dies, one try after the other.
deaths = st.lists(st.integers(1, 9), min_size=1, max_size=4)
#: Around a transaction's end, and up to three and more transactions.
sizes = st.integers(30, 40) | st.integers(60, MANY)
rescues = st.sampled_from([the_same_again, the_outbox, whoever_meets_them])


def died(deaths: Sequence[int], ids: Sequence[TaskId]) -> Ports:
    ports, life = mortal(memory_ports())
    many(ports)
    for writes in deaths:
        killed_after(writes, life, lambda: proceed(ports, ids, SEED))
    return ports


@settings(max_examples=60, deadline=None)
@given(deaths=deaths, size=sizes, rescue=rescues)
def test_however_often_a_bundle_dies_all_its_tasks_move_once_or_none(
    deaths: list[int], size: int, rescue: Rescue
) -> None:
    ids = IDS[:size]
    ports = died(deaths, ids)

    rescue(ports, ids)

    moved = dict(taken(ports))
    assert moved in ({}, dict.fromkeys(ids, 1))
    assert dict(told(ports)) == moved
    assert stages(ports)["annotate"] == len(moved)
    assert moved or rescue is not the_same_again


@settings(max_examples=30, deadline=None)
@given(deaths=deaths, size=sizes, data=st.data())
def test_a_bundle_with_a_task_that_has_left_moves_nothing_however_often_it_is_asked_for(
    deaths: list[int], size: int, data: st.DataObject
) -> None:
    ids, left = IDS[:size], data.draw(st.sampled_from(IDS[:size]))
    ports, life = mortal(memory_ports())
    act(many(ports), left, ON)

    for writes in deaths:
        killed_after(writes, life, lambda: refused(lambda: proceed(ports, ids, SEED)))
    drain(ports)
    later(ports)

    assert refused(lambda: proceed(ports, ids, SEED)) is IllegalAction
    assert dict(taken(ports)) == dict(told(ports)) == {left: 1}

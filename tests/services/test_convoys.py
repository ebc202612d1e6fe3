"""Many tasks move together or not at all: whatever dies between any two writes, and whoever comes in between."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from gloss.adapters.memory import MemoryStore, memory_ports
from gloss.domain.errors import GlossError, IllegalAction, Stale
from gloss.domain.events import ConvoyCommitted, Event
from gloss.domain.model import StageId, TaskId
from gloss.domain.workflow.actions import Approve, Proceed, Requested, SetPriority
from gloss.domain.workflow.convoy import LEASE
from gloss.domain.workflow.reviews import ReviewStatus
from gloss.kinds.workflow import STEPS, TASKS, of_task, task_key
from gloss.ports import Key, Kind, Ports, Query
from gloss.services import advancing, labelling, relaying, reviewing, uniting
from gloss.services.guarding import guarded
from gloss.services.labelling import SavedLabels
from gloss.services.making import Following
from gloss.services.uniting import Wanted
from tests.builders_labels import a_car
from tests.builders_workflow import a_caller, a_path, a_project, a_running_project, a_task
from tests.interleaving import LaggingStore, TurnTaking
from tests.mortal import killed_after, mortal

BOSS = a_caller()
AGENT = StageId("agent")
MANY = 110
NAMES = [f"data-{number:03}" for number in range(MANY)]
IDS = [a_path(name).task_id for name in NAMES]
ON = Proceed(pathway="labelled")


def many(ports: Ports) -> Ports:
    """Tasks that wait for the agent, so many that one transaction does not take them."""
    return a_running_project(*(a_task(stage="agent", data_id=name) for name in NAMES), ports=ports)


def proceed(ports: Ports, ids: Sequence[TaskId] = IDS, seed: str | None = None) -> None:
    """One request; with a seed the same again."""
    own = guarded(replace(ports, ids=Following(seed or str(uuid4()))))
    uniting.act(a_project(), AGENT, [Wanted(task_id=id_, action=ON) for id_ in ids], BOSS, own)


def act(ports: Ports, task_id: TaskId, action: Requested) -> None:
    advancing.act(a_path().model_copy(update={"task_id": task_id}), action, BOSS, guarded(ports))


def taken(ports: Ports, ids: Sequence[TaskId] = IDS) -> Counter[str]:
    """How many steps each task has taken out of the agent's stage."""
    steps = (step for id_ in ids for step in ports.store.every(STEPS, of_task(id_), Query(prefix="STEP#")))
    return Counter(step.task_id for step in steps if step.action == "proceed")


def told(ports: Ports) -> Counter[str]:
    events: list[Any] = ports.store.events  # type: ignore[attr-defined]
    return Counter(event.task_id for event in events if event.kind == "task.proceeded")


def stages(ports: Ports, ids: Sequence[TaskId] = IDS) -> Counter[str]:
    return Counter(task.stage for task in ports.store.get_many(TASKS, [task_key(id_) for id_ in ids]))


def drain(ports: Ports) -> None:
    """What the outbox's reader does, some time later."""
    events: list[Event] = list(ports.store.events)  # type: ignore[attr-defined]
    relaying.see_through([event for event in events if isinstance(event, ConvoyCommitted)], lambda: ports)


def demand_whole(ports: Ports) -> str:
    """All have moved, each with one step and one event, or none has; where they are."""
    (stage,) = stages(ports)
    expected = dict.fromkeys(IDS, 1) if stage == "annotate" else {}
    assert (dict(taken(ports)), dict(told(ports))) == (expected, expected)
    return stage


def test_more_than_a_transaction_holds_moves_all_at_once() -> None:
    ports = many(memory_ports())

    proceed(ports)

    assert demand_whole(ports) == "annotate"


def test_one_task_that_cannot_keeps_all_where_they_are() -> None:
    ports = many(memory_ports())
    act(ports, IDS[7], ON)

    with pytest.raises(IllegalAction, match=IDS[7]):
        proceed(ports)

    assert stages(ports) == {"agent": MANY - 1, "annotate": 1}


def writes_in_all() -> int:
    ports, life = mortal(memory_ports())
    many(ports)
    life.writes = 0
    proceed(ports)
    return life.writes


@pytest.mark.parametrize("writes", range(1, writes_in_all() + 1))
class TestDeathAfterEachWrite:
    """The request dies after so many writes."""

    def died(self, writes: int) -> Ports:
        ports, life = mortal(memory_ports())
        many(ports)
        killed_after(writes, life, lambda: proceed(ports, seed=SEED))
        return ports

    def test_the_same_request_again_moves_all_once(self, writes: int) -> None:
        ports = self.died(writes)

        proceed(ports, seed=SEED)

        assert demand_whole(ports) == "annotate"

    def test_the_outbox_or_the_lease_leaves_all_moved_or_none(self, writes: int) -> None:
        ports = self.died(writes)
        drain(ports)
        later(ports)

        stage = demand_whole(ports)
        for id_ in IDS:
            act(ports, id_, SetPriority(priority=0.9))

        assert demand_whole(ports) == stage

    def test_whoever_meets_the_tasks_later_finds_all_moved_or_none(self, writes: int) -> None:
        ports = self.died(writes)
        later(ports)

        for id_ in reversed(IDS):
            act(ports, id_, SetPriority(priority=0.9))

        demand_whole(ports)

    def test_another_request_for_the_same_tasks_goes_on_from_there(self, writes: int) -> None:
        ports = self.died(writes)
        later(ports)

        outcome = refused(lambda: proceed(ports))

        assert demand_whole(ports) == "annotate"
        assert outcome in {None, IllegalAction}


SEED = str(uuid4())


def later(ports: Ports) -> None:
    ports.clock.pass_time((LEASE + timedelta(seconds=1)).total_seconds())  # type: ignore[attr-defined]


def refused(work: Callable[[], None]) -> type[GlossError] | None:
    try:
        work()
    except GlossError as error:
        return type(error)
    return None


def test_an_open_convoy_keeps_others_out_until_its_lease_is_over() -> None:
    ports, life = mortal(memory_ports())
    many(ports)
    killed_after(3, life, lambda: proceed(ports))
    held = [task.id for task in ports.store.get_many(TASKS, [task_key(id_) for id_ in IDS]) if task.convoy]

    assert refused(lambda: act(ports, held[0], ON)) is Stale
    later(ports)
    act(ports, held[0], ON)

    assert taken(ports) == {held[0]: 1}


class TurnedStore(LaggingStore):
    """Every read of one record is a turn of its own too."""

    def find(self, kind: Kind[Any], key: Key) -> Any:
        self._step()
        return super().find(kind, key)

    def get_many(self, kind: Kind[Any], keys: Sequence[Key]) -> list[Any]:
        self._step()
        found = (MemoryStore.find(self, kind, key) for key in keys)
        return [model for model in found if model is not None]


def interleaved(seed: int, *jobs: Callable[[Ports], None]) -> tuple[Ports, list[type[GlossError] | None]]:
    """The jobs, one operation at a time in an order drawn from the seed; what each was refused with."""
    turns = TurnTaking(seed)
    store = TurnedStore(turns, 0)
    ports = many(replace(memory_ports(), store=store))
    outcomes: list[type[GlossError] | None] = [None] * len(jobs)

    def run(place: int) -> None:
        outcomes[place] = refused(lambda: jobs[place](ports))

    store.started = True
    turns.run([lambda place=place: run(place) for place in range(len(jobs))])  # type: ignore[misc]
    store.started = False
    return ports, outcomes


@pytest.mark.parametrize("seed", range(40))
def test_a_retry_beside_its_first_try_moves_all_once(seed: int) -> None:
    ports, outcomes = interleaved(seed, lambda it: proceed(it, seed=SEED), lambda it: proceed(it, seed=SEED))

    assert demand_whole(ports) == "annotate"
    assert outcomes == [None, None]


@pytest.mark.parametrize("seed", range(40))
def test_of_two_requests_that_overlap_each_is_whole(seed: int) -> None:
    first, second = IDS[:-2], IDS[2:]

    ports, outcomes = interleaved(seed, lambda it: proceed(it, first), lambda it: proceed(it, second))

    later(ports)
    drain(ports)
    assert outcomes.count(None) <= 1
    winner = [ids for ids, outcome in zip((first, second), outcomes, strict=True) if outcome is None]
    expected = dict.fromkeys(winner[0], 1) if winner else {}
    assert (dict(taken(ports)), dict(told(ports))) == (expected, expected)


@pytest.mark.parametrize("seed", range(40))
def test_a_single_action_in_between_is_whole_or_refuses_all(seed: int) -> None:
    ports, outcomes = interleaved(seed, proceed, lambda it: act(it, IDS[20], ON))

    moved = taken(ports)
    assert dict(told(ports)) == dict(moved) == dict.fromkeys(moved, 1)
    assert (len(moved) == MANY) == (outcomes[0] is None)
    assert len(moved) in {1, MANY}


@pytest.mark.parametrize("seed", range(40))
def test_small_changes_in_between_leave_all_moved_or_none(seed: int) -> None:
    ports, outcomes = interleaved(seed, proceed, lambda it: urge(it, IDS[::20]), lambda it: urge(it, IDS[5::20]))

    later(ports)
    drain(ports)
    assert demand_whole(ports) == ("annotate" if outcomes[0] is None else "agent")
    assert outcomes[0] in {None, Stale}


def urge(ports: Ports, ids: Sequence[TaskId]) -> None:
    for task_id in ids:
        refused(lambda task_id=task_id: act(ports, task_id, SetPriority(priority=0.9)))  # type: ignore[misc]


def test_label_reviews_travel_with_their_tasks() -> None:
    ports = a_running_project(*(a_task(stage="review", data_id=name) for name in NAMES[:30]))
    for name in NAMES[:30]:
        labelling.save(a_path(name), SavedLabels(labels={"objects": [a_car()]}), BOSS, ports)
    wanted = [Wanted(task_id=id_, action=Approve()) for id_ in IDS[:30]]

    uniting.act(a_project(), StageId("review"), wanted, BOSS, guarded(ports))

    assert stages(ports, IDS[:30]) == {"complete": 30}
    judged = [reviewing.label_reviews(a_path(name), BOSS, ports) for name in NAMES[:30]]
    assert {review.status for reviews in judged for review in reviews} == {ReviewStatus.APPROVED}
    events: list[Any] = ports.store.events  # type: ignore[attr-defined]
    assert [event.kind for event in events].count("labels.judged") == 30

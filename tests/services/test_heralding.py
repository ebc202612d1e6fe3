"""Rounds of agent stages: somebody who listens is told again and again until no work waits, and nothing runs after."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.adapters.memory import CountingIds, FixedClock, MemoryStore
from gloss.adapters.memory_mail import MemoryAlarms, MemoryQueue, MemorySealer, ScriptedSender
from gloss.domain.events import EVENT, AgentStageWorkAvailable, Event
from gloss.domain.model import DataId, EndpointId, ProjectId, StageId
from gloss.domain.webhooks import Endpoint
from gloss.domain.workflow.rounds import Round, Waiting, reason_to_tell, schedule_of
from gloss.domain.workflow.stage_ids import stage_uuid
from gloss.domain.workflow.task import Task, task_id_of
from gloss.kinds.catalog import PROJECTS
from gloss.kinds.relay import DELIVERIES, ENDPOINTS, delivery_log
from gloss.kinds.workflow import TASKS, task_key
from gloss.ports import Query, Save
from gloss.postal import Mailroom
from gloss.services import delivering, endpoints, heralding
from gloss.services.endpoints import EndpointChange, NewEndpoint
from tests.builders_webhooks import an_endpoint
from tests.builders_workflow import NOON, a_caller, a_project, a_task, a_workflow
from tests.mortal import Killed

PROJECT, AGENT = ProjectId("project"), StageId("agent")
SCHEDULE: Final = schedule_of(PROJECT, AGENT)
GONE: Final[dict[str, dict[str, Any]]] = {
    "disabled": {"status": "disabled"},
    "another stage": {"stage_ids": ("review",)},
    "other events": {"events": ("task.moved",)},
}


class MortalAlarms(MemoryAlarms):
    """Alarms of a function that dies at its next write when `left` is 0; `meanwhile` comes before a silence."""

    def __init__(self) -> None:
        super().__init__()
        self.left: int | None = None
        self.meanwhile: Callable[[], object] = lambda: None

    def repeat(self, name: str, message: Any) -> None:
        self.spend()
        super().repeat(name, message)

    def silence(self, name: str) -> None:
        self.spend()
        self.meanwhile()
        super().silence(name)

    def spend(self) -> None:
        if self.left == 0:
            raise Killed
        self.left = self.left and self.left - 1


class House:
    """A project with an agent stage, somebody who may listen, and the rounds that are made."""

    def __init__(self, *, listening: bool = True, **stage: Any) -> None:
        self.store, self.alarms, self.queue, self.clock = MemoryStore(), MortalAlarms(), MemoryQueue(), FixedClock(NOON)
        ids = CountingIds()
        self.room = Mailroom(self.store, self.clock, ids, ScriptedSender(), MemorySealer(), self.queue, self.alarms)
        project = a_project(workflow=a_workflow(agent=stage))
        self.store.commit([Save(PROJECTS, project)])
        self.ticks = 0
        if listening:
            self.store.commit([Save(ENDPOINTS, listener())])

    def arrive(self, number: int) -> Event:
        """A task comes into the stage; its event is yet to be read."""
        self.store.commit([Save(TASKS, a_task(data_id=f"d{number}", stage="agent", updated_at=self.clock.now()))])
        return came(number, self.clock)

    def go(self, number: int) -> None:
        self.store.commit([Save(TASKS, self.task(number).changed(stage="annotate"))])

    def task(self, number: int) -> Task:
        return self.store.get(TASKS, task_key(task_id_of(PROJECT, DataId(f"d{number}"))))

    def read(self, *events: Event) -> None:
        heralding.watch(events, self.store, lambda: self.alarms)

    def tick(self) -> str | None:
        """The schedule rings, if there is one."""
        self.ticks += 1
        self.clock.pass_time(300)
        message = self.alarms.repeated.get(SCHEDULE)
        return self.call({**message, "at": f"tick {self.ticks}"}) if message else None

    def call(self, message: Any) -> str:
        return heralding.make_round(Round.model_validate(message), self.room)

    def look_again(self) -> None:
        """Every message that was held is delivered."""
        sent, self.queue.sent = self.queue.sent, []
        for message, _ in sent:
            if "stage" in message:
                self.call(message)

    def tellings(self) -> list[AgentStageWorkAvailable]:
        return [event for event in self.store.events if isinstance(event, AgentStageWorkAvailable)]


def listener(**fields: Any) -> Endpoint:
    return an_endpoint(project_id=PROJECT, events=("agent_stage.work_available",), **fields)


def came(number: int, clock: FixedClock) -> Event:
    fields = {"id": f"e{number}", "at": clock.now(), "actor": "boss", "org_id": "org", "project_id": PROJECT}
    task = {"task_id": f"t{number}", "data_id": f"d{number}", "stage": "start", "to_stage": "agent"}
    return EVENT.validate_python({"kind": "task.created", **fields, **task})


def test_work_is_told_every_round_until_the_stage_is_empty() -> None:
    house = House()
    house.read(house.arrive(1), house.arrive(2))

    assert house.tick() == house.tick() == "batch_size_reached"
    house.go(1)
    assert house.tick() == "batch_size_reached"
    house.go(2)
    assert house.tick() == "ended"

    assert [event.pending_count for event in house.tellings()] == [2, 2, 1]
    assert (house.alarms.repeated, house.tick()) == ({}, None)


def test_a_small_batch_waits_until_it_has_waited_long_enough() -> None:
    house = House(batch_size=3, max_wait_s=900)
    house.read(house.arrive(1))

    assert [house.tick() for _ in range(4)] == ["waiting", "waiting", "max_wait_elapsed", "max_wait_elapsed"]


def test_a_round_that_is_called_twice_tells_once() -> None:
    house = House()
    house.read(house.arrive(1))
    message = {**house.alarms.repeated[SCHEDULE], "at": "2026-01-01T12:05:00Z"}

    assert house.call(message) == house.call(message)

    assert len(house.tellings()) == 1


def test_where_nobody_listens_nothing_runs() -> None:
    house = House(listening=False)
    house.read(house.arrive(1))

    assert house.alarms.repeated == {}


@pytest.mark.parametrize("gone", GONE)
def test_rounds_end_once_nobody_listens_any_more(gone: str) -> None:
    house = House()
    house.read(house.arrive(1))
    fields: dict[str, Any] = {"disabled": {"status": "disabled"}, "other stage": {"stage_ids": ("review",)}}.get(
        gone, {}
    )
    house.store.commit([Save(ENDPOINTS, listener().changed(**(fields or {"events": ("task.moved",)})))])

    assert house.tick() == "ended"
    house.look_again()

    assert (house.alarms.repeated, house.tellings()) == ({}, [])


def test_a_task_that_comes_while_rounds_end_is_told_of() -> None:
    house = House()
    house.read(house.arrive(1))
    house.go(1)
    house.alarms.meanwhile = lambda: house.read(house.arrive(2))

    assert house.tick() == "ended"
    assert house.alarms.repeated == {}

    house.look_again()
    assert house.tick() == "batch_size_reached"


def test_who_begins_to_listen_hears_of_work_that_waits_already() -> None:
    house = House(listening=False)
    house.read(house.arrive(1))
    wish = NewEndpoint(url="https://receiver.test/hook", events=("agent_stage.work_available",))

    endpoint, _ = endpoints.create(PROJECT, wish, a_caller(), house.room)
    assert house.tick() == "batch_size_reached"

    endpoints.change(endpoint, EndpointChange(enabled=False), a_caller(), house.room)
    assert house.tick() == "ended"
    off = endpoints.one(PROJECT, endpoint.id, house.store)
    endpoints.change(off, EndpointChange(enabled=True), a_caller(), house.room)
    assert house.tick() == "batch_size_reached"


def test_a_telling_is_delivered_with_what_an_agent_reads() -> None:
    house = House()
    house.read(house.arrive(1))
    house.tick()

    delivering.line_up(house.tellings(), house.store, house.queue)

    log = Query(index="by_parent")
    (delivery,) = house.store.page(DELIVERIES, delivery_log(EndpointId("endpoint-1")), log).entries
    told = json.loads(delivery.body)
    assert told["event_type"] == "agent_stage_work_available_event"
    assert told["payload"] == {
        "actor": "system",
        "project_hash": "project",
        "stage_uuid": stage_uuid(PROJECT, AGENT),
        "pending_count": 1,
        "reason": "batch_size_reached",
    }


class Walk:
    """A house in which anything happens in any order; events are read late."""

    def __init__(self) -> None:
        self.house, self.unread, self.here, self.number = House(), list[Event](), list[int](), 0

    def arrive(self) -> None:
        self.number += 1
        self.here.append(self.number)
        self.unread.append(self.house.arrive(self.number))

    def go(self) -> None:
        if self.here:
            self.house.go(self.here.pop(0))

    def tick(self) -> None:
        self.house.tick()

    def look(self) -> None:
        self.house.look_again()

    def read(self) -> None:
        self.house.read(*self.unread)
        self.unread = []

    def on(self) -> None:
        switch(self.house, enabled=True)

    def off(self) -> None:
        switch(self.house, enabled=False)

    def die(self) -> None:
        """In the midst of a round that ends the rounds."""
        self.house.alarms.left = 0
        with suppress(Killed):
            self.house.tick()
        self.house.alarms.left = None


def switch(house: House, *, enabled: bool) -> None:
    endpoint = endpoints.one(PROJECT, EndpointId("endpoint-1"), house.store)
    endpoints.change(endpoint, EndpointChange(enabled=enabled), a_caller(), house.room)


@given(moves=st.lists(st.sampled_from(["arrive", "go", "tick", "read", "look", "on", "off", "die"]), max_size=25))
@settings(deadline=None, max_examples=200)
def test_whatever_happens_work_is_told_of_and_silence_follows(moves: list[str]) -> None:
    walk = Walk()
    for move in [*moves, "on", "read", "look"]:
        getattr(walk, move)()

    assert (walk.house.tick() == "batch_size_reached") is bool(walk.here)

    for _ in tuple(walk.here):
        walk.go()
    walk.tick()
    walk.look()
    assert walk.house.alarms.repeated == {}


def test_the_reason_is_decided_by_batch_then_by_wait() -> None:
    stage = heralding.agent_stages(a_project(workflow=a_workflow(agent={"batch_size": 2, "max_wait_s": 60})))[0]

    assert reason_to_tell(Waiting(), stage, NOON) is None
    assert reason_to_tell(Waiting(tasks=2, since=NOON), stage, NOON) == "batch_size_reached"
    assert reason_to_tell(Waiting(tasks=1, since=NOON), stage, NOON) is None

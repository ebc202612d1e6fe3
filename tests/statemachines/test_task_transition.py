"""The task_transition machine from its file: each webhook gets its first attempt, and none is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gloss import wiring
from gloss.adapters.memory import MemoryMachines
from gloss.adapters.memory_mail import MemorySealer
from gloss.domain.events import Event
from gloss.kinds.catalog import PROJECTS
from gloss.ports import Save
from gloss.services import delivering, draining, relaying
from gloss.services.relaying import Arrived
from tests.builders_bulk import a_project
from tests.builders_webhooks import PROJECT, REFUSED, Post, a_post, a_submit, an_approval
from tests.walk import walk


@contextmanager
def a_transition(post: Post, **more: Any) -> Iterator[None]:
    """The mailroom's parts in place, and a project whose last stage is `complete`."""
    post.store.commit([Save(PROJECTS, a_project().model_copy(update={"id": PROJECT}))])
    room = post.room
    ports = {"store": room.store, "clock": room.clock, "sender": room.sender, "sealer": room.sealer}
    with wiring.standing_in(**{**ports, "redelivery": room.queue, "alarms": room.alarms, **more}):
        yield


def run(event: Event) -> Any:
    """The machine, with the payload that the relay starts it with."""
    machines = MemoryMachines()
    relaying.fire([Arrived(sequence="1", event=event)], machines, wiring.store())
    return [
        outcome["status"]
        for outcome in walk("task_transition", "workflow", machines.started["task_transition", event.id])
    ]


def test_a_completion_reaches_who_asked_for_it() -> None:
    post = a_post(events=("task.completed",), stage_ids=("complete",))
    with a_transition(post):
        assert run(an_approval()) == ["delivered"]


def test_a_failed_attempt_ends_the_run_with_the_delivery_parked() -> None:
    post = a_post(REFUSED)
    with a_transition(post):
        assert run(a_submit()) == ["parked"]


def test_what_cannot_even_be_attempted_is_parked_and_sent_later() -> None:
    post = a_post()
    with a_transition(post, sealer=MemorySealer()):
        assert run(a_submit()) == ["parked"]

    assert draining.probe(delivering.probe_of(post.endpoint()), post.room) == "drained"
    assert len(post.sender.posted) == 1

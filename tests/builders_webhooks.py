"""Builders of events, endpoints and deliveries for tests of webhooks."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from gloss.adapters.memory import FixedClock, MemoryStore, memory_ports
from gloss.adapters.memory_mail import MemoryAlarms, MemoryQueue, ScriptedSender, memory_mailroom
from gloss.domain.events import TaskApproved, TaskMoved, TaskSubmitted
from gloss.domain.model import EndpointId, OrgId, ProjectId, StageId, TaskId, UserId
from gloss.domain.webhooks import Answer, Endpoint
from gloss.kinds.relay import ENDPOINTS, endpoint_key
from gloss.ports import Save
from gloss.postal import Mailroom

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PROJECT = ProjectId("project-1")
FINAL = frozenset({StageId("complete")})
REFUSED = Answer(status=500)


def task_fields(number: int = 1, stage: str = "annotate", to_stage: str = "review") -> dict[str, Any]:
    return {
        "id": f"event-{number}",
        "at": NOW + timedelta(seconds=number),
        "actor": UserId("ann"),
        "org_id": OrgId("org-1"),
        "project_id": PROJECT,
        "task_id": TaskId(f"task-{number}"),
        "data_id": f"data-{number}",
        "stage": StageId(stage),
        "to_stage": StageId(to_stage),
    }


def a_submit(number: int = 1, stage: str = "annotate") -> TaskSubmitted:
    return TaskSubmitted(**task_fields(number, stage))


def an_approval(number: int = 1) -> TaskApproved:
    return TaskApproved(**task_fields(number, "review", "complete"))


def a_move(number: int = 1) -> TaskMoved:
    return TaskMoved(**task_fields(number, "annotate", "complete"))


def an_endpoint(**fields: Any) -> Endpoint:
    known: dict[str, Any] = {
        "id": EndpointId("endpoint-1"),
        "org_id": OrgId("org-1"),
        "project_id": PROJECT,
        "url": "https://receiver.test/hook",
        "events": ("task.submitted",),
        "sealed_secret": "sealed",
        "created_at": NOW,
        "created_by": UserId("admin"),
    }
    return Endpoint(**(known | fields))


@dataclass(frozen=True)
class Post:
    """A mailroom in memory with its parts, and one endpoint in it."""

    room: Mailroom
    store: MemoryStore
    clock: FixedClock
    sender: ScriptedSender
    queue: MemoryQueue
    alarms: MemoryAlarms

    def endpoint(self) -> Endpoint:
        return self.store.get(ENDPOINTS, endpoint_key(PROJECT, EndpointId("endpoint-1")))

    def bodies(self) -> list[bytes]:
        return [posted.body for posted in self.sender.posted]


def a_post(*answers: Answer, **fields: Any) -> Post:
    """A mailroom whose one endpoint answers so, then 200."""
    store, clock, sender = MemoryStore(), FixedClock(NOW), ScriptedSender(answers)
    queue, alarms = MemoryQueue(), MemoryAlarms()
    memory = memory_mailroom(memory_ports(), sender)
    room = Mailroom(store, clock, memory.ids, sender, memory.sealer, queue, alarms)
    _, sealed = room.sealer.fresh("endpoint-1")
    store.commit([Save(ENDPOINTS, an_endpoint(sealed_secret=sealed, **fields))])
    return Post(room, store, clock, sender, queue, alarms)

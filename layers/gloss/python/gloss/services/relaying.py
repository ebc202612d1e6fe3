"""Pass on what the outbox tells: start the machine of what fires, archive everything."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final

from gloss.domain.benchmark import ScoreDue
from gloss.domain.events import BenchmarkSubmitted, BulkJobQueued, ConvoyCommitted, DatasetLeft, Event
from gloss.domain.model import Value
from gloss.ports import Blobs, Machines, Ports, Store
from gloss.postal import Queue
from gloss.services import convoying, delivering, leaving

MACHINE: Final = "task_transition"
SEQUENCE_DIGITS: Final = 40


class Arrived(Value):
    """An event as the stream brought it, with its place in the stream."""

    sequence: str
    event: Event


def fire(arrived: Sequence[Arrived], machines: Machines, store: Store) -> int:
    """Start a run for each event that fires and that somebody asked for; a repeated batch starts nothing twice.

    The run bears the event's id. An event that nobody listens to starts none, so most steps cost nothing.
    """
    firing = delivering.heard([it.event for it in arrived if it.event.fires], store)
    for event in firing:
        machines.start(MACHINE, event.id, {"event": event.model_dump(mode="json")})
    return len(firing)


def see_through(events: Sequence[Event], ports: Callable[[], Ports]) -> None:
    """Let convoys arrive and jobs start, should whoever left them behind have broken off."""
    for event in events:
        match event:
            case ConvoyCommitted():
                convoying.finish(event.convoy_id, ports())
            case BulkJobQueued() | DatasetLeft():
                leaving.follow(event, ports())
            case _:
                continue


def call_scores(events: Sequence[Event], queue: Callable[[], Queue]) -> None:
    """Have the scores reckoned of what was submitted in benchmark projects; what is asked twice is reckoned once."""
    for event in events:
        if isinstance(event, BenchmarkSubmitted):
            due = ScoreDue(task_id=event.task_id, submitted_at=event.at, score_id=event.score_id)
            queue().send(due.model_dump(mode="json"))


def archive(arrived: Sequence[Arrived], blobs: Blobs) -> list[str]:
    """Write the events as NDJSON, one object a project and day, named by its first event's place in the stream."""
    folders: dict[str, list[Arrived]] = defaultdict(list)
    for it in arrived:
        folders[folder_of(it.event)].append(it)
    return [_written(folder, entries, blobs) for folder, entries in folders.items()]


def folder_of(event: Event) -> str:
    """Where events of this project, or of the organisation as a whole, and of this UTC day lie."""
    owner = getattr(event, "project_id", None) or f"org-{event.org_id}"
    return f"{events_of(owner)}{event.at:%Y/%m/%d}/"


def events_of(owner: str) -> str:
    """The prefix under which a project's events lie, in the order of their days."""
    return f"events/{owner}/"


def _written(folder: str, entries: Sequence[Arrived], blobs: Blobs) -> str:
    key = f"{folder}{entries[0].sequence.zfill(SEQUENCE_DIGITS)}.ndjson"
    lines = "".join(f"{it.event.model_dump_json()}\n" for it in entries)
    blobs.put(key, lines.encode(), "application/x-ndjson")
    return key

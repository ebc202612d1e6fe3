"""Reads the outbox's events that fire something: each starts its run of `task_transition`."""

from gloss import consumers, wiring
from gloss.services import relaying
from gloss.services.relaying import Arrived


@consumers.of_stream
def handler(arrived: list[Arrived]) -> None:
    relaying.fire(arrived, wiring.machines(), wiring.store())

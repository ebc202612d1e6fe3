"""Reads every event of the outbox: archives it, tells webhooks, watches agent stages, has scores made, ends convoys."""

from gloss import consumers, wiring
from gloss.services import clearing, delivering, heralding, relaying
from gloss.services.relaying import Arrived


@consumers.of_stream
def handler(arrived: list[Arrived]) -> None:
    relaying.archive(arrived, wiring.blobs())
    quiet = [it.event for it in arrived if not it.event.fires]
    delivering.line_up(quiet, wiring.store(), wiring.redelivery())
    heralding.watch([it.event for it in arrived], wiring.store(), wiring.alarms)
    clearing.watch(quiet, wiring.alarms)
    relaying.call_scores(quiet, wiring.due_scores)
    relaying.see_through(quiet, wiring.ports)

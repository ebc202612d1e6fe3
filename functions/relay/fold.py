"""Reads every event of the outbox: archives it, tells webhooks of those that start no machine, sees convoys through."""

from gloss import consumers, wiring
from gloss.services import delivering, relaying
from gloss.services.relaying import Arrived


@consumers.of_stream
def handler(arrived: list[Arrived]) -> None:
    relaying.archive(arrived, wiring.blobs())
    quiet = [it.event for it in arrived if not it.event.fires]
    delivering.line_up(quiet, wiring.store(), wiring.redelivery())
    relaying.see_through(quiet, wiring.ports)

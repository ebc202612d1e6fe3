"""Reads the redelivery queue: each message wakes one endpoint and sends what waits for it."""

from gloss import consumers, wiring
from gloss.services import draining
from gloss.services.delivering import Probe
from gloss.services.draining import ProbeEnd


@consumers.of_queue
def handler(call: Probe) -> ProbeEnd:
    return draining.probe(call, wiring.mailroom())

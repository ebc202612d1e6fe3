"""Reads the redelivery queue: each message wakes one endpoint and sends what waits for it."""

from gloss import consumers, wiring
from gloss.services import delivering
from gloss.services.delivering import Probe, ProbeEnd


@consumers.of_queue
def handler(call: Probe) -> ProbeEnd:
    return delivering.probe(call, wiring.mailroom())

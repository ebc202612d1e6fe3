"""Reads the redelivery queue: a message wakes one endpoint and sends what waits for it, or is a round of a stage."""

from gloss import consumers, wiring
from gloss.domain.workflow.rounds import Round
from gloss.services import answering
from gloss.services.delivering import Probe


@consumers.of_queue
def handler(call: Probe | Round) -> str:
    return answering.answer(call, wiring.mailroom())

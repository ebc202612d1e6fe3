"""Reads the redelivery queue: a message wakes an endpoint, is a round of a stage, or has a copy looked at."""

from gloss import consumers, wiring
from gloss.domain.workflow.rounds import Round
from gloss.services import answering
from gloss.services.clearing import Unfinished
from gloss.services.delivering import Probe


@consumers.of_queue
def handler(call: Probe | Round | Unfinished) -> str:
    return answering.answer(call, wiring.mailroom())

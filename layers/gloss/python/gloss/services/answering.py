"""Answering the calls of the redelivery queue: a probe of an endpoint, or a round of an agent stage."""

from gloss.domain.workflow.rounds import Round
from gloss.postal import Mailroom
from gloss.services import draining, heralding
from gloss.services.delivering import Probe


def answer(call: Probe | Round, room: Mailroom) -> str:
    """What came of the call, in a word for the log."""
    return heralding.make_round(call, room) if isinstance(call, Round) else draining.probe(call, room)

"""Answering the calls of the redelivery queue: a probe of an endpoint, a round of an agent stage, a copy to look at."""

from gloss.domain.workflow.rounds import Round
from gloss.postal import Mailroom
from gloss.services import clearing, draining, heralding
from gloss.services.clearing import Unfinished
from gloss.services.delivering import Probe


def answer(call: Probe | Round | Unfinished, room: Mailroom) -> str:
    """What came of the call, in a word for the log."""
    match call:
        case Round():
            return heralding.make_round(call, room)
        case Unfinished():
            return clearing.clear(call, room.store, room.clock)
        case Probe():
            return draining.probe(call, room)

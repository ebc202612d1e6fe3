"""Reads the queue of scores that are due: each is reckoned and kept once."""

from gloss import consumers, wiring
from gloss.domain.benchmark import ScoreDue
from gloss.services import scoring


@consumers.of_queue
def handler(asked: ScoreDue) -> str:
    return scoring.score(asked, wiring.ports())

"""State Gather of active_import: the labels on one batch of frames."""

from gloss import edge, wiring
from gloss.services import gathering
from gloss.services.noting import Outcome, Work


@edge.state
def handler(work: Work) -> Outcome:
    return gathering.gather(work, wiring.ports())

"""State Measure of active_import: the metrics of one batch of frames and labels."""

from gloss import edge, wiring
from gloss.services import measuring
from gloss.services.noting import Outcome, Work


@edge.state
def handler(work: Work) -> Outcome:
    return measuring.measure(work, wiring.ports())

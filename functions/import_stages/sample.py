"""State Sample of active_import: one batch of frames with their thumbnails and pixel metrics."""

from gloss import edge, wiring
from gloss.services import framing
from gloss.services.noting import Outcome, Work


@edge.state
def handler(work: Work) -> Outcome:
    return framing.sample(work, wiring.decoder(), wiring.thumbnails(), wiring.ports())

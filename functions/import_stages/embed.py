"""State Embed of active_import: the vectors of one batch of frames."""

from gloss import edge, wiring
from gloss.services import vectorising
from gloss.services.noting import Outcome, Work


@edge.state
def handler(work: Work) -> Outcome:
    return vectorising.embed(work, wiring.thumbnails(), wiring.embedder(), wiring.ports())

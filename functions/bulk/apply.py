"""State Apply of bulk: one batch carried out."""

from gloss import edge, wiring
from gloss.services import bulking
from gloss.services.bulking import Applied, BatchRef


@edge.state
def handler(work: BatchRef) -> Applied:
    return bulking.apply(work, wiring.ports())

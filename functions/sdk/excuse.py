"""State Excuse of late_answer: there is no answer, and who waits is told so."""

from gloss import edge, wiring
from gloss.services import deferring
from gloss.services.deferring import Broken, Ended


@edge.state
def handler(work: Broken) -> Ended:
    return deferring.excuse(work, wiring.ports())

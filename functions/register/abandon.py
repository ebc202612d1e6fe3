"""State Abandon of registration: the job ends in ERROR, with the reason."""

from gloss import edge, wiring
from gloss.services import finishing
from gloss.services.finishing import Broken, Ended


@edge.state
def handler(work: Broken) -> Ended:
    return finishing.abandon(work, wiring.ports())

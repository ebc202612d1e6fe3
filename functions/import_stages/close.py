"""State Close of active_import: judge the round, and open the stage when it is complete."""

from gloss import edge, wiring
from gloss.services import unlocking
from gloss.services.unlocking import Closed, Closing


@edge.state
def handler(work: Closing) -> Closed:
    return unlocking.close(work, wiring.index_builder(), wiring.ports())

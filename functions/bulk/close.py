"""State Close of bulk: the job is over, whether its batches are through or broke off."""

from gloss import edge, wiring
from gloss.services import bulking
from gloss.services.bulking import Closed, Closing


@edge.state
def handler(work: Closing) -> Closed:
    return bulking.close(work, wiring.ports())

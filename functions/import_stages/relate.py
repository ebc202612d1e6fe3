"""State Relate of active_import: the 2-D map, or the nearest neighbours of one block of frames."""

from gloss import edge, wiring
from gloss.services import relating
from gloss.services.noting import Outcome, Work


@edge.state
def handler(work: Work) -> Outcome:
    return relating.relate(work, wiring.mapper(), wiring.ports())

"""State Finish of export: the export is over, whether its file is there or it broke off."""

from gloss import edge, wiring
from gloss.services import bundling
from gloss.services.bundling import Ended, Ending


@edge.state
def handler(work: Ending) -> Ended:
    return bundling.finish(work, wiring.ports())

"""State Bundle of export: the parts joined into one file."""

from gloss import edge, wiring
from gloss.services import bundling
from gloss.services.pinning import ExportRef


@edge.state
def handler(work: ExportRef) -> ExportRef:
    return bundling.bundle(work, wiring.ports())

"""State Number of export: the ids of a COCO batch made to follow those of the batches before it."""

from gloss import edge, wiring
from gloss.services import bundling
from gloss.services.rendering import ExportBatchRef, Rendered


@edge.state
def handler(work: ExportBatchRef) -> Rendered:
    return bundling.number(work, wiring.ports())

"""State Render of export: one batch written."""

from gloss import edge, wiring
from gloss.services import rendering
from gloss.services.rendering import ExportBatchRef, Rendered


@edge.state
def handler(work: ExportBatchRef) -> Rendered:
    return rendering.render(work, wiring.ports(), wiring.media)

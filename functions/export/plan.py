"""State Plan of export: which rows there are, pinned down in batches."""

from gloss import edge, wiring
from gloss.services import pinning
from gloss.services.pinning import ExportRef, PlannedExport


@edge.state
def handler(work: ExportRef) -> PlannedExport:
    return pinning.plan(work, wiring.ports())

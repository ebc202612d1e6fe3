"""State Sweep of folder_sync: one batch of what is gone."""

from gloss import edge, wiring
from gloss.domain.syncing import SyncBatch
from gloss.services import sweeping
from gloss.services.batching import SyncBatchRef


@edge.state
def handler(work: SyncBatchRef) -> SyncBatch:
    return sweeping.sweep(work, wiring.media, wiring.ports())

"""State Attach of folder_sync: one batch of sidecars."""

from gloss import edge, wiring
from gloss.domain.syncing import SyncBatch
from gloss.services import pairing
from gloss.services.batching import SyncBatchRef


@edge.state
def handler(work: SyncBatchRef) -> SyncBatch:
    return pairing.attach(work, wiring.media, wiring.ports())

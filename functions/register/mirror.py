"""State Mirror of folder_sync: one batch of new and changed files."""

from gloss import edge, wiring
from gloss.domain.syncing import SyncBatch
from gloss.services import mirroring
from gloss.services.batching import SyncBatchRef


@edge.state
def handler(work: SyncBatchRef) -> SyncBatch:
    return mirroring.mirror(work, wiring.media, wiring.ports())

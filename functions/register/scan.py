"""State Scan of folder_sync: the next keys of the listing, cut into batches of what is to do."""

from gloss import edge, wiring
from gloss.services import scanning
from gloss.services.scanning import Round
from gloss.services.syncing import SyncRef


@edge.state
def handler(work: SyncRef) -> Round:
    return scanning.scan(work.sync_id, wiring.media, wiring.ports())

"""State Conclude of folder_sync: the sync ends with its counts."""

from gloss import edge, wiring
from gloss.services import syncing
from gloss.services.syncing import Concluded, SyncRef


@edge.state
def handler(work: SyncRef) -> Concluded:
    return syncing.conclude(work.sync_id, wiring.ports())

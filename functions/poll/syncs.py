"""Doorways that wait for syncs of folders."""

from gloss import edge, holding, wiring
from gloss.sdk.registration.calls import LONGEST_HOLD_S
from gloss.sdk.registration.shapes import Polling
from gloss.sdk.storage import syncs
from gloss.sdk.storage.syncs import SyncDto

router = edge.router()


@router.get("/v2/public/storage/folders/<folder_id>/cloud-linked-folder-syncs/<sync_id>/long-polling")
def poll_sync(folder_id: str, sync_id: str) -> SyncDto:
    asked = Polling.read(router.current_event.resolved_query_string_parameters)
    patience = holding.patience(min(asked.timeout_seconds, LONGEST_HOLD_S))
    return syncs.poll(folder_id, sync_id, patience, wiring.ports())

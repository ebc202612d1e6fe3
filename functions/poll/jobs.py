"""Doorways that wait for registration jobs."""

from gloss import edge, holding, wiring
from gloss.domain.model import FolderId
from gloss.sdk.registration import calls
from gloss.sdk.registration.shapes import JobDto, Polling

router = edge.router()


@router.get("/v2/public/storage/folders/<folder_id>/data-upload-jobs/<job_id>")
def poll_job(folder_id: FolderId, job_id: str) -> JobDto:
    asked = Polling.read(router.current_event.resolved_query_string_parameters)
    patience = holding.patience(min(asked.timeout_seconds, calls.LONGEST_HOLD_S))
    return calls.poll(folder_id, job_id, patience, wiring.ports())

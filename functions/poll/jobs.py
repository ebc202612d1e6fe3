"""Doorways that wait for registration jobs."""

from aws_lambda_powertools.event_handler import Response

from gloss import edge, holding, wiring
from gloss.domain.model import FolderId
from gloss.sdk.registration import calls
from gloss.sdk.registration.shapes import Polling

router = edge.router()


@router.get("/v2/public/storage/folders/<folder_id>/data-upload-jobs/<job_id>")
def poll_job(folder_id: FolderId, job_id: str) -> Response[str]:
    asked = Polling.read(router.current_event.resolved_query_string_parameters)
    patience = holding.patience(min(asked.timeout_seconds, calls.LONGEST_HOLD_S))
    return edge.written(calls.poll(folder_id, job_id, patience, wiring.ports()))

"""Doorways of registration for the public SDK; jobs are waited for in the room `poll`."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from gloss import edge, wiring
from gloss.domain.model import FolderId
from gloss.sdk.registration import calls
from gloss.sdk.registration.shapes import JobPayload
from gloss.sdk.wire import scalar

router = edge.router()


@router.post("/v2/public/storage/folders/<folder_id>/data-upload-jobs")
def start_job(folder_id: FolderId, body: JobPayload) -> Response[str]:
    sent = router.current_event.decoded_body or ""
    return scalar(calls.start(folder_id, body, sent, edge.caller(), wiring.ports()).id)


@router.post("/v2/public/storage/folders/<folder_id>/data-upload-jobs/<job_id>/cancel")
def cancel_job(folder_id: FolderId, job_id: str) -> dict[str, Any]:
    return calls.cancel(folder_id, job_id, edge.caller(), wiring.ports())

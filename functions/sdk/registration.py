"""Doorways of registration and direct uploads for the public SDK; jobs are waited for in the room `poll`."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from gloss import edge, wiring
from gloss.domain.model import FolderId
from gloss.sdk.registration import calls, uploads
from gloss.sdk.registration.manifests import Desk
from gloss.sdk.registration.shapes import JobPayload
from gloss.sdk.registration.uploads import Announcing, SignedUrlDto, UploadsAsking, UploadsPayload
from gloss.sdk.wire import Results, scalar

router = edge.router()


@router.post("/v2/public/storage/folders/<folder_id>/data-upload-jobs")
def start_job(folder_id: FolderId, body: JobPayload) -> Response[str]:
    desk = Desk(folder_id, edge.caller(), wiring.inbox(), wiring.ports())
    return scalar(calls.start(body, router.current_event.decoded_body or "", desk).id)


@router.post("/v2/public/storage/folders/<folder_id>/upload-signed-urls")
def announce_uploads(folder_id: FolderId, body: UploadsPayload) -> Results[SignedUrlDto]:
    wanted = Announcing(item_type=body.item_type, count=body.count, folder_id=folder_id)
    return uploads.announced(wanted, edge.caller(), wiring.inbox(), wiring.ports())


@router.get("/v2/public/presigned-urls")
def announce_for_any_folder() -> Results[SignedUrlDto]:
    asked = UploadsAsking.read(router.current_event.resolved_query_string_parameters)
    wanted = Announcing(item_type=asked.upload_item_type, count=asked.count)
    return uploads.announced(wanted, edge.caller(), wiring.inbox(), wiring.ports())


@router.post("/v2/public/storage/folders/<folder_id>/data-upload-jobs/<job_id>/cancel")
def cancel_job(folder_id: FolderId, job_id: str) -> dict[str, Any]:
    return calls.cancel(folder_id, job_id, edge.caller(), wiring.ports())

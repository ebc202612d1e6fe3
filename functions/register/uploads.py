"""Doorways of direct uploads."""

from functions.register.jobs import JobView
from gloss import edge, wiring
from gloss.domain.uploads import Upload
from gloss.services import following, uploading
from gloss.services.uploading import Completion, Invited, Kept, NewUpload

router = edge.router()


@router.post("/v1/folders/<folder_id>/uploads")
def invite_upload(folder_id: str, body: NewUpload) -> Invited:
    return uploading.invite(folder_id, body, edge.caller(), wiring.inbox(), wiring.ports())


@router.post("/v1/folders/<folder_id>/uploads/<upload_id>/keep")
def keep_upload(folder_id: str, upload_id: str) -> Kept:
    return _view(uploading.keep(folder_id, upload_id, wiring.inbox(), wiring.ports()))


@router.post("/v1/folders/<folder_id>/uploads/<upload_id>/complete")
def complete_upload(folder_id: str, upload_id: str, body: Completion) -> JobView:
    job = uploading.complete(folder_id, upload_id, body, edge.caller(), wiring.inbox(), wiring.ports())
    return JobView.of(following.follow(job, wiring.ports()))


def _view(upload: Upload) -> Kept:
    return Kept(id=upload.id, object_url=upload.url, size_bytes=upload.size_bytes or 0)

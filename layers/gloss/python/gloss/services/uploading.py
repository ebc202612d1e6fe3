"""Direct uploads: a file is announced, put where a signed URL says, kept, and registered like any other."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from gloss.domain.access import UNSEEN, Caller
from gloss.domain.errors import Conflict, Fault, Invalid, NotFound
from gloss.domain.job import Job
from gloss.domain.media import MediaKind, Metadata
from gloss.domain.model import FolderId, Timestamp, Title, Value
from gloss.domain.uploads import ContentType, FileSize, Upload
from gloss.inbox import Inbox
from gloss.kinds.register import JOBS, UPLOADS, job_key, upload_key
from gloss.ports import Ports, Save, Store
from gloss.services import filing, linking, making, submitting
from gloss.services.situating import persistently
from gloss.services.submitting import NewJob

PUT_S: Final = 3600
GIVEN_UP: Final = timedelta(days=2)

#: The array of a manifest in which a file of a kind stands; a DICOM file is a series of its own there.
ARRAYS: Final[Mapping[MediaKind, str]] = {
    MediaKind.IMAGE: "images",
    MediaKind.VIDEO: "videos",
    MediaKind.AUDIO: "audio",
    MediaKind.PDF: "pdfs",
    MediaKind.TEXT: "text",
    MediaKind.NIFTI: "nifti",
    MediaKind.DICOM_FILE: "dicom_series",
}
FileKind = Literal["image", "video", "audio", "pdf", "text", "nifti", "dicom_file"]


class NewUpload(Value):
    """A file to upload: at most 5 GiB, which is what one PUT carries."""

    file_name: Title
    kind: FileKind
    size_bytes: FileSize
    content_type: ContentType = "application/octet-stream"


class Invited(Value):
    """An announced file: PUT it to `url` with these headers in time; manifests name it by `object_url`."""

    id: str
    object_url: str
    url: str
    headers: dict[str, str]
    expires_at: Timestamp


class Kept(Value):
    """A file that came whole and stays; manifests of its folder may name it."""

    id: str
    object_url: str
    size_bytes: int


class Completion(Value):
    """What the item of an uploaded file is called, and what is said of it."""

    title: Title | None = None
    metadata: Annotated[Metadata, Field(max_length=256)] = Field(default_factory=dict)


def invite(folder_id: str, wanted: NewUpload, caller: Caller, inbox: Inbox, ports: Ports) -> Invited:
    """Announce a file and say where it goes; what does not come or is not kept within two days is given up."""
    linking.demand_filled_by_hand(filing.folder(folder_id, ports.store))
    now = ports.clock.now()
    upload = Upload(
        id=ports.ids.new(),
        org_id=caller.org_id,
        folder_id=FolderId(folder_id),
        file_name=wanted.file_name,
        kind=MediaKind(wanted.kind),
        size_bytes=wanted.size_bytes,
        content_type=wanted.content_type,
        created_by=caller.user_id,
        created_at=now,
        expires=int((now + GIVEN_UP).timestamp()),
    )
    made = making.once(UPLOADS, upload, ports.store)
    way = inbox.invite(made, PUT_S)
    until = now + timedelta(seconds=PUT_S)
    return Invited(id=made.id, object_url=made.url, url=way.url, headers=way.headers, expires_at=until)


def keep(folder_id: str, upload_id: str, inbox: Inbox, ports: Ports) -> Upload:
    """Let an uploaded file stay, for a manifest to name; raises Conflict while nothing has come, Invalid for a part.

    The file is kept before that is written down: what breaks off between leaves a file too many, never one too few.
    """
    return persistently(lambda: _kept(folder_id, upload_id, inbox, ports))


def complete(folder_id: str, upload_id: str, wanted: Completion, caller: Caller, inbox: Inbox, ports: Ports) -> Job:
    """Keep a file and start the job that registers it; however often it is asked for, there is one job."""
    upload = keep(folder_id, upload_id, inbox, ports)
    if upload.job_id is not None:
        return ports.store.get(JOBS, job_key(upload.job_id))
    manifest = NewJob(manifest=_manifest(upload, wanted), file_name=upload.file_name)
    ids = making.Following(upload.id)
    job = submitting.submit(folder_id, manifest, None, caller, replace(ports, ids=ids))
    persistently(lambda: _note_job(upload_id, job, ports.store))
    return job


def _kept(folder_id: str, upload_id: str, inbox: Inbox, ports: Ports) -> Upload:
    upload = _upload(folder_id, upload_id, ports.store)
    if upload.kept_at is not None:
        return upload
    _demand_whole(upload, inbox)
    inbox.keep(upload)
    kept = upload.changed(kept_at=ports.clock.now(), expires=None)
    ports.store.commit([Save(UPLOADS, kept)])
    return kept


def _upload(folder_id: str, upload_id: str, store: Store) -> Upload:
    upload = store.find(UPLOADS, upload_key(upload_id))
    if upload is None or upload.folder_id != folder_id:
        raise NotFound(UNSEEN)
    return upload


def _demand_whole(upload: Upload, inbox: Inbox) -> None:
    try:
        size = inbox.size(upload)
    except NotFound as missing:
        raise Conflict(f"{missing.message} PUT it to the signed URL first.") from missing
    if size != upload.size_bytes:
        reason = f"{upload.size_bytes} bytes were announced and {size} came"
        raise Invalid(f"{upload.file_name} is not what was announced: {reason}.", [Fault("size_bytes", reason)])


def _note_job(upload_id: str, job: Job, store: Store) -> None:
    stored = store.get(UPLOADS, upload_key(upload_id))
    if stored.job_id is None:
        store.commit([Save(UPLOADS, stored.changed(job_id=job.id))])


def _manifest(upload: Upload, wanted: Completion) -> dict[str, Any]:
    name = "objectUrl_0" if upload.kind is MediaKind.DICOM_FILE else "objectUrl"
    row = {name: upload.url, "title": wanted.title or upload.file_name, "clientMetadata": wanted.metadata}
    return {ARRAYS[upload.kind]: [row]}

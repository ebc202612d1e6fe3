"""Direct uploads: a file is announced, put where a signed URL says, kept, and registered like any other."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from gloss.domain.access import UNSEEN, Caller
from gloss.domain.errors import Conflict, Fault, Invalid, NotFound, Stale
from gloss.domain.job import Job
from gloss.domain.media import MediaKind, Metadata
from gloss.domain.model import FolderId, Timestamp, Title, Value
from gloss.domain.uploads import LARGEST_BYTES, TYPE_PATTERN, ContentType, FileSize, Upload, id_of, is_upload
from gloss.inbox import Arrived, Inbox
from gloss.kinds.register import JOBS, UPLOADS, job_key, upload_key
from gloss.ports import Ports, Save, Store
from gloss.services import filing, linking, making, submitting
from gloss.services.sharing import shared
from gloss.services.situating import persistently
from gloss.services.submitting import NewJob

PUT_S: Final = 3600
AT_ONCE: Final = 90
FEW: Final = 4
TYPE: Final = re.compile(TYPE_PATTERN)
GIVEN_UP: Final = timedelta(days=2)

#: The array of a manifest in which a file of a kind stands; a DICOM file is a series of its own there.
ARRAYS: Final[Mapping[MediaKind, str]] = {
    MediaKind.IMAGE: "images",
    MediaKind.VIDEO: "videos",
    MediaKind.AUDIO: "audio",
    MediaKind.PDF: "pdfs",
    MediaKind.TEXT: "text",
    MediaKind.NIFTI: "nifti",
    MediaKind.TIME_SERIES: "time_series",
    MediaKind.DICOM_FILE: "dicom_series",
}
FileKind = Literal["image", "video", "audio", "pdf", "text", "nifti", "time_series", "dicom_file"]


class NewUpload(Value):
    """A file to upload: at most 5 GiB, which is what one PUT carries."""

    file_name: Title
    kind: FileKind
    size_bytes: FileSize
    content_type: ContentType = "application/octet-stream"


class Several(Value):
    """So many files of a kind, for a folder or (None) for any that the caller fills."""

    kind: MediaKind
    count: Annotated[int, Field(ge=1, le=5000)]
    folder_id: FolderId | None = None


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
    return _invited(making.once(UPLOADS, upload, ports.store), inbox, now)


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


def invite_many(wanted: Several, caller: Caller, inbox: Inbox, ports: Ports) -> list[Invited]:
    """Announce files of which only the kind is known; a client sends their size and type with the files."""
    if wanted.folder_id is not None:
        linking.demand_filled_by_hand(filing.folder(wanted.folder_id, ports.store))
    now = ports.clock.now()
    uploads = [
        Upload(
            id=ports.ids.new(),
            org_id=caller.org_id,
            folder_id=wanted.folder_id,
            file_name=wanted.kind.value,
            kind=wanted.kind,
            created_by=caller.user_id,
            created_at=now,
            expires=int((now + GIVEN_UP).timestamp()),
        )
        for _ in range(wanted.count)
    ]
    for start in range(0, len(uploads), AT_ONCE):
        _announce(uploads[start : start + AT_ONCE], ports.store)
    return [_invited(upload, inbox, now) for upload in uploads]


def keep_named(urls: Iterable[str], folder_id: FolderId, caller: Caller, inbox: Inbox, ports: Ports) -> list[Upload]:
    """Let those of the URLs stay that name uploads which came and which the caller may register in the folder.

    The others are left as they are: whoever registers them is told why.
    """
    ids = sorted({id_ for id_ in map(id_of, filter(is_upload, urls)) if id_ is not None})
    found = ports.store.get_many(UPLOADS, [upload_key(id_) for id_ in ids])
    mine = [it for it in found if it.org_id == caller.org_id and it.is_open_to(folder_id, caller.user_id)]
    now = ports.clock.now()
    kept = [it for it in shared(lambda upload: _tried(upload, inbox, now), mine, FEW) if it is not None]
    fresh = [it for it in kept if it.kept_at == now]
    for start in range(0, len(fresh), AT_ONCE):
        some = fresh[start : start + AT_ONCE]
        persistently(lambda some=some: _note_kept(some, ports.store))  # type: ignore[misc]
    return kept


def _tried(upload: Upload, inbox: Inbox, now: Timestamp) -> Upload | None:
    if upload.kept_at is not None:
        return upload
    try:
        return _settled(upload, inbox, now)
    except (NotFound, Conflict, Invalid):
        return None


def _note_kept(uploads: Sequence[Upload], store: Store) -> None:
    """Others may have kept some of them meanwhile."""
    there = {it.id for it in store.get_many(UPLOADS, [upload_key(it.id) for it in uploads]) if it.kept_at}
    store.commit([Save(UPLOADS, it) for it in uploads if it.id not in there])


def _announce(uploads: Sequence[Upload], store: Store) -> None:
    """Once; under the same Idempotency-Key they are there already."""
    try:
        store.commit([Save(UPLOADS, upload) for upload in uploads])
    except Stale:
        if store.find(UPLOADS, upload_key(uploads[-1].id)) is None:
            raise


def _invited(upload: Upload, inbox: Inbox, now: Timestamp) -> Invited:
    way, until = inbox.invite(upload, PUT_S), now + timedelta(seconds=PUT_S)
    return Invited(id=upload.id, object_url=upload.url, url=way.url, headers=way.headers, expires_at=until)


def _kept(folder_id: str, upload_id: str, inbox: Inbox, ports: Ports) -> Upload:
    upload = _upload(folder_id, upload_id, ports.store)
    if upload.kept_at is not None:
        return upload
    kept = _settled(upload, inbox, ports.clock.now())
    ports.store.commit([Save(UPLOADS, kept)])
    return kept


def _settled(upload: Upload, inbox: Inbox, now: Timestamp) -> Upload:
    """An upload that stays, with what is known now that it has come."""
    came = _whole(upload, inbox)
    inbox.keep(upload)
    said = came.content_type if came.content_type and TYPE.fullmatch(came.content_type) else None
    facts = {"size_bytes": came.size_bytes, "content_type": upload.content_type or said}
    return upload.changed(kept_at=now, expires=None, **facts)


def _upload(folder_id: str, upload_id: str, store: Store) -> Upload:
    upload = store.find(UPLOADS, upload_key(upload_id))
    if upload is None or upload.folder_id != folder_id:
        raise NotFound(UNSEEN)
    return upload


def _whole(upload: Upload, inbox: Inbox) -> Arrived:
    try:
        came = inbox.arrived(upload)
    except NotFound as missing:
        raise Conflict(f"{missing.message} PUT it to the signed URL first.") from missing
    size = came.size_bytes
    if size != (upload.size_bytes or size) or not 0 < size <= LARGEST_BYTES:
        reason = f"{upload.size_bytes or 'some'} bytes were announced and {size} came"
        raise Invalid(f"{upload.file_name} is not what was announced: {reason}.", [Fault("size_bytes", reason)])
    return came


def _note_job(upload_id: str, job: Job, store: Store) -> None:
    stored = store.get(UPLOADS, upload_key(upload_id))
    if stored.job_id is None:
        store.commit([Save(UPLOADS, stored.changed(job_id=job.id))])


def _manifest(upload: Upload, wanted: Completion) -> dict[str, Any]:
    name = "objectUrl_0" if upload.kind is MediaKind.DICOM_FILE else "objectUrl"
    row = {name: upload.url, "title": wanted.title or upload.file_name, "clientMetadata": wanted.metadata}
    return {ARRAYS[upload.kind]: [row]}

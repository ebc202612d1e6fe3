"""Handing in a manifest, and taking it back: the beginning of a registration and its cancellation."""

from typing import Annotated, Any

from pydantic import Field
from pydantic_core import to_json

from gloss.domain.access import Caller, Permission
from gloss.domain.errors import Conflict, Fault, Invalid, NotFound
from gloss.domain.folder import Folder
from gloss.domain.job import Job, JobStatus, ManifestFormat
from gloss.domain.manifest.opening import CONTENT_TYPE, format_of, opened
from gloss.domain.manifest.plain import Run
from gloss.domain.model import DatasetId, FolderId, IntegrationId, JobId, Value
from gloss.kinds.register import JOBS, job_key
from gloss.ports import Blobs, Ports, Store
from gloss.services import authorising, filing, finishing, linking, making

MACHINE = "registration"
UPLOAD_S = 3600
_INLINE = {"manifest": ManifestFormat.JSON, "ndjson": ManifestFormat.NDJSON, "csv": ManifestFormat.CSV}
FileName = Annotated[str, Field(max_length=1024)]


class NewJob(Value):
    """A manifest to register: inline as JSON (an object, or its text), as NDJSON, as CSV, or uploaded before.

    What it registers becomes data units of `dataset_id`, and of the dataset that the folder backs.
    Its flags hold beside those of the manifest itself; a CSV has none.
    """

    manifest: dict[str, Any] | str | None = None
    ndjson: str | None = None
    csv: str | None = None
    manifest_key: Annotated[str, Field(max_length=512)] | None = None
    file_name: FileName | None = None
    integration_id: IntegrationId | None = None
    dataset_id: DatasetId | None = None
    ignore_errors: bool = False
    lenient: bool = False
    skip_duplicate_urls: bool = False
    upsert_metadata: bool = False


class NewManifest(Value):
    """A manifest to upload: its format, or a file name that tells it; JSON when neither is given."""

    format: ManifestFormat | None = None
    file_name: FileName | None = None


class ManifestUpload(Value):
    """Where to PUT a manifest within the hour, and the key to start a job with."""

    manifest_key: str
    url: str


def invite_manifest(folder_id: str, wanted: NewManifest, ports: Ports) -> ManifestUpload:
    """A signed URL for a manifest that is too large for a request; raises Invalid when its name tells no format."""
    linking.demand_filled_by_hand(filing.folder(folder_id, ports.store))
    key = f"{_uploads(folder_id)}{ports.ids.new()}.{_format(wanted).value}"
    return ManifestUpload(manifest_key=key, url=ports.blobs.signed_put(key, UPLOAD_S))


def submit(folder_id: str, wanted: NewJob, text: bytes | None, caller: Caller, ports: Ports) -> Job:
    """Store the manifest and start its registration; `text` is the inline manifest as it was sent.

    Raises Malformed with the position when it cannot be read, Invalid for more or less than one manifest or an unknown
    top-level key, NotFound for an unknown folder, integration or upload, Conflict for a synced folder; nothing is
    changed then.
    """
    folder = linking.demand_filled_by_hand(filing.folder(folder_id, ports.store))
    datasets = _datasets(folder, wanted, caller, ports.store)
    if wanted.integration_id is not None:
        resource = f"integration:{wanted.integration_id}"
        authorising.require(caller, resource, Permission.RESOURCE_USE, ports.store)
    form, key, body = _source(folder_id, wanted, text, ports)
    total = None if body is None else _rows_of(form, body, wanted.lenient)
    if body is not None:
        ports.blobs.put(key, body, CONTENT_TYPE[form])
    job = Job(
        id=JobId(ports.ids.new()),
        org_id=caller.org_id,
        folder_id=FolderId(folder_id),
        dataset_ids=datasets,
        integration_id=wanted.integration_id,
        file_name=wanted.file_name,
        format=form,
        manifest_key=key,
        ignore_errors=wanted.ignore_errors,
        lenient=wanted.lenient,
        total=total,
        skip_duplicate_urls=wanted.skip_duplicate_urls,
        upsert_metadata=wanted.upsert_metadata,
        created_by=caller.user_id,
        created_at=ports.clock.now(),
    )
    begun = making.once(JOBS, job, ports.store)
    ports.machines.start(MACHINE, begun.id, {"job_id": begun.id})
    return begun


def job_of(job_id: str, caller: Caller, permission: Permission, store: Store) -> Job:
    """A job of a folder that the caller may see or change; raises NotFound or Forbidden."""
    job = store.get(JOBS, job_key(job_id))
    authorising.require(caller, f"folder:{job.folder_id}", permission, store)
    return job


def cancel(job_id: str, caller: Caller, ports: Ports) -> Job:
    """Stop a job; units that are registered stay, and those being read still come. Raises Conflict when it is over."""
    job = job_of(job_id, caller, Permission.RESOURCE_ADMIN, ports.store)
    if job.status is not JobStatus.PENDING:
        raise Conflict(f"The job is {job.status.value} already.")
    cancelled = job.changed(status=JobStatus.CANCELLED, ended_at=ports.clock.now())
    finishing.end(cancelled, finishing.counts_of(job, ports.store), ports)
    ports.machines.stop(MACHINE, job.machine_run)
    return cancelled


def _datasets(folder: Folder, wanted: NewJob, caller: Caller, store: Store) -> tuple[DatasetId, ...]:
    """The datasets that get what is registered: the one asked for, and the one that the folder backs."""
    if wanted.dataset_id is not None:
        authorising.require(caller, f"dataset:{wanted.dataset_id}", Permission.RESOURCE_ADMIN, store)
    return tuple(dict.fromkeys(id_ for id_ in (wanted.dataset_id, folder.dataset_id) if id_ is not None))


def _source(
    folder_id: str, wanted: NewJob, text: bytes | None, ports: Ports
) -> tuple[ManifestFormat, str, bytes | None]:
    """The format, key and body of the one manifest that the request names; no body when it was uploaded."""
    named = [name for name in (*_INLINE, "manifest_key") if getattr(wanted, name) is not None]
    if len(named) != 1:
        reason = f"send exactly one of {', '.join(_INLINE)} and manifest_key"
        raise Invalid(f"There must be one manifest: {reason}.", [Fault(name, reason) for name in named or ["manifest"]])
    if wanted.manifest_key is not None:
        return _uploaded(folder_id, wanted.manifest_key, ports.blobs)
    form, said = _INLINE[named[0]], getattr(wanted, named[0])
    body = said.encode() if isinstance(said, str) else text or to_json(said)
    return form, f"{_uploads(folder_id)}{ports.ids.new()}.{form.value}", body


def _format(wanted: NewManifest) -> ManifestFormat:
    if wanted.format is not None or wanted.file_name is None:
        return wanted.format or ManifestFormat.JSON
    found = format_of(wanted.file_name)
    if found is None:
        reason = "its ending is none of .json, .ndjson, .jsonl, .csv; say the format"
        raise Invalid(f"The format of {wanted.file_name} is not known.", [Fault("file_name", reason)])
    return found


def _uploaded(folder_id: str, key: str, blobs: Blobs) -> tuple[ManifestFormat, str, None]:
    if not key.startswith(_uploads(folder_id)) or next(blobs.keys(key), None) != key:
        raise NotFound("There is no uploaded manifest under this manifest_key.")
    return ManifestFormat(key.rpartition(".")[2]), key, None


def _rows_of(form: ManifestFormat, body: bytes, lenient: bool) -> int:
    """How many rows a manifest has; raises what keeps it from being read."""
    parts = opened(form, [body], lenient).parts()
    return sum(len(part.texts) if isinstance(part, Run) else 1 for part in parts)


def _uploads(folder_id: str) -> str:
    return f"manifests/{folder_id}/"

"""What the SDK asks of registration: jobs begun, waited for, and cancelled."""

from collections.abc import Iterator
from typing import Final

from gloss.domain.access import UNSEEN, Caller
from gloss.domain.errors import Fault, Invalid, NotFound
from gloss.domain.job import Job, JobStatus
from gloss.domain.manifest.scanning import member_text
from gloss.domain.model import DatasetId, FolderId
from gloss.kinds.register import JOBS, job_key
from gloss.ports import Ports
from gloss.sdk.refusing import as_illegal
from gloss.sdk.registration.manifests import Desk, Manifest, manifest_of
from gloss.sdk.registration.shapes import JobPayload, told
from gloss.services import awaiting, following, submitting
from gloss.services.awaiting import Patience
from gloss.services.submitting import NewJob

#: The gateway lets nobody wait for more than 30 s.
LONGEST_HOLD_S: Final = 25.0
#: So many units the room writes down in a second; a long job is held for less, so that there is time for its answer.
TOLD_A_SECOND: Final = 20_000


def start(payload: JobPayload, body: str, desk: Desk) -> Job:
    """Begin to register; `body` is the request as it was sent, so that faults name its lines."""
    sent = None if payload.external_files is None else member_text(body, "externalFiles")
    return begin(payload, sent, None, desk)


def begin(payload: JobPayload, sent: bytes | None, dataset_id: DatasetId | None, desk: Desk) -> Job:
    """The same, perhaps for a dataset; raises Invalid for more or less than one manifest."""
    manifest = _manifest(payload, desk)
    wanted = NewJob(
        manifest=manifest.arrays,
        file_name=payload.file_name,
        integration_id=payload.integration_hash or manifest.integration_id,
        dataset_id=dataset_id,
        ignore_errors=payload.ignore_errors,
    )
    return submitting.submit(desk.folder_id, wanted, sent, desk.caller, desk.ports)


def poll(folder_id: FolderId, job_id: str, patience: Patience, ports: Ports) -> Iterator[bytes]:
    """A job of the folder when it is over, or as it stands when it has been waited for long enough."""
    units = _job(folder_id, job_id, ports).total or 0
    seconds = min(patience.seconds, LONGEST_HOLD_S - units / TOLD_A_SECOND)
    patience = patience._replace(seconds=seconds)
    job = awaiting.held(lambda: _job(folder_id, job_id, ports), _is_over, patience)
    how = following.standing_of(job, ports)
    return told(job, how, lambda: following.outcomes(job, ports) if _is_over(job) else ())


def cancel(folder_id: FolderId, job_id: str, caller: Caller, ports: Ports) -> dict[str, int]:
    """Stop a job; how many of its units were left. Raises IllegalAction when it is over."""
    with as_illegal():
        cancelled = submitting.cancel(_job(folder_id, job_id, ports).id, caller, ports)
    return {"unitsCancelledCount": following.standing_of(cancelled, ports).cancelled}


def _job(folder_id: FolderId, job_id: str, ports: Ports) -> Job:
    found = ports.store.find(JOBS, job_key(job_id))
    if found is None or found.folder_id != folder_id:
        raise NotFound(UNSEEN)
    return found


def _is_over(job: Job) -> bool:
    return job.status is not JobStatus.PENDING


def _manifest(payload: JobPayload, desk: Desk) -> Manifest:
    if (payload.external_files is None) == (payload.data_items is None):
        reason = "send either externalFiles or dataItems"
        raise Invalid(f"There must be one manifest: {reason}.", [Fault("externalFiles", reason)])
    if payload.external_files is not None:
        return Manifest(payload.external_files)
    return manifest_of(payload.data_items or {}, desk)

"""Registration straight into a dataset, on the legacy wire: begun, and waited for a little."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from pydantic import Field

from gloss.domain.access import UNSEEN, Permission
from gloss.domain.dataset import first_data_id
from gloss.domain.errors import Fault, Invalid, NotFound
from gloss.domain.job import Job, JobStatus, Outcome
from gloss.domain.model import DatasetId, FolderId
from gloss.domain.parsing import parsed
from gloss.inbox import Inbox
from gloss.kinds.register import JOBS, job_key
from gloss.ports import Ports
from gloss.sdk.operations import Asked, Payload
from gloss.sdk.registration import calls
from gloss.sdk.registration.manifests import Desk
from gloss.sdk.registration.shapes import JobPayload, UnitError, errors_of
from gloss.services import authorising, awaiting, cataloguing, following
from gloss.services.awaiting import Patience

#: The room serves others meanwhile.
LONGEST_HOLD_S: Final = 10.0


class Starting(Payload):
    """What to register, in the client's own JSON or as typed items, and in which folder."""

    data_items: dict[str, Any] | None = None
    files: dict[str, Any] | None = None
    integration_id: str | None = None
    ignore_errors: bool = False
    folder_uuid: FolderId | None = None
    file_name: str | None = None


class Polling(Payload):
    """Which job, and how long the client would wait."""

    process_hash: str
    timeout_seconds: float = Field(default=0, ge=0)


def start(asked: Asked, inbox: Inbox, ports: Ports) -> dict[str, str]:
    """Begin to register into the dataset's own folder, or one that is named; raises Invalid when there is neither."""
    payload = parsed(Starting, _snake(asked.values.payload), "payload")
    dataset_id = DatasetId(asked.resource_id)
    wanted = JobPayload(
        external_files=payload.files,
        data_items=payload.data_items,
        integration_hash=payload.integration_id,
        ignore_errors=payload.ignore_errors,
        file_name=payload.file_name,
    )
    desk = Desk(_folder(dataset_id, payload, asked, ports), asked.caller, inbox, ports)
    return {"process_hash": calls.begin(wanted, None, dataset_id, desk).id}


def patience_of(asked: Asked) -> float:
    """How many seconds a poll may be held."""
    return min(parsed(Polling, asked.values.payload, "payload").timeout_seconds, LONGEST_HOLD_S)


def poll(asked: Asked, patience: Patience, ports: Ports) -> dict[str, Any]:
    """A job of the dataset as it stands after a while, or as soon as it is over, with the data units that it made."""
    wanted, dataset_id = parsed(Polling, asked.values.payload, "payload"), DatasetId(asked.resource_id)
    job = awaiting.held(lambda: _job(dataset_id, wanted.process_hash, ports), _is_over, patience)
    how = following.standing_of(job, ports)
    outcomes = list(following.outcomes(job, ports)) if _is_over(job) else []
    failed = [each for each in outcomes if each.status == "error"]
    return {
        "status": job.status.value,
        "data_hashes_with_titles": list(_units(dataset_id, outcomes)),
        "errors": errors_of(job, failed),
        "data_unit_errors": [UnitError.of(job, each).model_dump(mode="json") for each in failed],
        "units_pending_count": how.pending,
        "units_done_count": how.done,
        "units_error_count": how.error,
        "units_cancelled_count": how.cancelled,
    }


def _snake(payload: Any) -> dict[str, Any]:
    """This payload alone comes in camelCase on the legacy wire."""
    names = {
        "dataItems": "data_items",
        "integrationId": "integration_id",
        "ignoreErrors": "ignore_errors",
        "folderUuid": "folder_uuid",
        "fileName": "file_name",
    }
    said: dict[str, Any] = payload if isinstance(payload, dict) else {}
    return {names.get(name, name): value for name, value in said.items()}


def _folder(dataset_id: DatasetId, payload: Starting, asked: Asked, ports: Ports) -> FolderId:
    if payload.folder_uuid is not None:
        resource = f"folder:{payload.folder_uuid}"
        authorising.require(asked.caller, resource, Permission.RESOURCE_ADMIN, ports.store)
        return payload.folder_uuid
    backing = cataloguing.dataset(dataset_id, ports.store).folder_id
    if backing is None:
        reason = "the dataset has no folder of its own; name one"
        raise Invalid(f"It is not known where files are to go: {reason}.", [Fault("folderUuid", reason)])
    return backing


def _job(dataset_id: DatasetId, job_id: str, ports: Ports) -> Job:
    found = ports.store.find(JOBS, job_key(job_id))
    if found is None or dataset_id not in found.dataset_ids:
        raise NotFound(UNSEEN)
    return found


def _is_over(job: Job) -> bool:
    return job.status is not JobStatus.PENDING


def _units(dataset_id: DatasetId, outcomes: Sequence[Outcome]) -> Iterator[dict[str, str]]:
    for each in outcomes:
        if each.item_id is not None and each.status != "error":
            yield {
                "data_hash": first_data_id(dataset_id, each.item_id),
                "title": each.name or "",
                "backing_item_uuid": each.item_id,
            }

"""Registration jobs: what was asked, how far it is, and what became of each unit."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

from pydantic import Field

from gloss.domain.media import MediaKind
from gloss.domain.model import FolderId, IntegrationId, ItemId, JobId, OrgId, Timestamp, UserId, Value, Versioned


class JobStatus(StrEnum):
    """PENDING until all units are decided; ERROR when one failed and errors count, or when nothing could run."""

    PENDING = "PENDING"
    DONE = "DONE"
    ERROR = "ERROR"
    CANCELLED = "CANCELLED"


class ManifestFormat(StrEnum):
    """How the manifest is written."""

    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"


class Counts(Value):
    """Units by what became of them; skipped ones are done."""

    done: int = 0
    error: int = 0
    skipped: int = 0
    bytes_read: int = 0


class Job(Versioned):
    """One manifest on its way into a folder; `total` is known once the manifest is parsed.

    `schema_version` is the metadata schema's when the job began: all rows are read by that one.
    """

    id: JobId
    org_id: OrgId
    folder_id: FolderId
    integration_id: IntegrationId | None = None
    file_name: str | None = None
    format: ManifestFormat = ManifestFormat.JSON
    manifest_key: str
    ignore_errors: bool = False
    lenient: bool = False
    skip_duplicate_urls: bool = False
    upsert_metadata: bool = False
    schema_version: int | None = None
    status: JobStatus = JobStatus.PENDING
    total: int | None = None
    batches: int = 0
    warnings: tuple[str, ...] = ()
    reason: str | None = None
    created_by: UserId
    created_at: Timestamp
    started_at: Timestamp | None = None
    ended_at: Timestamp | None = None


class Batch(Value):
    """What became of one batch of a job: its own record, so that no counter is shared."""

    job_id: JobId
    number: int = Field(ge=0)
    counts: Counts


class Outcome(Value):
    """What became of one unit: an item, or the reason why there is none."""

    row: int
    path: str
    status: Literal["done", "skipped", "error"]
    urls: tuple[str, ...] = ()
    item_id: ItemId | None = None
    name: str | None = None
    kind: MediaKind | None = None
    error: str | None = None
    action: str | None = None
    warnings: tuple[str, ...] = ()
    bytes_read: int = 0


class Progress(Value):
    """How far a job is; rate and time left are unknown until something is done."""

    done: int
    error: int
    pending: int
    cancelled: int
    bytes_read: int
    units_per_second: float | None
    seconds_left: float | None


def counted(outcomes: Iterable[Outcome]) -> Counts:
    """The counts of a batch's outcomes."""
    seen = list(outcomes)
    return Counts(
        done=sum(each.status != "error" for each in seen),
        error=sum(each.status == "error" for each in seen),
        skipped=sum(each.status == "skipped" for each in seen),
        bytes_read=sum(each.bytes_read for each in seen),
    )


def summed(parts: Iterable[Counts]) -> Counts:
    """The counts of several batches together."""
    total = Counts()
    for part in parts:
        total = Counts(**{name: getattr(total, name) + value for name, value in part})
    return total


def progress(job: Job, counts: Counts, now: Timestamp) -> Progress:
    """How far the job is at a moment."""
    decided = counts.done + counts.error
    open_units = max(0, (job.total or 0) - decided)
    ended = job.status is not JobStatus.PENDING
    seconds = ((job.ended_at or now) - (job.started_at or job.created_at)).total_seconds()
    rate = decided / seconds if decided and seconds > 0 else None
    return Progress(
        done=counts.done,
        error=counts.error,
        pending=0 if ended else open_units,
        cancelled=open_units if job.status is JobStatus.CANCELLED else 0,
        bytes_read=counts.bytes_read,
        units_per_second=rate,
        seconds_left=0.0 if ended else None if rate is None else open_units / rate,
    )


def final_status(job: Job, counts: Counts) -> JobStatus:
    """How a job ends whose every unit is decided (rulings 5); a cancelled job stays cancelled."""
    if job.status is not JobStatus.PENDING:
        return job.status
    return JobStatus.ERROR if counts.error and not job.ignore_errors else JobStatus.DONE

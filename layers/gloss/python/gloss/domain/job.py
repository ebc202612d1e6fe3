"""Registration jobs: what was asked, how far it is, and what became of each unit."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, Literal

from pydantic import Field

from gloss.domain.media import MediaKind
from gloss.domain.model import (
    DatasetId,
    FolderId,
    IntegrationId,
    ItemId,
    JobId,
    OrgId,
    Timestamp,
    UserId,
    Value,
    Versioned,
)

#: Batches that the machine is given at once: what is not yet folded, and so what a poll reads, is never more.
ROUND: Final = 100
#: Numbers from here on are batches of sequences.
RENDERS_FROM: Final = 500_000
PACES: Final = 2
FIRST_FEW: Final = 4


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


class Pace(Value):
    """How many units were decided at a moment; the rate is measured from there."""

    at: Timestamp
    decided: int


class Shown(Value):
    """The first few batches that have units of a sort, so that the first of these are shown without a search."""

    errors: tuple[int, ...] = ()
    items: tuple[int, ...] = ()


class Job(Versioned):
    """One manifest on its way into a folder; `total` is known once the manifest is parsed.

    Its batches are done in rounds: the first `folded` of them are done, `counts` and `shown` are of these. `batches`
    are of files and groups, `renders` of sequences; None until all are written. Each `run` of the machine has a name of
    its own; a job `broke_off` whose run ended before its time.

    `dataset_ids` get data units of what it registers.
    `frames_a_segment` says how sequences that are longer are cut; None: there is no such one. `schema_version` is the
    metadata schema's when the job began: all rows are read by that one.
    """

    id: JobId
    org_id: OrgId
    folder_id: FolderId
    dataset_ids: tuple[DatasetId, ...] = ()
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
    batches: int | None = None
    renders: int = 0
    frames_a_segment: int | None = None
    folded: int = 0
    counts: Counts = Counts()
    shown: Shown = Shown()
    paces: tuple[Pace, ...] = ()
    run: int = 0
    broke_off: bool = False
    warnings: tuple[str, ...] = ()
    reason: str | None = None
    created_by: UserId
    created_at: Timestamp
    started_at: Timestamp | None = None
    ended_at: Timestamp | None = None

    @property
    def machine_run(self) -> str:
        """The name of the machine's run that works, or worked last, on the job."""
        return self.id if self.run == 0 else f"{self.id}-{self.run}"


class Batch(Versioned):
    """What became of one batch of a job: its own record, so that no counter is shared; begun until it has ended."""

    job_id: JobId
    number: int = Field(ge=0)
    counts: Counts = Counts()
    ended_at: Timestamp | None = None


class Outcome(Value):
    """What became of one unit: an item, or the reason why there is none; `line` is where its row begins."""

    row: int
    path: str
    line: int | None = None
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


def round_of(job: Job) -> range:
    """The numbers of the batches that are next: up to ROUND of one sort, none when all are folded."""
    files = job.batches or 0
    if job.folded < files:
        return range(job.folded, min(job.folded + ROUND, files))
    done = job.folded - files
    return range(RENDERS_FROM + done, RENDERS_FROM + min(done + ROUND, job.renders))


def folded(job: Job, batches: Sequence[Batch], now: Timestamp) -> Job:
    """The job with the batches of its round, all of which are done, in its own counts."""
    counts, shown = standing(job, batches)
    pace = Pace(at=now, decided=counts.done + counts.error)
    paces = (*job.paces, pace)[-PACES:]
    return job.changed(folded=job.folded + len(batches), counts=counts, shown=shown, paces=paces)


def standing(job: Job, batches: Sequence[Batch]) -> tuple[Counts, Shown]:
    """What the job counts and tells together with batches of its round."""
    shown = Shown(
        errors=(*job.shown.errors, *(each.number for each in batches if each.counts.error))[:FIRST_FEW],
        items=(*job.shown.items, *(each.number for each in batches if each.counts.done))[:FIRST_FEW],
    )
    return summed([job.counts, *(each.counts for each in batches)]), shown


def progress(job: Job, counts: Counts, now: Timestamp) -> Progress:
    """How far the job is at a moment; the rate is that of the last rounds, so that a wait long ago does not tell."""
    decided = counts.done + counts.error
    open_units = max(0, (job.total or 0) - decided)
    ended = job.status is not JobStatus.PENDING
    rate = _rate(job, decided, job.ended_at or now)
    return Progress(
        done=counts.done,
        error=counts.error,
        pending=0 if ended else open_units,
        cancelled=open_units if job.status is JobStatus.CANCELLED else 0,
        bytes_read=counts.bytes_read,
        units_per_second=rate,
        seconds_left=0.0 if ended else None if rate is None else open_units / rate,
    )


def _rate(job: Job, decided: int, now: Timestamp) -> float | None:
    """Units a second since the oldest pace that is kept, or over all of a job that is over; None: no unit yet."""
    start = Pace(at=job.started_at or job.created_at, decided=0)
    since = start if job.ended_at or not job.paces else job.paces[0]
    seconds = (now - since.at).total_seconds()
    return (decided - since.decided) / seconds if decided > since.decided and seconds > 0 else None


def final_status(job: Job, counts: Counts) -> JobStatus:
    """How a job ends whose every unit is decided (rulings 5); a cancelled job stays cancelled."""
    if job.status is not JobStatus.PENDING:
        return job.status
    return JobStatus.ERROR if counts.error and not job.ignore_errors else JobStatus.DONE

"""The row report of a registration: what became of each unit, as one NDJSON file behind a signed URL."""

from collections.abc import Sequence

from gloss.domain.job import Job, JobStatus
from gloss.domain.model import Value
from gloss.ports import Blobs
from gloss.services.parcelling import NDJSON, reports_of

LINK_S = 3600
PARTS_A_REQUEST = 200


class Report(Value):
    """Where the report lies for an hour; `partial` while units are still open, with the batches that are in it."""

    url: str
    partial: bool
    batches: int
    batches_total: int


def report(job: Job, blobs: Blobs) -> Report:
    """The report as it stands; that of a running job holds at most the first 200 batches, which is 200 000 URLs."""
    running = job.status is JobStatus.PENDING
    parts = list(blobs.keys(reports_of(job.id)))[: PARTS_A_REQUEST if running else None]
    key = f"jobs/{job.id}/so-far.ndjson" if running else _whole_key(job, parts)
    if running or next(blobs.keys(key), None) != key:
        blobs.concatenate(key, parts, NDJSON)
    url = blobs.signed_get(key, LINK_S, f"registration-{job.id}.ndjson")
    total = (job.batches or 0) + job.renders
    return Report(url=url, partial=running, batches=len(parts), batches_total=total)


def prepare(job: Job, blobs: Blobs) -> None:
    """Put the whole report together once every batch is done, so that nobody who asks for it has to wait."""
    parts = list(blobs.keys(reports_of(job.id)))
    blobs.concatenate(_whole_key(job, parts), parts, NDJSON)


def _whole_key(job: Job, parts: Sequence[str]) -> str:
    """Named by the number of its parts, since a batch of a cancelled job may end after somebody asked."""
    return f"jobs/{job.id}/whole-{len(parts):06}.ndjson"

"""Records of bulk jobs."""

from gloss.domain.bulk import Batch, BulkJob, Headway
from gloss.domain.model import JobId, ProjectId, iso
from gloss.ports import Key, Kind

#: A bulk job by id; the jobs of a project by time (by_parent).
BULK_JOBS = Kind(
    "bulk job",
    BulkJob,
    lambda it: bulk_job_key(it.id),
    {"by_parent": lambda it: Key(bulk_jobs_of(it.operation.project_id), f"{iso(it.created_at)}#{it.id}")},
)

#: What came of each batch of a bulk job; its counts are sums over them.
BULK_BATCHES = Kind("bulk batch", Batch, lambda it: bulk_batch_key(it.job_id, it.number))

#: How far a job is that is done in steps.
HEADWAYS = Kind("headway", Headway, lambda it: headway_key(it.job_id))


def headway_key(job_id: JobId) -> Key:
    """Where a job's headway lies."""
    return Key(f"BULK#{job_id}", "HEADWAY")


def bulk_job_key(job_id: JobId) -> Key:
    """Where a bulk job lies."""
    return Key(f"BULK#{job_id}")


def bulk_jobs_of(project_id: ProjectId) -> str:
    """The by_parent partition of a project's bulk jobs."""
    return f"PROJECT#{project_id}#BULK"


def bulk_batches_of(job_id: JobId) -> str:
    """The partition of a job's batches."""
    return f"BULK#{job_id}#BATCHES"


def bulk_batch_key(job_id: JobId, number: int) -> Key:
    """Where one batch lies."""
    return Key(bulk_batches_of(job_id), f"{number:06}")

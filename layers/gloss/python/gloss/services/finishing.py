"""The last states of a registration: the job ends with its counts, or with the reason why it could not."""

from pydantic import Field

from gloss.domain.events import JobFinished
from gloss.domain.job import Counts, Job, JobStatus, final_status, summed
from gloss.domain.model import JobId, Value
from gloss.kinds.register import BATCHES, JOBS, batches_of, job_key
from gloss.ports import Ports, Save, Store
from gloss.services import tallying


class Cause(Value):
    """What a machine says of a state that failed."""

    error: str = Field(default="", alias="Error")
    cause: str = Field(default="", alias="Cause")


class Broken(Value):
    """A job whose machine could not go on, and why."""

    job_id: JobId
    error: Cause = Cause()


class Ended(Value):
    """How a job ended."""

    status: JobStatus
    counts: Counts


def finish(job_id: str, ports: Ports) -> Ended:
    """End a job whose every batch is done; a job that is over already stays as it is."""
    job = ports.store.get(JOBS, job_key(job_id))
    counts = counts_of(job, ports.store)
    if job.status is not JobStatus.PENDING:
        return Ended(status=job.status, counts=counts)
    return _end(job, job.changed(status=final_status(job, counts), ended_at=ports.clock.now()), counts, ports)


def abandon(broken: Broken, ports: Ports) -> Ended:
    """End a job that could not go on, with the reason; what was registered stays."""
    job = ports.store.get(JOBS, job_key(broken.job_id))
    counts = counts_of(job, ports.store)
    if job.status is not JobStatus.PENDING:
        return Ended(status=job.status, counts=counts)
    reason = f"The registration broke off ({broken.error.error or 'unknown'}); start the job again."
    failed = job.changed(status=JobStatus.ERROR, reason=reason, ended_at=ports.clock.now())
    return _end(job, failed, counts, ports)


def counts_of(job: Job, store: Store) -> Counts:
    """A job's counts: the sum over its batches' own records."""
    return summed(batch.counts for batch in store.every(BATCHES, batches_of(job.id)))


def _end(job: Job, ended: Job, counts: Counts, ports: Ports) -> Ended:
    event = JobFinished(
        id=ports.ids.new(),
        at=ports.clock.now(),
        actor=job.created_by,
        org_id=job.org_id,
        job_id=job.id,
        status=ended.status.value,
        done=counts.done,
        errors=counts.error,
    )
    ports.store.commit([Save(JOBS, ended)], [event])
    tallying.fold(job.folder_id, tallying.ROUNDS_AFTER_JOB, ports.store)
    return Ended(status=ended.status, counts=counts)

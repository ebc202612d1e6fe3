"""The last states of a registration: the job ends with its counts, or with the reason why it could not."""

from pydantic import Field

from gloss.domain.events import JobFinished
from gloss.domain.job import Counts, Job, JobStatus, final_status, standing
from gloss.domain.model import JobId, Value
from gloss.kinds.register import JOBS, job_key
from gloss.ports import Ports, Save, Store
from gloss.services import recounting, tallying
from gloss.services.parcelling import clear_segments
from gloss.services.planning import batches_done


class Cause(Value):
    """What a machine says of a state that failed."""

    error: str = Field(default="", alias="Error")
    cause: str = Field(default="", alias="Cause")


class Broken(Value):
    """A job whose machine could not go on, in which run if that matters, and why."""

    job_id: JobId
    run: str | None = None
    error: Cause = Cause()


class Ended(Value):
    """How a job ended."""

    status: JobStatus
    counts: Counts


def finish(job_id: str, ports: Ports) -> Ended:
    """End a job whose every batch is done; a job that is over already stays as it is."""
    job = ports.store.get(JOBS, job_key(job_id))
    counts = counts_of(job, ports.store)
    clear_segments(job, ports.blobs)
    if job.status is JobStatus.PENDING:
        recounting.prepare(job, ports.blobs)
        job = end(job.changed(status=final_status(job, counts), ended_at=ports.clock.now()), counts, ports)
    return _folded(job, counts, ports)


def abandon(broken: Broken, ports: Ports) -> Ended:
    """End a job that could not go on, with the reason; what was registered stays."""
    job = ports.store.get(JOBS, job_key(broken.job_id))
    counts = counts_of(job, ports.store)
    if job.status is JobStatus.PENDING and broken.run in {None, job.machine_run}:
        cause = broken.error.error or "unknown"
        reason = f"The registration broke off ({cause}); resume the job, and it goes on where it stopped."
        failed = job.changed(status=JobStatus.ERROR, broke_off=True, reason=reason, ended_at=ports.clock.now())
        job = end(failed, counts, ports)
    return _folded(job, counts, ports)


def counts_of(job: Job, store: Store) -> Counts:
    """A job's counts: what is folded into it, and the batches of its round."""
    return standing(job, list(batches_done(job, store)))[0]


def end(ended: Job, counts: Counts, ports: Ports) -> Job:
    """Save how a job ended, and tell of it."""
    event = JobFinished(
        id=ports.ids.new(),
        at=ports.clock.now(),
        actor=ended.created_by,
        org_id=ended.org_id,
        job_id=ended.id,
        status=ended.status.value,
        done=counts.done,
        errors=counts.error,
    )
    ports.store.commit([Save(JOBS, ended)], [event])
    return ended


def _folded(job: Job, counts: Counts, ports: Ports) -> Ended:
    """What a run leaves, however its job ended: a request that cancels has no time for it."""
    tallying.fold(job.folder_id, tallying.ROUNDS_AFTER_JOB, ports.store)
    return Ended(status=job.status, counts=counts)

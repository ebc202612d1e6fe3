"""A registration whose machine is gone: found out, and taken up again where it stopped."""

from datetime import datetime, timedelta
from typing import Final

from gloss.domain.access import Caller, Permission
from gloss.domain.errors import Conflict
from gloss.domain.job import Job, JobStatus, Pace
from gloss.kinds.register import JOBS, job_key
from gloss.ports import Ports, Save
from gloss.services import finishing, submitting
from gloss.services.finishing import Broken, Cause
from gloss.services.planning import batches_done

#: So long nothing may be heard of a job before its machine is asked about.
QUIET: Final = timedelta(minutes=2)
GONE: Final = Cause(error="its machine is gone")


def resume(job_id: str, caller: Caller, ports: Ports) -> Job:
    """Go on with a job that broke off, at the first batch that is not done; a job that runs is left to run.

    Raises Conflict when the job is over.
    """
    job = submitting.job_of(job_id, caller, Permission.RESOURCE_ADMIN, ports.store)
    if job.status is JobStatus.PENDING and ports.machines.is_running(submitting.MACHINE, job.machine_run):
        return job
    if job.status is not JobStatus.PENDING and not job.broke_off:
        raise Conflict(f"The job is {job.status.value} already; only one that broke off can be resumed.")
    again = _again(job, ports)
    ports.store.commit([Save(JOBS, again)])
    ports.machines.start(submitting.MACHINE, again.machine_run, {"job_id": again.id})
    return again


def watched(job: Job, ports: Ports) -> Job:
    """The job as it stands: one that waits for a machine that is gone has broken off, and can be resumed."""
    if job.status is not JobStatus.PENDING or ports.clock.now() - _last_heard(job, ports) < QUIET:
        return job
    if ports.machines.is_running(submitting.MACHINE, job.machine_run):
        return job
    finishing.abandon(Broken(job_id=job.id, run=job.machine_run, error=GONE), ports)
    return ports.store.get(JOBS, job_key(job.id))


def _again(job: Job, ports: Ports) -> Job:
    """The job for its next run; its rate is measured anew."""
    counts = finishing.counts_of(job, ports.store)
    pace = Pace(at=ports.clock.now(), decided=counts.done + counts.error)
    return job.changed(
        status=JobStatus.PENDING, broke_off=False, reason=None, ended_at=None, run=job.run + 1, paces=(pace,)
    )


def _last_heard(job: Job, ports: Ports) -> datetime:
    batches = (batch.ended_at for batch in batches_done(job, ports.store))
    return max([job.created_at, *(pace.at for pace in job.paces), *(at for at in batches if at)])

"""Bulk jobs: start one, plan its batches, carry out a batch, close it, tell how it stands, cancel it."""

import json
from collections.abc import Iterable, Iterator
from typing import Final

from gloss.domain import bulk
from gloss.domain.access import Caller, OrgRole
from gloss.domain.bulk import (
    OVER,
    ActOnTasks,
    Batch,
    BulkJob,
    CreateTasks,
    Headway,
    JobStatus,
    Operation,
    Progress,
    ReleaseTasks,
    RemoveTasks,
    SaveUploaded,
    SendToAnnotate,
)
from gloss.domain.errors import Conflict, NotFound, TooLarge
from gloss.domain.events import BulkJobQueued, CollectionSent, Event
from gloss.domain.model import JobId, StageId, Value
from gloss.domain.workflow import queue
from gloss.kinds.bulk import (
    BULK_BATCHES,
    BULK_JOBS,
    HEADWAYS,
    bulk_batch_key,
    bulk_batches_of,
    bulk_job_key,
    headway_key,
)
from gloss.kinds.catalog import DATA_ROWS, data_rows_of
from gloss.kinds.workflow import TASKS
from gloss.ports import Machines, Overwrite, Page, Ports, Query, Save, Store
from gloss.services import applying, authorising, queueing
from gloss.services.situating import project_of

MACHINE: Final = "bulk"


class JobRef(Value):
    """Which job."""

    job_id: JobId


class Planned(Value):
    """The numbers of a job's batches."""

    job_id: JobId
    batches: list[int]


class BatchRef(Value):
    """Which batch of which job."""

    job_id: JobId
    number: int


class Applied(Value):
    """How many units of a batch were done, and how many were left as they were; with `more` another run goes on."""

    job_id: JobId
    number: int
    done: int
    failed: int
    more: bool = False


class Closing(Value):
    """A job whose batches are through, or broke off with `error`, in `run` if that matters; `batches` were planned."""

    job_id: JobId
    batches: tuple[int, ...] = ()
    error: dict[str, str] | None = None
    run: str | None = None


class Closed(Value):
    """How a job ended."""

    status: JobStatus


def queued(operation: Operation, caller: Caller, ports: Ports) -> tuple[BulkJob, BulkJobQueued]:
    """A job to save together with the change that it follows from, and the event that has it started."""
    job = _new(operation, caller, ports)
    told = BulkJobQueued(
        id=job.id,
        at=job.created_at,
        actor=caller.user_id,
        org_id=job.org_id,
        project_id=operation.project_id,
        job_id=job.id,
    )
    return job, told


def begin(job_id: JobId, machines: Machines) -> None:
    """Start the machine of a job that is saved; when it was started before, nothing happens."""
    machines.start(MACHINE, job_id, {"job_id": job_id})


def start(operation: Operation, units: Iterable[str] | None, caller: Caller, ports: Ports) -> BulkJob:
    """Start a job over the listed units, or over those that the operation itself names; raises TooLarge.

    Under the same id (of a repeated request) the job is not made again, only started if that was not done.
    """
    listed = None if units is None else list(dict.fromkeys(units))
    if listed is not None and len(listed) > bulk.MOST_UNITS:
        raise TooLarge(f"One job takes at most {bulk.MOST_UNITS} units; split the list.")
    job = _new(operation, caller, ports).model_copy(update={"units": None if listed is None else len(listed)})
    known = ports.store.find(BULK_JOBS, bulk_job_key(job.id))
    if known is None:
        _keep(job, listed, ports)
    begin(job.id, ports.machines)
    return known or job


def plan(ref: JobRef, ports: Ports) -> Planned:
    """Write the job's batches, once: a job that is resumed keeps those that it has."""
    job = ports.store.get(BULK_JOBS, bulk_job_key(ref.job_id))
    if job.status in OVER or job.batches is not None:
        return Planned(job_id=job.id, batches=list(range(job.batches or 0)))
    sizes = []
    for number, batch in enumerate(bulk.in_batches(_units(job, ports))):
        ports.blobs.put(_batch_key(job.id, number), json.dumps(batch).encode(), "application/json")
        sizes.append(len(batch))
    planned = job.changed(status=JobStatus.RUNNING, units=sum(sizes), batches=len(sizes))
    ports.store.commit([Save(BULK_JOBS, planned)])
    return Planned(job_id=job.id, batches=list(range(len(sizes))))


def apply(ref: BatchRef, ports: Ports) -> Applied:
    """Carry out one batch and note what came of it; a batch that was carried out before is left alone."""
    before = ports.store.find(BULK_BATCHES, bulk_batch_key(ref.job_id, ref.number))
    job = ports.store.get(BULK_JOBS, bulk_job_key(ref.job_id))
    if before is not None or job.status in OVER:
        return _applied(before or Batch(job_id=job.id, number=ref.number, done=0))
    units: list[str] = json.loads(ports.blobs.get(_batch_key(job.id, ref.number)))
    failed = applying.carry_out(job.model_copy(update={"caller": _acting(job, ports.store)}), units, ports)
    if failed is None:
        return Applied(**ref.model_dump(), done=0, failed=0, more=True)
    batch = Batch(job_id=job.id, number=ref.number, done=len(units) - len(failed), failed=tuple(failed))
    ports.store.commit([Overwrite(BULK_BATCHES, batch)])
    return _applied(batch)


def close(closing: Closing, ports: Ports) -> Closed:
    """End the job: DONE, ERROR when it broke off, CANCELLED when it was; units that failed do not make it an error."""
    job = ports.store.get(BULK_JOBS, bulk_job_key(closing.job_id))
    if job.status in OVER or closing.run not in {None, job.machine_run}:
        return Closed(status=job.status)
    status = JobStatus.DONE if closing.error is None else JobStatus.ERROR
    ended = job.changed(status=status, finished_at=ports.clock.now())
    ports.store.commit([Save(BULK_JOBS, ended)], _endings(ended, ports))
    return Closed(status=status)


def cancel(job: BulkJob, ports: Ports) -> BulkJob:
    """Stop before the next batch; what was done stays done. Raises Conflict when the job is over."""
    if job.status in OVER:
        raise Conflict(f"The job is over: {job.status.value}.")
    cancelled = job.changed(status=JobStatus.CANCELLED, finished_at=ports.clock.now())
    ports.store.commit([Save(BULK_JOBS, cancelled)])
    return cancelled


def resume(job: BulkJob, ports: Ports) -> BulkJob:
    """Go on with a job that broke off or was cancelled, where it stopped; raises Conflict for any other."""
    if job.status not in {JobStatus.ERROR, JobStatus.CANCELLED}:
        raise Conflict(f"Only a job that broke off or was cancelled can be resumed; this one is {job.status.value}.")
    run = f"{job.id}-{job.version + 1}"
    resumed = job.changed(status=JobStatus.RUNNING, run=run, finished_at=None)
    ports.store.commit([Save(BULK_JOBS, resumed)])
    ports.machines.start(MACHINE, run, {"job_id": job.id})
    return resumed


def visible(job_id: JobId, caller: Caller, store: Store) -> BulkJob:
    """The job, for who asked for it, unless they left the project, and for the organisation's Admins; or NotFound."""
    job = store.get(BULK_JOBS, bulk_job_key(job_id))
    is_admin = caller.org_role is OrgRole.ADMIN and caller.org_id == job.org_id
    stays = isinstance(job.operation, CreateTasks | RemoveTasks) or _present(job, store).role is not None
    if not is_admin and not (caller.user_id == job.caller.user_id and stays):
        raise NotFound("There is no bulk job here, or you may not see it.")
    return job


def batches(job: BulkJob, query: Query, store: Store) -> Page[Batch]:
    """What came of the job's batches so far, in order."""
    return store.page(BULK_BATCHES, bulk_batches_of(job.id), query)


def progress(job: BulkJob, store: Store) -> Progress:
    """How many units are done, failed and waiting."""
    return bulk.progress(job, store.every(BULK_BATCHES, bulk_batches_of(job.id)))


def _acting(job: BulkJob, store: Store) -> Caller:
    """Tasks are released after who took people off a project, and may have been one of them."""
    return job.caller if isinstance(job.operation, ReleaseTasks) else _present(job, store)


def headway(job: BulkJob, store: Store) -> Headway | None:
    """How far a job is that is done in steps, while it is at work."""
    return store.find(HEADWAYS, headway_key(job.id)) if isinstance(job.operation, SaveUploaded) else None


def _present(job: BulkJob, store: Store) -> Caller:
    """Who asked for the job, with the role on its project that they have now."""
    return authorising.as_now(job.caller, f"project:{job.operation.project_id}", store)


def _new(operation: Operation, caller: Caller, ports: Ports) -> BulkJob:
    return BulkJob(
        id=JobId(ports.ids.new()),
        org_id=caller.org_id,
        operation=operation,
        caller=caller,
        created_at=ports.clock.now(),
    )


def _keep(job: BulkJob, listed: list[str] | None, ports: Ports) -> None:
    if listed is not None:
        ports.blobs.put(_list_key(job.id), json.dumps(listed).encode(), "application/json")
    ports.store.commit([Save(BULK_JOBS, job)])


def _units(job: BulkJob, ports: Ports) -> Iterator[str]:
    operation = job.operation
    match operation:
        case CreateTasks() | RemoveTasks():
            rows = ports.store.every(DATA_ROWS, data_rows_of(operation.dataset_id))
            yield from (row.id for row in rows)
        case ReleaseTasks():
            yield from _held(operation, ports.store)
        case ActOnTasks() if operation.stage is not None:
            yield from _standing_in(operation, operation.stage, ports.store)
        case _:
            yield from json.loads(ports.blobs.get(_list_key(job.id)))


def _held(operation: ReleaseTasks, store: Store) -> Iterator[str]:
    """The tasks and subtasks of who is gone."""
    gone = applying.gone(operation, store)
    for person in gone:
        place = queue.assigned(operation.project_id, person)
        yield from (task.id for task in store.every(TASKS, place, Query(index="by_owner", limit=1000)))
    yield from queueing.held_subtasks(project_of(operation.project_id, store), gone, store)


def _standing_in(operation: ActOnTasks, stage: StageId, store: Store) -> Iterator[str]:
    kinds_of_place = [queue.free, queue.begun, queue.held]
    partitions = [place(operation.project_id, stage, it) for place in kinds_of_place for it in range(queue.SHARDS)]
    for partition in [*partitions, queue.leased(operation.project_id, stage)]:
        yield from (task.id for task in store.every(TASKS, partition, Query(index="by_state", limit=1000)))


def _endings(job: BulkJob, ports: Ports) -> list[Event]:
    operation = job.operation
    if not isinstance(operation, SendToAnnotate):
        return []
    sent = CollectionSent(
        id=job.id,
        at=ports.clock.now(),
        actor=job.caller.user_id,
        org_id=job.org_id,
        project_id=operation.project_id,
        collection_id=operation.collection_id,
        tasks=progress(job, ports.store).done,
    )
    return [sent]


def _applied(batch: Batch) -> Applied:
    return Applied(job_id=batch.job_id, number=batch.number, done=batch.done, failed=len(batch.failed))


def _list_key(job_id: JobId) -> str:
    return f"bulk/{job_id}/units.json"


def _batch_key(job_id: JobId, number: int) -> str:
    return f"bulk/{job_id}/batches/{number:06}.json"

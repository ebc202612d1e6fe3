"""One operation over many data units or tasks: what may be asked, and how a job and its batches stand."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import islice
from typing import Annotated, Final, Literal

from pydantic import Field

from gloss.domain.access import Caller
from gloss.domain.model import (
    CollectionId,
    DatasetId,
    JobId,
    OrgId,
    ProjectId,
    Share,
    StageId,
    Timestamp,
    UserId,
    Value,
    Versioned,
)
from gloss.domain.workflow.actions import Assign, Comment, Move, Release, Reopen, SetPriority
from gloss.domain.workflow.graph import StageKind, Workflow
from gloss.domain.workflow.task import Task, TaskStatus

#: A run's history has 25 000 entries, of which a batch without retries takes eleven.
BATCH: Final = 500
MOST_UNITS: Final = 500_000

#: Actions of which a second time changes nothing, so that a batch may be repeated.
Repeatable = Annotated[Move | Reopen | SetPriority | Assign | Release, Field(discriminator="kind")]


class CreateTasks(Value):
    """Give each data unit of a dataset its task in a project."""

    kind: Literal["create_tasks"] = "create_tasks"
    project_id: ProjectId
    dataset_id: DatasetId


class RemoveTasks(Value):
    """Take away the tasks of a dataset that leaves a project."""

    kind: Literal["remove_tasks"] = "remove_tasks"
    project_id: ProjectId
    dataset_id: DatasetId


class ActOnTasks(Value):
    """Do one action on each of the listed tasks, or on all that stand in a stage."""

    kind: Literal["act_on_tasks"] = "act_on_tasks"
    project_id: ProjectId
    apply: Repeatable
    stage: StageId | None = None


class SendToAnnotate(Value):
    """Send the listed tasks of a collection back to work: reopen, then prioritise, then comment."""

    kind: Literal["send_to_annotate"] = "send_to_annotate"
    project_id: ProjectId
    collection_id: CollectionId
    reopen_tasks: bool = False
    priority: Share | None = None
    comment: Comment = ""


class ReleaseTasks(Value):
    """Release what people hold who work on a project no more; what others hold by then stays theirs."""

    kind: Literal["release_tasks"] = "release_tasks"
    project_id: ProjectId
    people: tuple[UserId, ...]


class SaveUploaded(Value):
    """Save the uploaded labels of the one listed label row."""

    kind: Literal["save_uploaded"] = "save_uploaded"
    project_id: ProjectId
    upload_key: str


Operation = Annotated[
    CreateTasks | RemoveTasks | ActOnTasks | SendToAnnotate | ReleaseTasks | SaveUploaded, Field(discriminator="kind")
]


class JobStatus(StrEnum):
    """How a bulk job stands; ERROR: it could not be carried through."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    ERROR = "ERROR"


OVER: Final = frozenset({JobStatus.DONE, JobStatus.CANCELLED, JobStatus.ERROR})


class BulkJob(Versioned):
    """An operation under way, for the person who asked; counts lie with its batches, of which there are `batches`.

    `run` is the machine's run that works, or worked last, on a resumed job; the first one bears the job's id.
    """

    id: JobId
    org_id: OrgId
    operation: Operation
    caller: Caller
    status: JobStatus = JobStatus.PENDING
    units: int | None = None
    batches: int | None = None
    run: str | None = None
    created_at: Timestamp
    finished_at: Timestamp | None = None

    @property
    def machine_run(self) -> str:
        """The name of the machine's run that works, or worked last, on the job."""
        return self.run or self.id


class Failure(Value):
    """A data unit or task that was left as it was, and why."""

    unit: str
    reason: str


class Batch(Value):
    """What came of one batch."""

    job_id: JobId
    number: int
    done: int
    failed: tuple[Failure, ...] = ()


class Headway(Versioned):
    """How far the one unit of a job is that is done in steps: about which share of the work, from 0 to 1."""

    job_id: JobId
    steps: int
    share: float
    begun_at: Timestamp
    heard_at: Timestamp

    @property
    def time_left_s(self) -> int | None:
        """What the rest takes at the pace so far; None while nothing can be said."""
        spent = (self.heard_at - self.begun_at).total_seconds()
        return round(spent * (1 - self.share) / self.share) if self.share else None


class Progress(Value):
    """Units by what came of them so far."""

    done: int
    failed: int
    pending: int | None


def progress(job: BulkJob, batches: Iterable[Batch]) -> Progress:
    """The sums over a job's batches; how many wait is unknown until it is planned."""
    counts = [(batch.done, len(batch.failed)) for batch in batches]
    done, failed = sum(it[0] for it in counts), sum(it[1] for it in counts)
    return Progress(done=done, failed=failed, pending=None if job.units is None else job.units - done - failed)


def in_batches(units: Iterable[str]) -> Iterator[list[str]]:
    """The units without repetitions, in lists of at most BATCH."""
    distinct = iter(dict.fromkeys(units))
    while batch := list(islice(distinct, BATCH)):
        yield batch


def actions_of(operation: SendToAnnotate) -> Sequence[Reopen | SetPriority]:
    """The actions on each task, in the order in which they are done."""
    reopened = [Reopen()] if operation.reopen_tasks else []
    return [*reopened, *([] if operation.priority is None else [SetPriority(priority=operation.priority)])]


def is_done(task: Task, action: Repeatable, workflow: Workflow) -> bool:
    """Whether the task already is as the action would leave it."""
    match action:
        case Move(destination=stage):
            return task.stage == stage
        case Reopen():
            return _is_reopened(task, workflow)
        case SetPriority(priority=priority):
            return task.priority == priority
        case Assign(assignee=person):
            return task.assignee == person and task.lease_until is None
        case Release():
            return task.assignee is None


def _is_reopened(task: Task, workflow: Workflow) -> bool:
    """A task that waits for its annotators in a consensus is left to be refused, unless it was sent back there."""
    first = workflow.first_labelling()
    blind = first.kind is StageKind.CONSENSUS_ANNOTATE and task.status is not TaskStatus.REOPENED
    return task.stage == first.id and not blind

"""Every event that Gloss emits: a past participle, one model each, one tagged union.

An event is written in the same transaction as the change it tells of (the outbox). `fires` marks the few that start
`task_transition`; `kind` is its public name in webhooks and in the archive.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, TypeAdapter

from gloss.domain.happened import Happened, OfTask
from gloss.domain.model import (
    DatasetId,
    EndpointId,
    FolderId,
    JobId,
    ProjectId,
    StageId,
    TaskId,
    Timestamp,
    UserId,
)
from gloss.domain.scored import BenchmarkScored as BenchmarkScored
from gloss.domain.scored import BenchmarkSubmitted as BenchmarkSubmitted


class TaskCreated(OfTask):
    """A data unit got its task in the first stage after Start."""

    kind: Literal["task.created"] = "task.created"


class TaskSubmitted(OfTask):
    """An annotator submitted; fires the Annotate stage's webhook."""

    fires: ClassVar[bool] = True
    kind: Literal["task.submitted"] = "task.submitted"


class TaskApproved(OfTask):
    """A reviewer approved the task; after consensus `branch` is the annotator's whose labels became the task's."""

    fires: ClassVar[bool] = True
    kind: Literal["task.approved"] = "task.approved"
    branch: str | None = None


class TaskRejected(OfTask):
    """A reviewer rejected the task; it returns along the Rejected edge."""

    fires: ClassVar[bool] = True
    kind: Literal["task.rejected"] = "task.rejected"
    comment: str = ""


class TaskProceeded(OfTask):
    """An agent sent the task along a named pathway."""

    fires: ClassVar[bool] = True
    kind: Literal["task.proceeded"] = "task.proceeded"
    pathway: str


class TaskAssigned(OfTask):
    """The task has an assignee; `lease_until` is set when it was claimed."""

    kind: Literal["task.assigned"] = "task.assigned"
    assignee: UserId
    lease_until: Timestamp | None = None


class TaskReleased(OfTask):
    """The task has no assignee any more."""

    kind: Literal["task.released"] = "task.released"


class TaskSkipped(OfTask):
    """The annotator skipped the task; it stays in its stage without an assignee."""

    kind: Literal["task.skipped"] = "task.skipped"


class TaskMoved(OfTask):
    """The task was moved past its workflow (teleport); fires no stage webhook."""

    kind: Literal["task.moved"] = "task.moved"


class TaskReopened(OfTask):
    """The task went back to the first annotation stage with its labels kept."""

    kind: Literal["task.reopened"] = "task.reopened"


class TaskRemoved(OfTask):
    """The data unit left the project, and its task with it."""

    kind: Literal["task.removed"] = "task.removed"


class PriorityChanged(OfTask):
    """The task's priority (0-1) changed."""

    kind: Literal["task.priority_changed"] = "task.priority_changed"
    priority: float


class LabelsSaved(Happened):
    """A label row has a new body, named by its SHA-256."""

    kind: Literal["labels.saved"] = "labels.saved"
    project_id: ProjectId
    task_id: TaskId
    data_id: str
    row_version: int
    sha256: str
    objects: int
    classifications: int


class LabelsJudged(Happened):
    """Reviews of single labels changed to `status`; `labels` counts them by class."""

    kind: Literal["labels.judged"] = "labels.judged"
    project_id: ProjectId
    task_id: TaskId
    stage: StageId
    status: str
    labels: dict[str, int]


class OfIssue(Happened):
    """An event of one issue on a task."""

    project_id: ProjectId
    task_id: TaskId
    issue_id: str


class IssueOpened(OfIssue):
    """Somebody left a comment that waits for an answer."""

    kind: Literal["issue.opened"] = "issue.opened"


class IssueResolved(OfIssue):
    """Nothing is left to be done about the issue."""

    kind: Literal["issue.resolved"] = "issue.resolved"


class IssueReopened(OfIssue):
    """A resolved issue is open again."""

    kind: Literal["issue.reopened"] = "issue.reopened"


class IssueDeleted(OfIssue):
    """An issue was taken away with all that was said there."""

    kind: Literal["issue.deleted"] = "issue.deleted"


class JobFinished(Happened):
    """A registration job ended with these unit counts."""

    kind: Literal["job.finished"] = "job.finished"
    job_id: str
    status: str
    done: int
    errors: int


class FolderSynced(Happened):
    """A sync of a cloud-synced folder ended with these counts of items."""

    kind: Literal["folder.synced"] = "folder.synced"
    folder_id: FolderId
    sync_id: str
    status: str
    new: int
    changed: int
    gone: int
    errors: int


class ImportStageClosed(Happened):
    """A stage (1-5) of a project's staged import closed and opened its capabilities."""

    kind: Literal["import.stage_closed"] = "import.stage_closed"
    project_id: ProjectId
    import_id: str
    stage: int


class CollectionSent(Happened):
    """A collection went back to Annotate."""

    kind: Literal["collection.sent"] = "collection.sent"
    project_id: ProjectId
    collection_id: str
    tasks: int


class ConvoyCommitted(Happened):
    """Many tasks were acted on together; what is still on its way will arrive."""

    kind: Literal["convoy.committed"] = "convoy.committed"
    project_id: ProjectId
    convoy_id: str
    tasks: int


class CopyBegun(Happened):
    """A copy of a project was begun; unless it is whole a day later it is cleared away, and its new dataset with it."""

    kind: Literal["project.copy_begun"] = "project.copy_begun"
    project_id: ProjectId
    dataset_id: DatasetId | None = None


class DatasetLeft(Happened):
    """A dataset of at most a thousand data units was taken off a project, and their tasks with it."""

    kind: Literal["dataset.left"] = "dataset.left"
    project_id: ProjectId
    dataset_id: DatasetId


class BulkJobQueued(Happened):
    """A change left work to a bulk job, which starts even should whoever made the change have broken off."""

    kind: Literal["bulk_job.queued"] = "bulk_job.queued"
    project_id: ProjectId
    job_id: JobId


class ExportFinished(Happened):
    """An export ended; its files can be downloaded."""

    kind: Literal["export.finished"] = "export.finished"
    project_id: ProjectId
    export_id: str
    status: str
    rows: int


class AgentStageWorkAvailable(Happened):
    """Tasks wait in an agent stage; told again every five minutes until it is empty."""

    kind: Literal["agent_stage.work_available"] = "agent_stage.work_available"
    project_id: ProjectId
    stage: StageId
    stage_uuid: str
    pending_count: int
    reason: Literal["batch_size_reached", "max_wait_elapsed"]


class WebhookDisabled(Happened):
    """A webhook gets nothing more: its receiver is gone, failed for too long, or somebody turned it off."""

    kind: Literal["webhook.disabled"] = "webhook.disabled"
    project_id: ProjectId
    endpoint_id: EndpointId
    reason: str


_OfTasks = TaskCreated | TaskSubmitted | TaskApproved | TaskRejected | TaskProceeded | TaskAssigned | TaskReleased
_MoreOfTasks = TaskSkipped | TaskMoved | TaskReopened | TaskRemoved | PriorityChanged
_OfLabels = LabelsSaved | LabelsJudged | BenchmarkSubmitted | BenchmarkScored
_OfIssues = IssueOpened | IssueResolved | IssueReopened | IssueDeleted
_OfProjects = ImportStageClosed | CollectionSent | ConvoyCommitted | ExportFinished | AgentStageWorkAvailable
_Others = JobFinished | FolderSynced | BulkJobQueued | CopyBegun | DatasetLeft | WebhookDisabled

_Any = _OfTasks | _MoreOfTasks | _OfLabels | _OfIssues | _OfProjects | _Others
Event = Annotated[_Any, Field(discriminator="kind")]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)

"""How tasks, labels, reviews and issues are shown on /v1."""

from datetime import datetime
from typing import Any

from gloss.domain.errors import TooLarge
from gloss.domain.labels import LongLabels
from gloss.domain.media import MediaKind
from gloss.domain.model import DataId, DatasetId, ItemId, ProjectId, StageId, TaskId, Timestamp, UserId, Value
from gloss.domain.workflow.graph import StageKind, Workflow
from gloss.domain.workflow.label_rows import Row
from gloss.domain.workflow.standing import (
    AnnotationTaskStatus,
    LabelStatus,
    annotation_task_status,
    label_status,
)
from gloss.domain.workflow.task import Subtask, Task, TaskStatus
from gloss.services.labelling import Labels


class TaskView(Value):
    """A task as it reads now."""

    id: TaskId
    version: int
    project_id: ProjectId
    data_id: DataId
    dataset_id: DatasetId
    item_id: ItemId
    title: str
    media_kind: MediaKind
    stage: StageId
    status: TaskStatus
    priority: float
    assignee: UserId | None
    lease_until: Timestamp | None
    fence: int
    last_actioned_by: UserId | None
    last_actioned_stage: StageId | None
    label_sha256: str | None
    row_version: int
    objects: int
    classifications: int
    open_issues: int
    resolved_issues: int
    subtasks: tuple[Subtask, ...]
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, task: Task, now: datetime) -> "TaskView":
        return cls.model_validate(task.at(now).model_dump(include=set(cls.model_fields)))


class ClaimView(Value):
    """The claimed task; null: nothing is left for the caller."""

    task: TaskView | None


class StagedTaskView(TaskView):
    """A task with the kind of its stage and the two statuses of its label row."""

    stage_kind: StageKind
    label_status: LabelStatus
    annotation_task_status: AnnotationTaskStatus

    @classmethod
    def within(cls, task: Task, workflow: Workflow, now: datetime) -> "StagedTaskView":
        kind = workflow.stage(task.stage).kind
        return cls(
            **TaskView.of(task, now).model_dump(),
            stage_kind=kind,
            label_status=label_status(kind, task),
            annotation_task_status=annotation_task_status(kind, task, now),
        )


class LabelRowView(Value):
    """A label row, on whichever branch, as it was saved last."""

    row_id: str
    task_id: TaskId
    data_id: DataId
    branch: str
    row_version: int
    sha256: str | None
    saved_at: Timestamp | None

    @classmethod
    def of(cls, row: Row) -> "LabelRowView":
        return cls(
            row_id=row.id,
            task_id=row.task.id,
            data_id=row.task.data_id,
            branch=row.branch,
            row_version=row.row_version,
            sha256=row.sha256,
            saved_at=row.edited_at,
        )


class LabelsView(Value):
    """The labels of a task; `row_version` 0: none were saved yet."""

    task_id: TaskId
    data_id: DataId
    row_version: int
    sha256: str | None
    saved_by: UserId | None
    saved_at: Timestamp | None
    labels: dict[str, Any]

    @classmethod
    def of(cls, read: Labels) -> "LabelsView":
        save = read.save
        if isinstance(read.body, LongLabels):
            raise TooLarge("These labels are too long for one answer: load the label row by the SDK, or export it.")
        return cls(
            task_id=read.task.id,
            data_id=read.task.data_id,
            row_version=save.row_version if save else 0,
            sha256=save.sha256 if save else None,
            saved_by=save.by if save else None,
            saved_at=save.at if save else None,
            labels=read.body.model_dump(mode="json", exclude_defaults=True),
        )

"""What travels through a workflow: one task for each data unit of a project, and the steps that it has taken."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID, uuid5

from pydantic import Field

from gloss.domain.media import MediaKind
from gloss.domain.model import (
    DataId,
    DatasetId,
    ItemId,
    OrgId,
    ProjectId,
    Share,
    StageId,
    TaskId,
    Timestamp,
    Title,
    UserId,
    Value,
    Versioned,
)

DEFAULT_PRIORITY = 0.5
_TASKS = UUID("5b1e2f0c-6f0e-4b0a-9d5e-0f6f4c1d2a77")

#: Where a UUID says which version it is; tasks have version 5.
_DIGIT, _UUID = 14, 36

Count = Annotated[int, Field(ge=0)]


class TaskStatus(StrEnum):
    """How a task stands in its stage."""

    NEW = "NEW"
    ASSIGNED = "ASSIGNED"
    RELEASED = "RELEASED"
    SKIPPED = "SKIPPED"
    REOPENED = "REOPENED"
    COMPLETED = "COMPLETED"


class Subtask(Value):
    """One annotator's part of a task under consensus, whose labels lie on a branch of its own.

    COMPLETED once it was handed in, by `annotator`; REOPENED when a review sent it back. Else as a task.
    """

    id: TaskId
    branch: str
    status: TaskStatus = TaskStatus.NEW
    assignee: UserId | None = None
    lease_until: Timestamp | None = None
    firm: bool = False
    fence: Count = 0
    skipped_by: tuple[UserId, ...] = ()
    annotator: UserId | None = None

    @property
    def people(self) -> frozenset[UserId]:
        """Who has it or handed it in."""
        return frozenset({self.assignee, self.annotator} - {None})  # type: ignore[arg-type]

    def at(self, now: datetime) -> Self:
        """The same as `Task.at`."""
        return self.model_copy(update=_lapsed(self, now))


class Task(Versioned):
    """One data unit of a project on its way.

    `assignee` holds it, until `lease_until` when it was claimed; `fence` grows with every change of hands. A `firm`
    assignment was made by assigning or by a rejection, and outlives a lease.
    `done_by` names who completed each manual stage, the latest last; `skipped_by` who passed on it in this stage.
    `row_made_at` is set once somebody asked for the task's label row, before or without saving labels.
    `label_sha256` names the label body, saved last at `labels_saved_at`; `row_version` counts its saves,
    `missing_answers` what the ontology still asks for; `submits`, `approvals` and `judgements`
    (label verdicts in the present review) are what `standing` reads. `convoy` has reserved it.
    `removed_at`: its data unit left the project. `subtasks` are those of the consensus that it is or was last in, and
    `row_version_before` what `row_version` was when it came to its stage.
    """

    id: TaskId
    org_id: OrgId
    project_id: ProjectId
    data_id: DataId
    dataset_id: DatasetId
    item_id: ItemId
    title: Title
    media_kind: MediaKind
    stage: StageId
    status: TaskStatus = TaskStatus.NEW
    priority: Share = DEFAULT_PRIORITY
    assignee: UserId | None = None
    lease_until: Timestamp | None = None
    firm: bool = False
    fence: Count = 0
    last_actioned_by: UserId | None = None
    last_actioned_stage: StageId | None = None
    last_manual_actor: UserId | None = None
    done_by: Mapping[StageId, tuple[UserId, ...]] = Field(default_factory=dict)
    skipped_by: tuple[UserId, ...] = ()
    row_made_at: Timestamp | None = None
    labels_saved_at: Timestamp | None = None
    label_sha256: str | None = None
    row_version: Count = 0
    objects: Count = 0
    classifications: Count = 0
    missing_answers: Count = 0
    submits: Count = 0
    approvals: Count = 0
    judgements: Count = 0
    convoy: str | None = None
    subtasks: tuple[Subtask, ...] = ()
    row_version_before: Count = 0
    open_issues: Count = 0
    resolved_issues: Count = 0
    created_at: Timestamp
    updated_at: Timestamp
    removed_at: Timestamp | None = None

    def at(self, now: datetime) -> Self:
        """The task as it reads at a moment: a lapsed lease counts as released, unless the assignment is firm."""
        lapsed = _lapsed(self, now)
        if any(subtask.lease_until for subtask in self.subtasks):
            lapsed |= {"subtasks": tuple(subtask.at(now) for subtask in self.subtasks)}
        return self.model_copy(update=lapsed) if lapsed else self


def _lapsed(held: Task | Subtask, now: datetime) -> dict[str, Any]:
    if held.lease_until is None or held.lease_until > now:
        return {}
    if held.firm:
        return {"lease_until": None}
    return {"assignee": None, "lease_until": None, "status": TaskStatus.RELEASED}


class Step(Value):
    """One entry of a task's history; `id` is that of its event, `subtask_id` names the subtask that it was done to."""

    id: str
    task_id: TaskId
    project_id: ProjectId | None = None
    data_id: DataId | None = None
    at: Timestamp
    actor: UserId
    action: str
    stage: StageId
    to_stage: StageId
    status: TaskStatus
    assignee: UserId | None = None
    comment: str = ""
    subtask_id: TaskId | None = None


def task_id_of(project_id: ProjectId, data_id: DataId) -> TaskId:
    """The id of the one task that a data unit has in a project; attaching it twice cannot make a second."""
    return TaskId(str(uuid5(_TASKS, f"{project_id}/{data_id}")))


def subtask_id_of(task_id: TaskId, number: int) -> TaskId:
    """The id of a task's subtask, counted from 0: the task's own, whose version digit 5 becomes 6 to f."""
    return TaskId(f"{task_id[:_DIGIT]}{6 + number:x}{task_id[_DIGIT + 1 :]}")


def number_of(subtask_id: TaskId) -> int:
    """Which of its task's subtasks it is, counted from 0."""
    return int(subtask_id[_DIGIT], 16) - 6


def whole_of(task_id: TaskId) -> tuple[TaskId, TaskId | None]:
    """The task that an id means, and its subtask if the id is that of one."""
    if len(task_id) != _UUID or task_id[_DIGIT] not in "6789abcdef":
        return task_id, None
    return TaskId(f"{task_id[:_DIGIT]}5{task_id[_DIGIT + 1 :]}"), task_id

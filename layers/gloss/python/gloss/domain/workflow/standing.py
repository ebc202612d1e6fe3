"""The two statuses that label rows show, read from one table over stage kind, submits and approvals."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Final

from gloss.domain.workflow.graph import StageKind
from gloss.domain.workflow.task import Task, TaskStatus


class LabelStatus(StrEnum):
    """How far the labels of a row are."""

    NOT_LABELLED = "NOT_LABELLED"
    LABEL_IN_PROGRESS = "LABEL_IN_PROGRESS"
    LABELLED = "LABELLED"
    REVIEW_IN_PROGRESS = "REVIEW_IN_PROGRESS"
    REVIEWED = "REVIEWED"
    REVIEWED_TWICE = "REVIEWED_TWICE"


class AnnotationTaskStatus(StrEnum):
    """How a row's task stands, in the words of the older task manager."""

    QUEUED = "QUEUED"
    ASSIGNED = "ASSIGNED"
    IN_REVIEW = "IN_REVIEW"
    RETURNED = "RETURNED"
    COMPLETED = "COMPLETED"


REVIEWING: Final = frozenset({StageKind.REVIEW, StageKind.CONSENSUS_REVIEW})

#: First match decides.
LABEL_STATUS: Final[tuple[tuple[Callable[[StageKind, Task], bool], LabelStatus], ...]] = (
    (lambda _kind, task: task.approvals >= 2, LabelStatus.REVIEWED_TWICE),
    (lambda _kind, task: task.approvals == 1, LabelStatus.REVIEWED),
    (lambda kind, task: kind in REVIEWING and task.judgements > 0, LabelStatus.REVIEW_IN_PROGRESS),
    (lambda _kind, task: task.submits > 0, LabelStatus.LABELLED),
    (lambda _kind, task: task.row_version > 0, LabelStatus.LABEL_IN_PROGRESS),
    (lambda _kind, _task: True, LabelStatus.NOT_LABELLED),
)


def label_status(kind: StageKind, task: Task) -> LabelStatus:
    """How far the labels are of a task in a stage of that kind."""
    return next(status for holds, status in LABEL_STATUS if holds(kind, task))


def annotation_task_status(kind: StageKind, task: Task, now: datetime) -> AnnotationTaskStatus:
    """How the task stands in a stage of that kind at a moment."""
    if kind is StageKind.COMPLETE:
        return AnnotationTaskStatus.COMPLETED
    if kind in REVIEWING:
        return AnnotationTaskStatus.IN_REVIEW
    if task.status is TaskStatus.REOPENED:
        return AnnotationTaskStatus.RETURNED
    is_held = task.at(now).assignee is not None or any(it.assignee is not None for it in task.at(now).subtasks)
    return AnnotationTaskStatus.ASSIGNED if is_held else AnnotationTaskStatus.QUEUED

"""Benchmark projects: what annotators hand in is scored against labels of another project, the ground truth."""

from gloss.domain.model import DataId, OrgId, ProjectId, Share, StageId, TaskId, Timestamp, UserId, Value, Versioned
from gloss.domain.workflow.task import Count, Task, TaskStatus


class Link(Value):
    """A project whose labels are the ground truth of another, `benchmark_id`."""

    project_id: ProjectId
    benchmark_id: ProjectId


class Truth(Value):
    """The labels that count as right: which save of which task."""

    project_id: ProjectId
    task_id: TaskId
    row_version: Count
    sha256: str


class Score(Versioned):
    """How far what an annotator handed in agrees with the ground truth, both as they were at that moment.

    `id` is that of the task's history entry, `sha256` None: no labels were saved. `agreement` is None until it is
    reckoned, which `scored_at` tells, and for good where `refusal` says why it cannot be.
    """

    id: str
    org_id: OrgId
    project_id: ProjectId
    task_id: TaskId
    data_id: DataId
    subtask_id: TaskId | None = None
    stage: StageId
    annotator: UserId
    submitted_at: Timestamp
    row_version: Count
    sha256: str | None
    truth: Truth
    agreement: Share | None = None
    refusal: str | None = None
    scored_at: Timestamp | None = None


class AnnotatorScore(Versioned):
    """What an annotator's scores in a project come to: how many there are, their sum, the least, and the latest."""

    project_id: ProjectId
    annotator: UserId
    scored: Count
    total: float
    least: Share
    latest_at: Timestamp

    @property
    def mean(self) -> float:
        """The agreement on average, 0-1."""
        return min(1.0, self.total / self.scored)


class ScoreDue(Value):
    """A score that is to be reckoned, by its place."""

    task_id: TaskId
    submitted_at: Timestamp
    score_id: str


def truth_in(task: Task) -> Truth | None:
    """The ground truth that a task of the linked project holds: labels count once they are complete there."""
    if task.status is not TaskStatus.COMPLETED or task.label_sha256 is None or task.removed_at is not None:
        return None
    return Truth(project_id=task.project_id, task_id=task.id, row_version=task.row_version, sha256=task.label_sha256)


def due_of(score: Score) -> ScoreDue:
    """What asks for a score to be reckoned."""
    return ScoreDue(task_id=score.task_id, submitted_at=score.submitted_at, score_id=score.id)


def counted(before: AnnotatorScore | None, score: Score, agreement: float) -> AnnotatorScore:
    """An annotator's scores with one more."""
    if before is None:
        return AnnotatorScore(
            project_id=score.project_id,
            annotator=score.annotator,
            scored=1,
            total=agreement,
            least=agreement,
            latest_at=score.submitted_at,
        )
    return before.changed(
        scored=before.scored + 1,
        total=before.total + agreement,
        least=min(before.least, agreement),
        latest_at=max(before.latest_at, score.submitted_at),
    )

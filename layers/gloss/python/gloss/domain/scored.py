"""The events of benchmark projects."""

from typing import Literal

from gloss.domain.happened import Happened
from gloss.domain.model import ProjectId, TaskId, UserId


class OfScore(Happened):
    """An event of one score in a benchmark project; `subtask_id`: what was handed in was that subtask."""

    project_id: ProjectId
    task_id: TaskId
    data_id: str
    subtask_id: TaskId | None = None
    annotator: UserId
    score_id: str


class BenchmarkSubmitted(OfScore):
    """An annotator submitted a task whose data unit has ground truth; its score follows."""

    kind: Literal["benchmark.submitted"] = "benchmark.submitted"


class BenchmarkScored(OfScore):
    """What an annotator submitted was compared with the ground truth: `agreement` is 0-1."""

    kind: Literal["benchmark.scored"] = "benchmark.scored"
    agreement: float

"""Records of benchmark projects: what they are scored against, and the scores."""

from gloss.domain.benchmark import AnnotatorScore, Link, Score
from gloss.domain.model import ProjectId, TaskId, Timestamp, UserId, iso
from gloss.kinds.workflow import of_task
from gloss.ports import Key, Kind

#: The benchmark projects that are scored against a project's labels.
LINKS = Kind("link to a ground truth", Link, lambda it: Key(benchmarks_of(it.project_id), it.benchmark_id))

#: A score by task and time; those of a project (by_parent) and of one annotator there (by_owner), by time.
SCORES = Kind(
    "score",
    Score,
    lambda it: score_key(it.task_id, it.submitted_at, it.id),
    {
        "by_parent": lambda it: Key(scores_of(it.project_id), _by_time(it.submitted_at, it.id)),
        "by_owner": lambda it: Key(scores_by(it.project_id, it.annotator), _by_time(it.submitted_at, it.id)),
    },
)

#: What the scores of each annotator of a project come to.
ANNOTATOR_SCORES = Kind("annotator's score", AnnotatorScore, lambda it: annotator_key(it.project_id, it.annotator))

OF_A_TASK = "SCORE#"


def score_key(task_id: TaskId, submitted_at: Timestamp, score_id: str) -> Key:
    """Where a score lies."""
    return Key(of_task(task_id), f"{OF_A_TASK}{_by_time(submitted_at, score_id)}")


def annotator_key(project_id: ProjectId, annotator: UserId) -> Key:
    """Where it says what an annotator's scores come to."""
    return Key(annotators_of(project_id), annotator)


def benchmarks_of(project_id: ProjectId) -> str:
    """The partition of the benchmark projects that a project is the ground truth of."""
    return f"PROJECT#{project_id}#BENCHMARKS"


def scores_of(project_id: ProjectId) -> str:
    """The by_parent partition of a project's scores."""
    return f"PROJECT#{project_id}#SCORES"


def scores_by(project_id: ProjectId, annotator: UserId) -> str:
    """The by_owner partition of an annotator's scores in a project."""
    return f"PROJECT#{project_id}#SCORES#{annotator}"


def annotators_of(project_id: ProjectId) -> str:
    """The partition of a project's annotators with their scores."""
    return f"PROJECT#{project_id}#SCORED"


def _by_time(submitted_at: Timestamp, score_id: str) -> str:
    return f"{iso(submitted_at)}#{score_id}"

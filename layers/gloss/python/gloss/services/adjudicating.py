"""What a reviewer of a consensus goes by: what each annotator handed in, and how far they agree."""

from gloss.domain.access import Caller
from gloss.domain.errors import Forbidden
from gloss.domain.model import TaskId, Timestamp, UserId, Value
from gloss.domain.workflow import roles
from gloss.domain.workflow.task import TaskStatus
from gloss.ports import Ports
from gloss.services import choosing
from gloss.services.choosing import Option
from gloss.services.situating import TaskPath, situation


class OptionView(Value):
    """One annotator's labels; `mean` is how far the others agree with them on average (0-1)."""

    subtask_id: TaskId
    branch: str
    row_id: str | None
    status: TaskStatus
    annotator: UserId | None
    sha256: str | None
    row_version: int
    objects: int
    classifications: int
    saved_at: Timestamp | None
    mean: float


class Comparison(Value):
    """The options of a task, `matrix[i][j]` telling how far option i agrees with option j (0-1).

    `best` is the branch that the others agree with most, which an approval takes that names none and after which
    nobody saved labels on `main`.
    """

    task_id: TaskId
    options: tuple[OptionView, ...]
    matrix: tuple[tuple[float, ...], ...]
    best: str | None


def compare(path: TaskPath, caller: Caller, ports: Ports) -> Comparison:
    """The options of a task that is, or was, under consensus; raises Forbidden for who annotates blind to others."""
    met = situation(path, caller, ports)
    if not roles.reads_all(met.worker, met.stage):
        raise Forbidden("Annotators do not see each other's labels.")
    found = choosing.options(met.task, ports)
    scores = choosing.agreement(found)
    views = tuple(_view(option, mean) for option, mean in zip(found, scores.means, strict=True))
    best = found[scores.best].row.branch if found else None
    return Comparison(task_id=met.task.id, options=views, matrix=scores.matrix, best=best)


def _view(option: Option, mean: float) -> OptionView:
    row = option.row
    return OptionView(
        subtask_id=option.subtask.id,
        branch=row.branch,
        row_id=row.id if row.is_made else None,
        status=option.subtask.status,
        annotator=option.subtask.annotator,
        sha256=row.sha256,
        row_version=row.row_version,
        objects=row.kept.objects if row.kept else 0,
        classifications=row.kept.classifications if row.kept else 0,
        saved_at=row.edited_at,
        mean=mean,
    )

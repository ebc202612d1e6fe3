"""What the public SDK asks of the reviews of a task's labels."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID, uuid5

from gloss.domain.access import Caller
from gloss.domain.errors import IllegalAction, Invalid
from gloss.domain.model import TaskId
from gloss.domain.workflow.reviews import LabelReview, Verdict
from gloss.ports import Ports
from gloss.sdk.wire import Results
from gloss.sdk.workflow.calls import StageRef
from gloss.sdk.workflow.shapes import LabelReviewDto, VerdictDto
from gloss.services import reviewing
from gloss.services.reviewing import Judging
from gloss.services.situating import TaskPath, project_of

_REVIEWS: Final = UUID("7f0f6c1e-6a9a-5d0c-8a43-3f0a5d6f1b52")
VERDICTS: Final[Mapping[str, Verdict]] = {"APPROVE": "approve", "REJECT": "reject", "REOPEN": "reopen"}


def review_uuid(task_id: TaskId, label_id: str) -> str:
    """The UUID of a label's review; the same in every answer."""
    return str(uuid5(_REVIEWS, f"{task_id}/{label_id}"))


def path_of(where: StageRef, task_id: TaskId, ports: Ports) -> TaskPath:
    """The task where the path says that it is; raises NotFound without such a stage."""
    stage = where.found(project_of(where.project_id, ports.store))
    return TaskPath(project_id=where.project_id, task_id=task_id, stage=stage.id)


def label_reviews(path: TaskPath, caller: Caller, ports: Ports) -> Results[LabelReviewDto]:
    """The reviews of all labels of a task; they fit one page. Raises IllegalAction when it has left the stage."""
    found = reviewing.label_reviews(path, caller, ports)
    return Results(results=[_dto(path.task_id, review) for review in found])


def judge(path: TaskPath, asked: Sequence[VerdictDto], caller: Caller, ports: Ports) -> None:
    """Give verdicts on labels; raises IllegalAction when one is of a review that the task has not."""
    known = reviewing.reviews_of(path.task_id, ports.store)
    labels = {review_uuid(path.task_id, it.label_id): it.label_id for it in known}
    wanted: dict[str, Judging] = {}
    for each in asked:
        label_id = labels.get(each.review_uuid.lower())
        if label_id is None:
            raise IllegalAction(f"The task has no review {each.review_uuid}, or no more.")
        if label_id in wanted:
            raise Invalid(f"Review {each.review_uuid} is named twice.")
        wanted[label_id] = _judging(each)
    reviewing.judge_many(path, wanted, caller, ports)


def _judging(asked: VerdictDto) -> Judging:
    return Judging(action=VERDICTS[asked.action], comment=asked.comment or "", tags=tuple(asked.comment_tags or ()))


def _dto(task_id: TaskId, review: LabelReview) -> LabelReviewDto:
    return LabelReviewDto(
        review_uuid=review_uuid(task_id, review.label_id),
        status=review.status.value,
        label_type=review.label_type,
        label_id=review.label_id,
    )

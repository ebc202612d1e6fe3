"""Doorways of a benchmark project's scores, for those who manage it."""

from typing import Annotated, Self

from aws_lambda_powertools.event_handler.openapi.params import Query as FromQuery

from gloss import edge, wiring
from gloss.domain.benchmark import AnnotatorScore, Truth
from gloss.domain.model import DataId, ProjectId, StageId, TaskId, Timestamp, UserId, Value
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import benchmarking, marking
from gloss.services.marking import Marked, ScoreFilter
from gloss.services.situating import project_of

router = edge.router()


class GroundTruthView(Value):
    """What a project is scored against; none: it is no benchmark project."""

    project_ids: tuple[ProjectId, ...]


class ScoreView(Value):
    """How far a submission agrees with the ground truth, 0-1; null until it is reckoned, or for good with a `refusal`.

    `ground_truth` is what it was compared with; `outdated`: the labels there are others by now, or not complete.
    """

    id: str
    task_id: TaskId
    subtask_id: TaskId | None
    data_id: DataId
    stage: StageId
    annotator: UserId
    submitted_at: Timestamp
    row_version: int
    sha256: str | None
    agreement: float | None
    refusal: str | None
    scored_at: Timestamp | None
    ground_truth: Truth
    outdated: bool

    @classmethod
    def of(cls, marked: Marked) -> Self:
        score = marked.score
        shared = score.model_dump(include=set(cls.model_fields))
        return cls(**shared, ground_truth=score.truth, outdated=marked.outdated)


class AskedView(Value):
    """How many scores are being reckoned."""

    asked: int


class AnnotatorScoreView(Value):
    """What the scores of one annotator come to: how many submissions, their agreement on average and at the least."""

    annotator: UserId
    scored: int
    mean: float
    least: float
    latest_at: Timestamp

    @classmethod
    def of(cls, found: AnnotatorScore) -> Self:
        return cls(**found.model_dump(include=set(cls.model_fields)), mean=found.mean)


@router.get("/v1/projects/<project_id>/ground-truth")
def show_ground_truth(project_id: ProjectId) -> GroundTruthView:
    """The projects whose complete labels count as right here."""
    store = wiring.store()
    sources = benchmarking.sources_of(project_of(project_id, store), store)
    return GroundTruthView(project_ids=tuple(source.id for source in sources))


@router.get("/v1/projects/<project_id>/scores")
def list_scores(
    project_id: ProjectId, wanted: Annotated[ScoreFilter, FromQuery()], limit: Limit = 100, token: Token = None
) -> Listing[ScoreView]:
    """The scores of a project, the latest first; of one annotator or task when one is named."""
    page = marking.scores(project_id, wanted, Query(limit=limit, after=token), wiring.store())
    return Listing(entries=[ScoreView.of(it) for it in page.entries], next_token=page.next_token)


@router.post("/v1/projects/<project_id>/scores/due")
def ask_again(project_id: ProjectId) -> AskedView:
    """Have scores reckoned that still wait, as after a fault; none is counted twice.

    Of the latest 5 000 they are at most the 1 000 that wait longest; ask again for the rest.
    """
    return AskedView(asked=marking.ask_again(project_id, wiring.due_scores(), wiring.store()))


@router.get("/v1/projects/<project_id>/scores/annotators")
def list_annotator_scores(
    project_id: ProjectId, limit: Limit = 100, token: Token = None
) -> Listing[AnnotatorScoreView]:
    """What the scores of each annotator come to."""
    page = marking.annotators(project_id, Query(limit=limit, after=token), wiring.store())
    return Listing(entries=[AnnotatorScoreView.of(it) for it in page.entries], next_token=page.next_token)

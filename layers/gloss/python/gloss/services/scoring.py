"""Scoring what annotators hand in: noted with the submission, reckoned by whoever reads the outbox, told by page."""

from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from gloss.domain.agreement import scores
from gloss.domain.benchmark import Score, ScoreDue, counted
from gloss.domain.errors import Repeated, Stale
from gloss.domain.events import BenchmarkScored, BenchmarkSubmitted
from gloss.domain.labels.long import comparable
from gloss.domain.workflow.actions import Requested, Submit
from gloss.domain.workflow.rules import Moved
from gloss.kinds.benchmark import ANNOTATOR_SCORES, SCORES, annotator_key, score_key
from gloss.ports import Ports, Save, Store
from gloss.services import benchmarking, leafing
from gloss.services.locating import on_branch
from gloss.services.situating import Situation

#: A pair of polygons took 17 us of a core, one of boxes 3 to 8, so that a comparison ends within two minutes.
MOST_PAIRS: Final = 5_000_000
#: Of five at once that add to the same annotator's sum, one gets through each time.
TRIES: Final = 30


def due(met: Situation, action: Requested, moved: Moved, store: Store) -> Score | None:
    """The score that a submission is to get, not reckoned yet; None where there is no ground truth."""
    if not isinstance(action, Submit) or not met.project.ground_truth_ids:
        return None
    truth = benchmarking.truths([met.task.data_id], met.project, store).get(met.task.data_id)
    if truth is None:
        return None
    (row,) = on_branch([met.task], met.branch, store)
    return Score(
        id=moved.history.id,
        org_id=met.project.org_id,
        project_id=met.project.id,
        task_id=met.task.id,
        data_id=met.task.data_id,
        subtask_id=met.subtask_id,
        stage=met.stage.id,
        annotator=met.present.assignee or met.worker.user_id,
        submitted_at=met.now,
        row_version=row.row_version,
        sha256=row.sha256,
        truth=truth,
    )


def submitted(score: Score, met: Situation) -> BenchmarkSubmitted:
    """The event that asks for the score; its id follows from the submission's."""
    return BenchmarkSubmitted(
        id=str(uuid5(NAMESPACE_URL, f"submitted:{score.id}")), actor=met.worker.user_id, **_told(score)
    )


def score(asked: ScoreDue, ports: Ports, most_pairs: int = MOST_PAIRS) -> str:
    """Reckon a score, once however often it is asked for; says in a word what came of it.

    Raises Stale when others' scores of the same annotator came first again and again.
    """
    found = ports.store.get(SCORES, score_key(asked.task_id, asked.submitted_at, asked.score_id))
    if found.scored_at is not None:
        return "scored before"
    agreement = _agreement(found, most_pairs, ports)
    return _refused(found, most_pairs, ports) if agreement is None else _kept(found, agreement, ports)


def _agreement(found: Score, most_pairs: int, ports: Ports) -> float | None:
    """How far the two bodies agree, 0-1; None where comparing them would take too long."""
    bodies = comparable([leafing.body_of(sha256, ports.blobs) for sha256 in (found.sha256, found.truth.sha256)])
    return None if scores.pairs_of(bodies) > most_pairs else scores.score(*bodies)


def _refused(found: Score, most_pairs: int, ports: Ports) -> str:
    refusal = f"the labels have more than {most_pairs:,} pairs of objects on a frame"
    ports.store.commit([Save(SCORES, found.changed(refusal=refusal, scored_at=ports.clock.now()))])
    return "not comparable"


def _kept(found: Score, agreement: float, ports: Ports) -> str:
    for _ in range(TRIES):
        try:
            _keep(found, agreement, ports)
        except Repeated:
            return "scored before"
        except Stale:
            continue
        return "scored"
    raise Stale("Other scores of the same annotator came first too often; try again.")


def _keep(found: Score, agreement: float, ports: Ports) -> None:
    """The score, and what the annotator's come to, together."""
    done = found.changed(agreement=agreement, scored_at=ports.clock.now())
    before = ports.store.find(ANNOTATOR_SCORES, annotator_key(found.project_id, found.annotator))
    after = counted(before, found, agreement)
    ports.store.commit([Save(SCORES, done), Save(ANNOTATOR_SCORES, after)], [_scored(done, agreement)])


def _scored(done: Score, agreement: float) -> BenchmarkScored:
    return BenchmarkScored(
        id=str(uuid5(NAMESPACE_URL, f"scored:{done.id}")),
        actor=done.annotator,
        agreement=agreement,
        **{**_told(done), "at": done.scored_at},
    )


def _told(score: Score) -> dict[str, Any]:
    """What both events say."""
    said = score.model_dump(include={"org_id", "project_id", "task_id", "data_id", "subtask_id", "annotator"})
    return {**said, "score_id": score.id, "at": score.submitted_at}

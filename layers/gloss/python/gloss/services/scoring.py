"""Scoring what annotators hand in: noted with the submission, reckoned by whoever reads the outbox, told by page."""

from functools import partial
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from gloss.domain.agreement import scores
from gloss.domain.benchmark import Score, ScoreDue, counted
from gloss.domain.events import BenchmarkScored, BenchmarkSubmitted
from gloss.domain.labels.long import comparable
from gloss.domain.workflow.actions import Requested, Submit
from gloss.domain.workflow.rules import Moved
from gloss.kinds.benchmark import ANNOTATOR_SCORES, SCORES, annotator_key, score_key
from gloss.ports import Ports, Save, Store
from gloss.services import benchmarking, leafing
from gloss.services.locating import on_branch
from gloss.services.situating import Situation, persistently

#: A pair takes some 11 us of a core, so that a comparison ends within two minutes.
MOST_PAIRS: Final = 10_000_000


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


def score(asked: ScoreDue, ports: Ports) -> str:
    """Reckon a score, once however often it is asked for; says in a word what came of it."""
    return persistently(partial(_score, asked, ports))


def _score(asked: ScoreDue, ports: Ports) -> str:
    found = ports.store.get(SCORES, score_key(asked.task_id, asked.submitted_at, asked.score_id))
    if found.scored_at is not None:
        return "scored before"
    agreement = agreement_of(found, ports)
    if agreement is None:
        refusal = f"the labels have more than {MOST_PAIRS:,} pairs of objects on a frame"
        ports.store.commit([Save(SCORES, found.changed(refusal=refusal, scored_at=ports.clock.now()))])
        return "not comparable"
    done = found.changed(agreement=agreement, scored_at=ports.clock.now())
    before = ports.store.find(ANNOTATOR_SCORES, annotator_key(found.project_id, found.annotator))
    after = counted(before, found, agreement)
    ports.store.commit([Save(SCORES, done), Save(ANNOTATOR_SCORES, after)], [_scored(done, agreement)])
    return "scored"


def agreement_of(found: Score, ports: Ports) -> float | None:
    """How far the two bodies agree, 0-1; None where comparing them would take too long."""
    bodies = comparable([leafing.body_of(sha256, ports.blobs) for sha256 in (found.sha256, found.truth.sha256)])
    if scores.pairs_of(bodies) > MOST_PAIRS:
        return None
    return scores.score(*bodies)


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

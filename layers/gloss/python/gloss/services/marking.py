"""Telling the scores of a benchmark project: of each submission, and what they come to for each annotator."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from gloss.domain.benchmark import AnnotatorScore, Score, Truth, due_of, truth_in
from gloss.domain.errors import Fault, Invalid
from gloss.domain.model import ProjectId, TaskId, UserId, Value
from gloss.domain.workflow.task import whole_of
from gloss.kinds.benchmark import ANNOTATOR_SCORES, OF_A_TASK, SCORES, annotators_of, scores_by, scores_of
from gloss.kinds.workflow import TASKS, of_task, task_key
from gloss.ports import Page, Query, Store
from gloss.postal import Queue
from gloss.services.situating import project_of

LOOKED_AT: Final = 5_000
#: So many messages one request has the time to send.
ASKED_AT_ONCE: Final = 1_000


class ScoreFilter(Value):
    """Whose scores, or those of which task; of all people and tasks when neither is said."""

    annotator: UserId | None = None
    task_id: TaskId | None = None


class Marked(Value):
    """A score, and whether the ground truth has changed since."""

    score: Score
    outdated: bool


def scores(project_id: ProjectId, wanted: ScoreFilter, query: Query, store: Store) -> Page[Marked]:
    """A page of scores, the latest first; raises Invalid for more than one filter."""
    project_of(project_id, store)
    if wanted.annotator is not None and wanted.task_id is not None:
        raise Invalid("One filter is taken at a time.", [Fault("task_id", "is not to be given with annotator")])
    page = store.page(SCORES, *_place(project_id, wanted, replace(query, descending=True)))
    own = [it for it in page.entries if it.project_id == project_id]
    return Page(tuple(_marked(own, store)), page.next_token)


def annotators(project_id: ProjectId, query: Query, store: Store) -> Page[AnnotatorScore]:
    """A page of annotators with their scores, by their ids."""
    project_of(project_id, store)
    return store.page(ANNOTATOR_SCORES, annotators_of(project_id), query)


def ask_again(project_id: ProjectId, queue: Queue, store: Store) -> int:
    """Have scores reckoned that still wait, should a message have been lost; how many.

    Of the latest 5 000 they are at most the 1 000 that wait longest.
    """
    project_of(project_id, store)
    latest = Query(index="by_parent", limit=1_000, descending=True)
    found = islice(store.every(SCORES, scores_of(project_id), latest), LOOKED_AT)
    waiting = [it for it in found if it.scored_at is None][-ASKED_AT_ONCE:]
    for score in waiting:
        queue.send(due_of(score).model_dump(mode="json"))
    return len(waiting)


def _place(project_id: ProjectId, wanted: ScoreFilter, query: Query) -> tuple[str, Query]:
    if wanted.task_id is not None:
        return of_task(whole_of(wanted.task_id)[0]), replace(query, prefix=OF_A_TASK)
    if wanted.annotator is not None:
        return scores_by(project_id, wanted.annotator), replace(query, index="by_owner")
    return scores_of(project_id), replace(query, index="by_parent")


def _marked(found: Sequence[Score], store: Store) -> list[Marked]:
    keys = list(dict.fromkeys(task_key(it.truth.task_id) for it in found))
    now = {task.id: truth_in(task) for task in (store.get_many(TASKS, keys) if keys else [])}
    return [Marked(score=it, outdated=_sha256(now, it) != it.truth.sha256) for it in found]


def _sha256(now: dict[TaskId, Truth | None], score: Score) -> str | None:
    truth = now.get(score.truth.task_id)
    return truth.sha256 if truth else None

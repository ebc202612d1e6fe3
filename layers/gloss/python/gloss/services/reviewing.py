"""Judging single labels: a verdict on one, and the issue that a rejection leaves behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from gloss.domain.access import Caller
from gloss.domain.errors import IllegalAction
from gloss.domain.events import Event, IssueOpened, IssueReopened
from gloss.domain.model import TaskId, Value
from gloss.domain.workflow import issues, reviews, roles
from gloss.domain.workflow.actions import Approve
from gloss.domain.workflow.graph import StageKind
from gloss.domain.workflow.issues import AtLabel, Issue, NewIssue, Remark, Tags
from gloss.domain.workflow.reviews import LabelReview, ReviewSheet, Verdict
from gloss.domain.workflow.task import Task
from gloss.kinds.workflow import ISSUES, REVIEW_SHEETS, TASKS, issue_key
from gloss.ports import Change, Ports, Save, Store
from gloss.services.advancing import judgement_events
from gloss.services.discussing import kept, new_issue, told
from gloss.services.keeping import sheets_of
from gloss.services.situating import Situation, TaskPath, demand_open, persistently, situation

NO_COMMENT = "Rejected."
AT_ONCE = 20


class Judging(Value):
    """A verdict on one label; a rejection says why and opens an issue there, or opens the label's old one again."""

    action: Verdict
    comment: Annotated[str, Field(max_length=8192)] = ""
    tags: Tags = ()


@dataclass(frozen=True)
class Outcome:
    """What a verdict changes: the review and the task, and the issue of a rejection."""

    review: LabelReview
    task: Task
    issue: Issue | None = None
    events: tuple[Event, ...] = ()


def label_reviews(path: TaskPath, caller: Caller, ports: Ports) -> list[LabelReview]:
    """The review of each label of a task."""
    return reviews_of(situation(path, caller, ports).task.id, ports.store)


def reviews_of(task_id: TaskId, store: Store) -> list[LabelReview]:
    """The same for who knows that the caller may see it, or asks before it is looked at; none for a missing task."""
    return [review for sheet in sheets_of(task_id, store) for review in sheet.reviews]


def judge(path: TaskPath, label_id: str, wanted: Judging, caller: Caller, ports: Ports) -> LabelReview:
    """Give a verdict on one label; raises IllegalAction outside review stages or when it stands so already."""
    return persistently(lambda: _judge(path, label_id, wanted, caller, ports))


def judge_many(path: TaskPath, wanted: Mapping[str, Judging], caller: Caller, ports: Ports) -> None:
    """Give a verdict on each label of a task, `wanted` by label; one that stands so already is left as it is.

    So the same request again goes on where it broke off; raises NotFound for a label that has no review, at first.
    """
    ids = list(wanted)
    for start in range(0, len(ids), AT_ONCE):
        some = {label_id: wanted[label_id] for label_id in ids[start : start + AT_ONCE]}
        persistently(lambda some=some: _judge_some(path, some, caller, ports))  # type: ignore[misc]


def _judge(path: TaskPath, label_id: str, wanted: Judging, caller: Caller, ports: Ports) -> LabelReview:
    met, sheets = _meeting_reviews(path, caller, ports)
    said = reviews.verdict(reviews.find(sheets, label_id), wanted.action, met.worker.user_id, met.now)
    task = met.task.changed(judgements=met.task.judgements + 1, updated_at=met.now)
    outcome = _outcome(met, said, task, wanted, ports)
    _keep(met, sheets, [outcome], ports)
    return outcome.review


def _judge_some(path: TaskPath, wanted: Mapping[str, Judging], caller: Caller, ports: Ports) -> None:
    met, sheets = _meeting_reviews(path, caller, ports)
    outcomes: list[Outcome] = []
    for label_id, judging in wanted.items():
        review = reviews.find(sheets, label_id)
        if reviews.stands(review, judging.action):
            continue
        said = reviews.verdict(review, judging.action, met.worker.user_id, met.now)
        before = outcomes[-1].task if outcomes else met.task.changed(updated_at=met.now)
        task = before.model_copy(update={"judgements": before.judgements + 1})
        outcomes.append(_outcome(met, said, task, judging, ports))
    if outcomes:
        _keep(met, sheets, outcomes, ports)


def _meeting_reviews(path: TaskPath, caller: Caller, ports: Ports) -> tuple[Situation, list[ReviewSheet]]:
    """The task and its review sheets, for somebody who may judge there."""
    met = situation(path, caller, ports)
    if met.stage.kind is not StageKind.REVIEW:
        raise IllegalAction(f"In stage {met.stage.title} labels are not judged.")
    roles.demand_may(met.worker, Approve(), met.present, met.stage)
    demand_open(met.project, met.worker)
    return met, sheets_of(met.task.id, ports.store)


def _keep(met: Situation, sheets: Sequence[ReviewSheet], outcomes: Sequence[Outcome], ports: Ports) -> None:
    changes: list[Change] = [Save(TASKS, outcomes[-1].task)]
    changes += [Save(REVIEW_SHEETS, sheet) for sheet in reviews.judged(sheets, [it.review for it in outcomes])]
    changes += [change for it in outcomes if it.issue for change in _saved(it.issue)]
    told = judgement_events(met, [it.review for it in outcomes], ports)
    ports.store.commit(changes, [*told, *(event for it in outcomes for event in it.events)])


def _saved(issue: Issue) -> list[Change]:
    return kept(issue) if issue.version == 1 else [Save(ISSUES, issue)]


def _outcome(met: Situation, said: LabelReview, task: Task, wanted: Judging, ports: Ports) -> Outcome:
    if wanted.action != "reject":
        return Outcome(said, task)
    stored = ports.store.find(ISSUES, issue_key(task.id, said.issue_id)) if said.issue_id else None
    if stored is None:
        return _opened(met, said, task, wanted, ports)
    return _again(met, stored, said, task, wanted, ports)


def _opened(met: Situation, said: LabelReview, task: Task, wanted: Judging, ports: Ports) -> Outcome:
    """A first rejection opens the label's issue, as does one whose issue was deleted."""
    anchor = AtLabel(label_id=said.label_id)
    issue = new_issue(
        met, NewIssue(comment=wanted.comment or NO_COMMENT, anchor=anchor, tags=wanted.tags), ports.ids.new()
    )
    counted = task.model_copy(update={"open_issues": task.open_issues + 1})
    event = IssueOpened(**told(met, issue, ports.ids.new()))
    return Outcome(said.model_copy(update={"issue_id": issue.id}), counted, issue, (event,))


def _again(met: Situation, stored: Issue, said: LabelReview, task: Task, wanted: Judging, ports: Ports) -> Outcome:
    """A further rejection answers in the label's issue, and opens it again when it was resolved."""
    remark = Remark(content=wanted.comment or NO_COMMENT, author=met.worker.user_id, at=met.now)
    issue = issues.answered(stored, remark)
    if not stored.is_resolved:
        return Outcome(said, task, issue)
    turned = issues.reopened(issue, met.worker.user_id, met.now).model_copy(update={"version": issue.version})
    counted = task.model_copy(update={"open_issues": task.open_issues + 1, "resolved_issues": task.resolved_issues - 1})
    return Outcome(said, counted, turned, (IssueReopened(**told(met, issue, ports.ids.new())),))

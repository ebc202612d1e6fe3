"""Carrying out actions on tasks: the rules decide, the label reviews follow, one commit keeps it all."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Final

from pydantic import Field

from gloss.domain import labels
from gloss.domain.access import Caller
from gloss.domain.errors import Conflict, GlossError, Invalid
from gloss.domain.events import Event, LabelsJudged
from gloss.domain.model import ProjectId, Share, TaskId, UserId, Value
from gloss.domain.project import Project
from gloss.domain.workflow import consensus, reviews, roles, rules
from gloss.domain.workflow.actions import Approve, Assign, HandingOn, Reject, Requested, SetPriority, Submit
from gloss.domain.workflow.graph import ReviewStage, Stage, StageKind
from gloss.domain.workflow.reviews import LabelReview, ReviewSheet
from gloss.domain.workflow.roles import Worker
from gloss.domain.workflow.rules import Moved
from gloss.domain.workflow.task import Task
from gloss.domain.workflow.ways import exit_of
from gloss.kinds.benchmark import SCORES
from gloss.kinds.catalog import ONTOLOGIES
from gloss.kinds.workflow import LABEL_SAVES, REVIEW_SHEETS, STEPS, TASKS
from gloss.ports import Change, Key, Ports, Save, Store
from gloss.services import choosing, leafing, scoring
from gloss.services.authorising import roles_of
from gloss.services.keeping import save_told, sheets_of
from gloss.services.locating import on_branch
from gloss.services.making import Following
from gloss.services.situating import Situation, TaskPath, demand_open, meeting, persistently, project_of

MOST_AT_ONCE: Final = 500

#: The setting by which an action takes the label reviews along.
SWEEPING: Final[Mapping[str, str]] = {
    "submit": "resolve_label_reviews",
    "approve": "approve_label_reviews",
    "reject": "reject_label_reviews",
}
JUDGING: Final = frozenset({*SWEEPING, "move"})


class ManyTasks(Value):
    """One action for many tasks."""

    task_ids: Annotated[tuple[TaskId, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]
    apply: Requested


class Priorities(Value):
    """A priority for each of these tasks."""

    priorities: Annotated[dict[TaskId, Share], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Refusal(Value):
    """A task to which the action was not done, and why."""

    task_id: TaskId
    reason: str


class Outcome(Value):
    """What came of an action on many tasks, each of which passed or failed on its own."""

    done: tuple[TaskId, ...]
    failed: tuple[Refusal, ...]


def act(path: TaskPath, action: Requested, caller: Caller, ports: Ports) -> Task:
    """Do one action; raises what `roles.demand_may` and `rules.act` raise, Stale when others were faster."""
    return _act(project_of(path.project_id, ports.store), path.task_id, action, caller, ports)


def act_on_many(project_id: ProjectId, wanted: ManyTasks, caller: Caller, ports: Ports) -> Outcome:
    """Do one action on each of up to 500 tasks."""
    project = project_of(project_id, ports.store)
    return _each(wanted.task_ids, lambda task_id, own: _act(project, task_id, wanted.apply, caller, own), ports)


def prioritise(project_id: ProjectId, wanted: Priorities, caller: Caller, ports: Ports) -> Outcome:
    """Give each of up to 500 tasks a priority of its own."""
    project = project_of(project_id, ports.store)
    action_of = {task_id: SetPriority(priority=priority) for task_id, priority in wanted.priorities.items()}
    return _each(tuple(action_of), lambda task_id, own: _act(project, task_id, action_of[task_id], caller, own), ports)


def _each(task_ids: Sequence[TaskId], work: Callable[[TaskId, Ports], Task], ports: Ports) -> Outcome:
    done: list[TaskId] = []
    failed: list[Refusal] = []
    for task_id in dict.fromkeys(task_ids):
        own = replace(ports, ids=Following(ports.ids.new()))
        try:
            done.append(work(task_id, own).id)
        except GlossError as refused:
            failed.append(Refusal(task_id=task_id, reason=refused.message))
    return Outcome(done=tuple(done), failed=tuple(failed))


def _act(project: Project, task_id: TaskId, action: Requested, caller: Caller, ports: Ports) -> Task:
    """With an expected version the first refusal counts; without one, others' changes between are read again."""
    if action.version is not None:
        return act_once(meeting(project, task_id, caller, ports), action, ports)
    return persistently(lambda: act_once(meeting(project, task_id, caller, ports), action, ports))


def act_once(met: Situation, action: Requested, ports: Ports) -> Task:
    """Do one action to a task as it was met."""
    exit_of(met.stage, action)
    consensus.demand_fitting(met.stage, action, met.subtask_id)
    roles.demand_may(met.worker, action, met.present, met.stage)
    demand_open(met.project, met.worker)
    _demand_answers(met, action, ports)
    action = choosing.settled(met, action, ports)
    occasion = met.occasion(ports.ids.new(), _left(met, action, ports.store))
    moved = rules.act(met.task, action, met.project.workflow, occasion)
    _demand_assignee(_given(met, action, moved), action, met.project.workflow.stage(moved.task.stage), ports.store)
    return met.shown(_save(met, action, moved, ports))


def _left(met: Situation, action: Requested, store: Store) -> frozenset[UserId]:
    """Those who worked on a task that may come back to them, but have left the project since."""
    returns = isinstance(action, Reject) or (met.task.subtasks and exit_of(met.stage, action) != "stay")
    worked = {person for people in met.task.done_by.values() for person in people} if returns else set()
    return frozenset(worked - roles_of(worked, f"project:{met.project.id}", store).keys()) if worked else frozenset()


def _save(met: Situation, action: Requested, moved: Moved, ports: Ports) -> Task:
    before = sheets_of(met.task.id, ports.store) if action.kind in JUDGING and met.subtask_id is None else []
    taken = choosing.taken(met, action, ports)
    synced = taken.synced(before) if taken else before
    after = _in_next_version(before, synced, _swept(met, action, synced, moved))
    judged = judgement_events(met, reviews.differing(before, after), ports)
    task = taken.on(moved.task) if taken else moved.task
    changes: list[Change] = [Save(TASKS, task), Save(STEPS, moved.history)]
    changes += [Save(REVIEW_SHEETS, sheet) for sheet in after]
    changes += [Save(LABEL_SAVES, taken.entry)] if taken else []
    saved = [save_told(met, taken.entry, ports.ids.new())] if taken else []
    score = scoring.due(met, action, moved, ports.store)
    changes += [Save(SCORES, score)] if score else []
    due = [scoring.submitted(score, met)] if score else []
    ports.store.commit(changes, [*moved.events, *judged, *saved, *due])
    return task


def _in_next_version(
    before: Sequence[ReviewSheet], synced: Sequence[ReviewSheet], swept: Sequence[ReviewSheet]
) -> list[ReviewSheet]:
    """The sheets that new labels or the sweep changed, each in the version after the stored one."""
    stored = {sheet.number: sheet.version for sheet in before}
    latest = {sheet.number: sheet for sheet in (*synced, *swept)}
    changed = [sheet for sheet in latest.values() if sheet not in before]
    return [it.model_copy(update={"version": stored.get(it.number, 0) + 1}) for it in changed]


def judgement_events(met: Situation, judged: Sequence[LabelReview], ports: Ports) -> list[Event]:
    """One event for each status that labels newly have, counting them by class."""
    by_status: dict[str, Counter[str]] = {}
    for review in judged:
        by_status.setdefault(review.status.value, Counter())[review.feature] += 1
    return [
        LabelsJudged(
            id=ports.ids.new(),
            at=met.now,
            actor=met.worker.user_id,
            org_id=met.project.org_id,
            project_id=met.project.id,
            task_id=met.task.id,
            stage=met.stage.id,
            status=status,
            labels=dict(counts),
        )
        for status, counts in sorted(by_status.items())
    ]


def _swept(met: Situation, action: Requested, sheets: list[ReviewSheet], moved: Moved) -> list[ReviewSheet]:
    sweep = _sweep(action, met.project.workflow.stage(moved.task.stage))
    if sweep is None and isinstance(action, Approve | Reject):
        _demand_judged(met.stage, reviews.pending(sheets))
    return reviews.swept(sheets, sweep, met.worker.user_id, met.now) if sweep else []


def _demand_judged(stage: Stage, waiting: int) -> None:
    if isinstance(stage, ReviewStage) and stage.strict and waiting:
        raise Conflict(f"Strict review: {waiting} labels still wait for a verdict of their own.")


def _sweep(action: Requested, arrived: Stage) -> str | None:
    """What the action makes of the label reviews: a row of `reviews.SWEEPS`, or nothing."""
    if action.kind == "move" and arrived.kind is StageKind.COMPLETE:
        return "complete"
    return action.kind if getattr(action, SWEEPING.get(action.kind, ""), False) else None


def _demand_answers(met: Situation, action: Requested, ports: Ports) -> None:
    """Submitting needs an answer to all that the ontology requires; saved labels carry the count of what is missing."""
    if not isinstance(action, Submit):
        return
    (row,) = on_branch([met.task], met.branch, ports.store)
    if row.row_version and not row.missing_answers:
        return
    structure = ports.store.get(ONTOLOGIES, Key(f"ONTOLOGY#{met.project.ontology_id}")).structure
    missing = labels.missing(leafing.body_of(row.sha256, ports.blobs), structure)
    if missing:
        raise Invalid("The ontology requires answers that are missing.", missing)


def _given(met: Situation, action: Requested, moved: Moved) -> Task:
    """The task as whom it is given to meets it: who is assigned a subtask, with its hands."""
    if met.subtask_id is None or not isinstance(action, Assign):
        return moved.task
    return consensus.seen(moved.task, met.subtask_id)


def _demand_assignee(task: Task, action: Requested, stage: Stage, store: Store) -> None:
    """Somebody who is given the task must be able to work on it there."""
    if not isinstance(action, Assign | HandingOn) or action.assignee is None or task.assignee is None:
        return
    assignee = UserId(action.assignee)
    role = roles_of([assignee], f"project:{task.project_id}", store).get(assignee)
    person = Worker(user_id=assignee, role=role)
    roles.demand_place(person, task, stage)

"""`act`: the one function that changes where a task is and who holds it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from gloss.domain import events
from gloss.domain.errors import Fault, IllegalAction, Invalid, Stale
from gloss.domain.events import Event
from gloss.domain.happened import OfTask
from gloss.domain.model import StageId, TaskId, Timestamp, UserId, Value
from gloss.domain.workflow import consensus
from gloss.domain.workflow.actions import Action, HandingOn
from gloss.domain.workflow.graph import LABELLING, AnnotateStage, Stage, StageKind, Workflow
from gloss.domain.workflow.routers import settled
from gloss.domain.workflow.task import Step, Task, TaskStatus
from gloss.domain.workflow.ways import exit_of, spelled, target

RETURNING: Final = frozenset({"reject", "reopen"})
JUDGING: Final = frozenset({"submit", "approve", "reject"})

SHARED: Final = frozenset(OfTask.model_fields) | {"kind"}

EVENT_OF: Final[Mapping[str, type[OfTask]]] = {
    "submit": events.TaskSubmitted,
    "approve": events.TaskApproved,
    "reject": events.TaskRejected,
    "proceed": events.TaskProceeded,
    "skip": events.TaskSkipped,
    "assign": events.TaskAssigned,
    "claim": events.TaskAssigned,
    "release": events.TaskReleased,
    "move": events.TaskMoved,
    "reopen": events.TaskReopened,
    "set_priority": events.PriorityChanged,
}


class Occasion(Value):
    """Who acts, when, under which event id, and on which subtask if on one; who has `left` is handed nothing."""

    actor: UserId
    at: Timestamp
    event_id: str
    left: frozenset[UserId] = frozenset()
    subtask_id: TaskId | None = None


class Moved(Value):
    """What comes of an action, to be stored together: the task's next version, its events, its history entry."""

    task: Task
    events: tuple[Event, ...]
    history: Step


def act(task: Task, action: Action, workflow: Workflow, occasion: Occasion) -> Moved:
    """Carry out an action where the task is; raises Stale, IllegalAction outside EXIT, Invalid on a missing way."""
    task, stage = task.at(occasion.at), workflow.stage(task.stage)
    way = exit_of(stage, action)
    consensus.demand_fitting(stage, action, occasion.subtask_id)
    if occasion.subtask_id is not None:
        return _act_on_subtask(task, action, workflow, occasion)
    _demand_fresh(task, action)
    action = spelled(action, stage)
    marked = task.changed(**_marks(task, action, occasion), updated_at=occasion.at)
    if way == "stay":
        return _told(task, marked, action, occasion)
    return _told(task, _sent_on(marked, action, workflow, occasion), action, occasion)


def _sent_on(marked: Task, action: Action, workflow: Workflow, occasion: Occasion) -> Task:
    """The task where the action leads."""
    stage = workflow.stage(marked.stage)
    way = exit_of(stage, action)
    reached = workflow.stage(settled(workflow, target(stage, way, action, workflow), marked))
    assignee = _next_assignee(marked, reached, way, action)
    arrived = _arrived(marked, reached, action, None if assignee in occasion.left else assignee)
    return arrived.model_copy(update={"subtasks": consensus.opened(marked, reached, occasion.left)})


def _act_on_subtask(task: Task, action: Action, workflow: Workflow, occasion: Occasion) -> Moved:
    """One annotator's action; the last of them to hand in sends the whole task on."""
    own = consensus.subtask(task, occasion.subtask_id or task.id)
    met, stage = consensus.seen(task, own.id), workflow.stage(task.stage)
    _demand_fresh(met, action)
    person = consensus.taker(own, action, occasion.actor)
    consensus.demand_apart(task, own, action, person, stage)
    if action.kind != "submit":
        marks = MARKS[action.kind](met, action, occasion)
        subtasks = consensus.put_back(task, own.id, marks)
        return _told(task, task.changed(subtasks=subtasks, updated_at=occasion.at), action, occasion)
    done = {**_held(met, None, TaskStatus.COMPLETED), "annotator": person}
    marks = {"subtasks": consensus.put_back(task, own.id, done), "done_by": _done(task, person)}
    acted = {"last_manual_actor": person, "last_actioned_by": occasion.actor, "last_actioned_stage": task.stage}
    marked = task.changed(**marks, **acted, updated_at=occasion.at)
    if not consensus.is_handed_in(marked):
        return _told(task, marked, action, occasion)
    whole = marked.model_copy(update={"submits": task.submits + 1, "approvals": 0, "assignee": own.assignee})
    return _told(task, _sent_on(whole, action, workflow, occasion), action, occasion)


def enter(task: Task, workflow: Workflow, occasion: Occasion) -> Moved:
    """Put a new task into the stage that follows Start; whatever stage it names before does not count."""
    start = workflow.first(StageKind.START)
    stage = workflow.stage(settled(workflow, start.exits()["to"], task))
    subtasks = consensus.opened(task, stage, occasion.left)
    entered = task.model_copy(update={"stage": stage.id, "subtasks": subtasks})
    created = events.TaskCreated(**_facts(task.model_copy(update={"stage": start.id}), entered, occasion))
    return Moved(task=entered, events=(created,), history=_step(start.id, entered, occasion, "create"))


def _demand_fresh(task: Task, action: Action) -> None:
    if action.version not in {None, task.version} or action.fence not in {None, task.fence}:
        raise Stale(f"The task has version {task.version} and fence {task.fence} by now; read it again.")


def _marks(task: Task, action: Action, occasion: Occasion) -> dict[str, Any]:
    """The fields that an action writes wherever it leads."""
    marks = MARKS[action.kind](task, action, occasion)
    if action.kind in JUDGING:
        marks |= {"done_by": _done(task, occasion.actor), "last_manual_actor": occasion.actor}
    if action.kind not in {"assign", "claim", "release", "set_priority"}:
        marks |= {"last_actioned_by": occasion.actor, "last_actioned_stage": task.stage}
    return marks


def _held(task: Task, assignee: UserId | None, status: TaskStatus) -> dict[str, Any]:
    hands = {"assignee": assignee, "lease_until": None, "firm": assignee is not None}
    return {**hands, "status": status, "fence": task.fence + 1}


def _skipped(task: Task, _action: Any, occasion: Occasion) -> dict[str, Any]:
    passed = (*(user for user in task.skipped_by if user != occasion.actor), occasion.actor)
    return {**_held(task, None, TaskStatus.SKIPPED), "skipped_by": passed}


def _claimed(task: Task, action: Any, _occasion: Occasion) -> dict[str, Any]:
    """A free task, or one's own that was not claimed yet, which stays one's own when the lease lapses."""
    if task.assignee not in {None, action.assignee} or task.lease_until is not None:
        raise IllegalAction("The task is held, so it cannot be claimed.")
    status = TaskStatus.ASSIGNED if task.assignee is None else task.status
    firm = task.assignee is not None
    return {**_held(task, action.assignee, status), "lease_until": action.lease_until, "firm": firm}


def _released(task: Task, _action: Any, _occasion: Occasion) -> dict[str, Any]:
    if task.assignee is None:
        raise IllegalAction("Nobody holds the task, so it cannot be released.")
    return _held(task, None, TaskStatus.RELEASED)


MARKS: Final[Mapping[str, Callable[[Task, Any, Occasion], dict[str, Any]]]] = {
    "submit": lambda task, _action, _occasion: {"submits": task.submits + 1, "approvals": 0},
    "approve": lambda task, _action, _occasion: {"approvals": task.approvals + 1},
    "reject": lambda _task, _action, _occasion: {"approvals": 0},
    "proceed": lambda _task, _action, _occasion: {},
    "skip": _skipped,
    "assign": lambda task, action, _occasion: _held(task, action.assignee, TaskStatus.ASSIGNED),
    "claim": _claimed,
    "release": _released,
    "move": lambda _task, _action, _occasion: {},
    "reopen": lambda _task, _action, _occasion: {},
    "set_priority": lambda _task, action, _occasion: {"priority": action.priority},
}


def _done(task: Task, actor: UserId) -> dict[StageId, tuple[UserId, ...]]:
    before = task.done_by.get(task.stage, ())
    return {**task.done_by, task.stage: (*(user for user in before if user != actor), actor)}


def _arrived(task: Task, stage: Stage, action: Action, assignee: UserId | None) -> Task:
    """The task in the stage that it reaches: whose it is, how it stands, and a clean slate for the people there."""
    holder = None if stage.kind in {StageKind.COMPLETE, StageKind.CONSENSUS_ANNOTATE} else assignee
    held = _held(task, holder, _standing(stage, action, holder))
    placed = {"stage": stage.id, "skipped_by": (), "judgements": 0, "approvals": _approvals(task, stage, action)}
    return task.model_copy(update={**held, **placed, "row_version_before": task.row_version})


def _approvals(task: Task, stage: Stage, action: Action) -> int:
    """Annotating starts the count again; a move to Complete approves the labels."""
    if stage.kind in LABELLING:
        return 0
    approving = action.kind == "move" and stage.kind is StageKind.COMPLETE
    return max(task.approvals, 1) if approving else task.approvals


def _standing(stage: Stage, action: Action, assignee: UserId | None) -> TaskStatus:
    if stage.kind is StageKind.COMPLETE:
        return TaskStatus.COMPLETED
    if action.kind in RETURNING:
        return TaskStatus.REOPENED
    return TaskStatus.NEW if assignee is None else TaskStatus.ASSIGNED


def _next_assignee(task: Task, stage: Stage, way: str, action: Action) -> UserId | None:
    if isinstance(action, HandingOn) and (action.assignee is not None or action.retain_assignee):
        return action.assignee or _retained(task)
    return _last_annotator(task, stage) if way == "rejected" else None


def _last_annotator(task: Task, stage: Stage) -> UserId | None:
    sticky = isinstance(stage, AnnotateStage) and stage.sticky_annotator
    return next(reversed(task.done_by.get(stage.id, ())), None) if sticky else None


def _retained(task: Task) -> UserId:
    if task.assignee is None:
        raise Invalid("Nobody holds the task.", [Fault("retain_assignee", "needs an assignee")])
    return task.assignee


def _told(before: Task, after: Task, action: Action, occasion: Occasion) -> Moved:
    event = EVENT_OF[action.kind]
    said = {name: getattr(action, name) for name in event.model_fields.keys() - SHARED if hasattr(action, name)}
    told: Any = event(**_facts(before, after, occasion), **said)
    return Moved(task=after, events=(told,), history=_step(before.stage, after, occasion, action.kind, action))


def _facts(before: Task, after: Task, occasion: Occasion) -> dict[str, Any]:
    return {
        "id": occasion.event_id,
        "at": occasion.at,
        "actor": occasion.actor,
        "org_id": after.org_id,
        "project_id": after.project_id,
        "task_id": after.id,
        "data_id": after.data_id,
        "stage": before.stage,
        "to_stage": after.stage,
        "subtask_id": occasion.subtask_id,
    }


def _step(stage: StageId, after: Task, occasion: Occasion, action: str, said: Action | None = None) -> Step:
    return Step(
        id=occasion.event_id,
        task_id=after.id,
        project_id=after.project_id,
        data_id=after.data_id,
        at=occasion.at,
        actor=occasion.actor,
        action=action,
        stage=stage,
        to_stage=after.stage,
        status=after.status,
        assignee=after.assignee,
        comment=getattr(said, "comment", ""),
        subtask_id=occasion.subtask_id,
    )

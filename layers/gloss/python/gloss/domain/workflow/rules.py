"""The transition table, and `act`: the one function that changes where a task is and who holds it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from gloss.domain import events
from gloss.domain.errors import Fault, IllegalAction, Invalid, Stale
from gloss.domain.events import Event
from gloss.domain.model import StageId, Timestamp, UserId, Value
from gloss.domain.workflow.actions import Action, HandingOn, Move, Proceed
from gloss.domain.workflow.graph import ROUTERS, AgentStage, AnnotateStage, Pathway, Stage, StageKind, Workflow
from gloss.domain.workflow.routers import settled
from gloss.domain.workflow.task import Step, Task, TaskStatus

K = StageKind

#: Which way out a stage offers an action. `stay`: none; `pathway` and `destination`: the action names it;
#: `first`: back to the first annotate stage. What is not here is illegal.
EXIT: Final[Mapping[tuple[StageKind, str], str]] = {
    (K.ANNOTATE, "submit"): "to",
    (K.REVIEW, "approve"): "approved",
    (K.REVIEW, "reject"): "rejected",
    (K.AGENT, "proceed"): "pathway",
    (K.ANNOTATE, "skip"): "stay",
    **{(kind, action): "stay" for kind in (K.ANNOTATE, K.REVIEW, K.AGENT) for action in ("assign", "claim", "release")},
    **{(kind, "set_priority"): "stay" for kind in (K.ANNOTATE, K.REVIEW, K.AGENT, K.COMPLETE)},
    **{(kind, "move"): "destination" for kind in (K.ANNOTATE, K.REVIEW, K.AGENT, K.COMPLETE)},
    **{(kind, "reopen"): "first" for kind in (K.ANNOTATE, K.REVIEW, K.AGENT, K.COMPLETE)},
}
RETURNING: Final = frozenset({"reject", "reopen"})
JUDGING: Final = frozenset({"submit", "approve", "reject"})

SHARED: Final = frozenset(events.OfTask.model_fields) | {"kind"}

EVENT_OF: Final[Mapping[str, type[events.OfTask]]] = {
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
    """Who acts, when, and under which event id; who has `left` the project is handed nothing."""

    actor: UserId
    at: Timestamp
    event_id: str
    left: frozenset[UserId] = frozenset()


class Moved(Value):
    """What comes of an action, to be stored together: the task's next version, its events, its history entry."""

    task: Task
    events: tuple[Event, ...]
    history: Step


def act(task: Task, action: Action, workflow: Workflow, occasion: Occasion) -> Moved:
    """Carry out an action where the task is; raises Stale, IllegalAction outside EXIT, Invalid on a missing way."""
    _demand_fresh(task, action)
    task, stage = task.at(occasion.at), workflow.stage(task.stage)
    way = exit_of(stage, action)
    action = _spelled(action, stage)
    marked = task.changed(**_marks(task, action, occasion), updated_at=occasion.at)
    if way == "stay":
        return _told(task, marked, action, occasion)
    target = workflow.stage(settled(workflow, _target(stage, way, action, workflow), marked))
    assignee = _next_assignee(marked, target, way, action)
    arrived = _arrived(marked, target, action, None if assignee in occasion.left else assignee)
    return _told(task, arrived, action, occasion)


def enter(task: Task, workflow: Workflow, occasion: Occasion) -> Moved:
    """Put a new task into the stage that follows Start; whatever stage it names before does not count."""
    start = workflow.first(StageKind.START)
    entered = task.model_copy(update={"stage": settled(workflow, start.exits()["to"], task)})
    created = events.TaskCreated(**_facts(task.model_copy(update={"stage": start.id}), entered, occasion))
    return Moved(task=entered, events=(created,), history=_step(start.id, entered, occasion, "create"))


def _demand_fresh(task: Task, action: Action) -> None:
    if action.version not in {None, task.version} or action.fence not in {None, task.fence}:
        raise Stale(f"The task has version {task.version} and fence {task.fence} by now; read it again.")


def exit_of(stage: Stage, action: Action) -> str:
    """The way out of the stage for the action; raises IllegalAction when the table has none."""
    way = EXIT.get((stage.kind, action.kind))
    if way is None:
        known = sorted(name for kind, name in EXIT if kind is stage.kind)
        raise IllegalAction(
            f"In stage {stage.title} one cannot {action.kind}; there is {', '.join(known) or 'nothing'}."
        )
    return way


def _target(stage: Stage, way: str, action: Action, workflow: Workflow) -> StageId:
    if isinstance(action, Proceed) and isinstance(stage, AgentStage):
        return _pathway(stage, action.pathway).to
    if isinstance(action, Move):
        return _destination(stage, action.destination, workflow)
    if way != "first":
        return stage.exits()[way]
    first = workflow.first(StageKind.ANNOTATE).id
    if first == stage.id:
        raise IllegalAction("The task is in the first annotate stage already.")
    return first


def _spelled(action: Action, stage: Stage) -> Action:
    """The same action with its pathway by name, as the event tells it."""
    if isinstance(action, Proceed) and isinstance(stage, AgentStage):
        return Proceed(pathway=_pathway(stage, action.pathway).name)
    return action


def _pathway(stage: AgentStage, wanted: str) -> Pathway:
    for pathway in stage.pathways:
        if wanted in (pathway.id, pathway.name):
            return pathway
    names = ", ".join(pathway.name for pathway in stage.pathways)
    raise Invalid(f"Stage {stage.title} has no pathway {wanted}.", [Fault("pathway", f"is none of {names}")])


def _destination(stage: Stage, wanted: StageId, workflow: Workflow) -> StageId:
    kinds = {known.id: known.kind for known in workflow.stages}
    if wanted == stage.id:
        raise IllegalAction(f"The task is in stage {stage.title} already.")
    if kinds.get(wanted, StageKind.START) in {StageKind.START, *ROUTERS}:
        raise Invalid("A task cannot be moved there.", [Fault("destination", "is no stage where tasks rest")])
    return wanted


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


def _arrived(task: Task, target: Stage, action: Action, assignee: UserId | None) -> Task:
    """The task in the stage that it reaches: whose it is, how it stands, and a clean slate for the people there."""
    holder = None if target.kind is StageKind.COMPLETE else assignee
    held = _held(task, holder, _standing(target, action, holder))
    placed = {"stage": target.id, "skipped_by": (), "judgements": 0, "approvals": _approvals(task, target, action)}
    return task.model_copy(update=held | placed)


def _approvals(task: Task, target: Stage, action: Action) -> int:
    """Annotating starts the count again; a move to Complete approves the labels."""
    if target.kind is StageKind.ANNOTATE:
        return 0
    approving = action.kind == "move" and target.kind is StageKind.COMPLETE
    return max(task.approvals, 1) if approving else task.approvals


def _standing(target: Stage, action: Action, assignee: UserId | None) -> TaskStatus:
    if target.kind is StageKind.COMPLETE:
        return TaskStatus.COMPLETED
    if action.kind in RETURNING:
        return TaskStatus.REOPENED
    return TaskStatus.NEW if assignee is None else TaskStatus.ASSIGNED


def _next_assignee(task: Task, target: Stage, way: str, action: Action) -> UserId | None:
    if isinstance(action, HandingOn) and (action.assignee is not None or action.retain_assignee):
        return action.assignee or _retained(task)
    return _last_annotator(task, target) if way == "rejected" else None


def _last_annotator(task: Task, target: Stage) -> UserId | None:
    sticky = isinstance(target, AnnotateStage) and target.sticky_annotator
    return next(reversed(task.done_by.get(target.id, ())), None) if sticky else None


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
    )

"""A task under consensus: its subtasks, one for each annotator, who are blind to each other."""

from collections.abc import Mapping
from typing import Any, Final

from gloss.domain.errors import Conflict, Fault, IllegalAction, Invalid, NotFound
from gloss.domain.model import StageId, TaskId, UserId
from gloss.domain.workflow.actions import Action, Assign, Claim
from gloss.domain.workflow.graph import MOST_ANNOTATORS, ConsensusAnnotateStage, Stage, Workflow
from gloss.domain.workflow.task import Subtask, Task, TaskStatus, subtask_id_of

#: What a task and a subtask both have: whose it is, and how it stands.
HANDS: Final = ("status", "assignee", "lease_until", "firm", "fence", "skipped_by")
#: Actions that in a consensus annotate stage are done to one subtask, not to the task.
OF_SUBTASKS: Final = frozenset({"submit", "skip", "assign", "claim", "release"})
CLOSED: Final[Mapping[str, Any]] = {
    "status": TaskStatus.COMPLETED,
    "assignee": None,
    "lease_until": None,
    "firm": False,
    "skipped_by": (),
}
TAKING: Final = frozenset({"submit", "assign", "claim"})


def branch_of(stage: StageId, number: int) -> str:
    """The branch of a stage's subtasks of one number, counted from 0."""
    return f"consensus-{stage}-{number + 1}"


def is_reserved(branch: str, workflow: Workflow) -> bool:
    """Whether the branch is for subtasks of the workflow, be there one of a task on it or not."""
    stages = (stage for stage in workflow.stages if isinstance(stage, ConsensusAnnotateStage))
    return any(branch == branch_of(stage.id, number) for stage in stages for number in range(MOST_ANNOTATORS))


def subtask(task: Task, subtask_id: TaskId) -> Subtask:
    """A task's subtask; raises NotFound."""
    for each in task.subtasks:
        if each.id == subtask_id:
            return each
    raise NotFound("There is no task here, or you may not see it.")


def on_branch(task: Task, branch: str) -> Subtask | None:
    """The subtask whose labels lie on a branch; None: no subtask's do."""
    return next((each for each in task.subtasks if each.branch == branch), None)


def held_by(task: Task, user_id: UserId) -> Subtask | None:
    """The subtask that a person has or handed in, if any: never more than one."""
    return next((each for each in task.subtasks if user_id in each.people), None)


def opened(task: Task, stage: Stage, left: frozenset[UserId]) -> tuple[Subtask, ...]:
    """The subtasks of a task that comes to a stage: those that it had there REOPENED for their annotators, others new.

    Who has `left` the project gets none back. In any other stage nobody has one any more.
    """
    if not isinstance(stage, ConsensusAnnotateStage):
        return tuple(each.model_copy(update=CLOSED) for each in task.subtasks)
    made = (
        Subtask(id=subtask_id_of(task.id, number), branch=branch_of(stage.id, number))
        for number in range(stage.annotators)
    )
    return tuple(_again(on_branch(task, each.branch) or each, left) for each in made)


def _again(before: Subtask, left: frozenset[UserId]) -> Subtask:
    hands: dict[str, Any]
    if before.annotator is None:
        hands = {"status": TaskStatus.NEW, "assignee": None, "firm": False}
    else:
        back = None if before.annotator in left else before.annotator
        hands = {"status": TaskStatus.REOPENED, "assignee": back, "annotator": back, "firm": back is not None}
    return before.model_copy(update={**hands, "lease_until": None, "fence": before.fence + 1, "skipped_by": ()})


def seen(task: Task, subtask_id: TaskId) -> Task:
    """The task as its annotator meets it: the subtask's hands in place of the task's own."""
    own = subtask(task, subtask_id)
    return task.model_copy(update={name: getattr(own, name) for name in HANDS})


def shown(task: Task, subtask_id: TaskId) -> Task:
    """A subtask as if it were a task, under its own id; it has no other subtasks."""
    met = seen(task, subtask_id)
    return met.model_copy(update={"id": subtask_id, "subtasks": (subtask(task, subtask_id),)})


def put_back(task: Task, subtask_id: TaskId, changes: Mapping[str, Any]) -> tuple[Subtask, ...]:
    """The task's subtasks when one has changed."""
    return tuple(each.model_copy(update=dict(changes)) if each.id == subtask_id else each for each in task.subtasks)


def is_handed_in(task: Task) -> bool:
    """Whether every annotator has handed in."""
    return all(each.status is TaskStatus.COMPLETED for each in task.subtasks)


def demand_fitting(stage: Stage, action: Action, subtask_id: TaskId | None) -> None:
    """Let an action pass that is done to what it can be done to, a subtask or the task; raises IllegalAction."""
    of_subtask = isinstance(stage, ConsensusAnnotateStage) and action.kind in OF_SUBTASKS
    if of_subtask and subtask_id is None:
        raise IllegalAction(f"In stage {stage.title} one can {action.kind} a subtask, not the task; name one of those.")
    if subtask_id is not None and not of_subtask:
        raise IllegalAction(f"In stage {stage.title} one cannot {action.kind} a subtask; name the task.")


def demand_apart(task: Task, own: Subtask, action: Action, person: UserId, stage: Stage) -> None:
    """Keep annotators blind: nobody has two subtasks of a task; raises Conflict, IllegalAction for one handed in."""
    if own.status is TaskStatus.COMPLETED:
        raise IllegalAction("The subtask was handed in; a review may send it back.")
    if action.kind not in TAKING:
        return
    if any(person in other.people for other in task.subtasks if other.id != own.id):
        raise Conflict("One person labels a task once: another of its subtasks is, or was, theirs.")
    if not is_open_to(own, person, stage):
        raise Conflict("The subtask stays with who handed it in first; the stage does not allow reassignment.")


def is_open_to(own: Subtask, person: UserId, stage: Stage) -> bool:
    """Whether the stage lets the person have a subtask that may have come back."""
    free = isinstance(stage, ConsensusAnnotateStage) and stage.allow_reassignment
    return free or own.annotator in {None, person}


def taker(own: Subtask, action: Action, actor: UserId) -> UserId:
    """Whose subtask it is by an action: who is named, or who has it, or who acts."""
    if isinstance(action, Assign | Claim):
        return UserId(action.assignee)
    return own.assignee or actor


def demand_branch(task: Task, branch: str | None) -> None:
    """Let a branch be chosen; raises Invalid unless it is one of the task's subtasks'."""
    if branch is not None and on_branch(task, branch) is None:
        names = ", ".join(each.branch for each in task.subtasks) or "none"
        raise Invalid("There is no such branch to choose.", [Fault("branch", f"is none of the annotators': {names}")])

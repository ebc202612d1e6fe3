"""Who works where: the roles that a stage takes, and what a person may do with a task there."""

from collections.abc import Mapping
from typing import Final

from gloss.domain.access import RESOURCE_ALLOWS, Permission, Role
from gloss.domain.errors import Conflict, Forbidden
from gloss.domain.model import TaskId, UserId, Value
from gloss.domain.workflow import consensus
from gloss.domain.workflow.actions import Action, Assign
from gloss.domain.workflow.graph import AnnotateStage, ConsensusReviewStage, ReviewStage, Staffed, Stage, StageKind
from gloss.domain.workflow.task import Step, Task, TaskStatus

P = Permission

STAFF: Final[Mapping[StageKind, Permission]] = {
    StageKind.ANNOTATE: P.PROJECT_ANNOTATE,
    StageKind.REVIEW: P.PROJECT_REVIEW,
    StageKind.CONSENSUS_ANNOTATE: P.PROJECT_ANNOTATE,
    StageKind.CONSENSUS_REVIEW: P.PROJECT_REVIEW,
    StageKind.AGENT: P.PROJECT_MANAGE,
    StageKind.COMPLETE: P.PROJECT_MANAGE,
}
MANAGED: Final = frozenset({"move", "reopen", "set_priority"})


class Worker(Value):
    """A person and their role on the project."""

    user_id: UserId
    role: Role | None

    @property
    def manages(self) -> bool:
        """Whether the person is Admin or Team Manager."""
        return self.role in RESOURCE_ALLOWS[P.PROJECT_MANAGE]


def demand_may(worker: Worker, action: Action, task: Task, stage: Stage) -> None:
    """Let an action pass; raises Forbidden for a role, place or past that does not fit, Conflict when others hold it.

    `task` is as it reads now (`Task.at`). What the stage itself does not know is for `rules.act` to refuse.
    """
    if action.kind in MANAGED:
        _demand_manager(worker, action.kind)
        return
    demand_place(worker, task, stage)
    _demand_free_for(worker, task)
    if isinstance(action, Assign) and action.assignee != worker.user_id:
        _demand_manager(worker, "assign somebody else")


def demand_place(worker: Worker, task: Task, stage: Stage) -> None:
    """Let somebody have a task in a stage; raises Forbidden unless role, membership and past allow it."""
    demand_staff(worker, stage)
    if is_barred(worker, task, stage):
        raise Forbidden(f"Who worked on this task before may not have it in stage {stage.title}.")


def demand_staff(worker: Worker, stage: Stage) -> None:
    """Let somebody work in a stage; raises Forbidden unless role and membership allow it."""
    if stage.kind not in STAFF or worker.role not in RESOURCE_ALLOWS[STAFF[stage.kind]]:
        raise Forbidden(f"The role {worker.role or 'none'} does not work in stage {stage.title}.")
    if isinstance(stage, Staffed) and not (worker.manages or _is_member(worker, stage)):
        raise Forbidden(f"Stage {stage.title} is for selected people only.")


def demand_label(worker: Worker, task: Task, stage: Stage) -> None:
    """Let somebody change labels: managers always, annotators in their stages, reviewers where labels may be edited."""
    if worker.manages:
        return
    if stage.kind is not StageKind.ANNOTATE and not _edits_labels(stage):
        raise Forbidden(f"In stage {stage.title} labels are not edited.")
    demand_place(worker, task, stage)
    _demand_free_for(worker, task)


def demand_label_on(worker: Worker, task: Task, stage: Stage, branch: str) -> None:
    """The same on a branch: an annotator's is changed by who has the subtask, until it is handed in."""
    own = consensus.on_branch(task, branch)
    if own is None or worker.manages:
        demand_label(worker, task, stage)
        return
    if stage.kind is not StageKind.CONSENSUS_ANNOTATE or own.status is TaskStatus.COMPLETED:
        raise Forbidden("The annotator's labels were handed in; they are not edited any more.")
    demand_place(worker, task, stage)
    if own.assignee != worker.user_id:
        raise Conflict("The subtask is not yours; claim it, or have it assigned to you.")


def _edits_labels(stage: Stage) -> bool:
    if isinstance(stage, ConsensusReviewStage):
        return stage.review_type == "refine"
    return isinstance(stage, ReviewStage) and stage.edit_labels


def may_claim(worker: Worker, task: Task, stage: Stage) -> bool:
    """Whether the queue may hand this task, as it reads now, to somebody whose place in the stage is proven.

    One's own tasks are handed out as well as free ones, but none that is claimed.
    """
    if task.lease_until is not None or is_barred(worker, task, stage):
        return False
    if task.assignee is not None:
        return task.assignee == worker.user_id
    fresh = worker.user_id not in task.skipped_by and not _knows(worker, task, stage)
    return fresh and sees(worker, task, stage)


def claimable(worker: Worker, task: Task, stage: Stage) -> TaskId | None:
    """The subtask that the queue may hand to somebody, theirs before a free one; None: none of them."""
    mine = consensus.held_by(task, worker.user_id)
    for own in (mine,) if mine else task.subtasks:
        met = consensus.seen(task, own.id)
        open_ = own.status is not TaskStatus.COMPLETED and consensus.is_open_to(own, worker.user_id, stage)
        if open_ and may_claim(worker, met, stage):
            return own.id
    return None


def is_barred(worker: Worker, task: Task, stage: Stage) -> bool:
    """Whether the person did a stage of this task that bars them from this one."""
    barring = stage.barred_by if isinstance(stage, Staffed) else ()
    return any(worker.user_id in task.done_by.get(other, ()) for other in barring)


def _is_member(worker: Worker, stage: Staffed) -> bool:
    return stage.members is None or worker.user_id in stage.members


def _knows(worker: Worker, task: Task, stage: Stage) -> bool:
    """Whether the person handled the task in another stage, and this one does not allow reassessment."""
    if not isinstance(stage, AnnotateStage) or stage.allow_reassessment or worker.manages:
        return False
    return any(worker.user_id in people for done, people in task.done_by.items() if done != stage.id)


def sees(worker: Worker, task: Task, stage: Stage) -> bool:
    """Whether the task exists for this person: a stage may hide what is not assigned to them."""
    hidden = isinstance(stage, Staffed) and stage.hide_unassigned and not worker.manages
    return not hidden or _is_theirs(worker, task, stage)


def _is_theirs(worker: Worker, task: Task, stage: Stage) -> bool:
    if stage.kind is StageKind.CONSENSUS_ANNOTATE:
        return consensus.held_by(task, worker.user_id) is not None
    return task.assignee == worker.user_id


def shown(worker: Worker, task: Task, stage: Stage) -> Task:
    """The task with those subtasks that this person may know of: annotators know of their own and of free ones."""
    if not task.subtasks or reads_all(worker, stage):
        return task
    hidden = isinstance(stage, Staffed) and stage.hide_unassigned
    known = (it for it in task.subtasks if worker.user_id in it.people or not (it.people or hidden))
    return task.model_copy(update={"subtasks": tuple(known)})


def reads_all(worker: Worker, stage: Stage) -> bool:
    """Whether the person may read what every annotator labelled: managers always, others unless they may annotate now.

    Who only annotates never may: a task that has left consensus may come back to them.
    """
    if worker.manages:
        return True
    return stage.kind is not StageKind.CONSENSUS_ANNOTATE and worker.role not in {Role.ANNOTATOR, None}


def reads(worker: Worker, task: Task, stage: Stage, branch: str) -> bool:
    """Whether the person may read the task's labels on a branch: those of other annotators are kept from them."""
    own = consensus.on_branch(task, branch)
    return own is None or worker.user_id in own.people or reads_all(worker, stage)


def knows(worker: Worker, stage: Stage, step: Step) -> bool:
    """Whether the person may know of a step: of what was done to a subtask know its people and who reads all."""
    return step.subtask_id is None or worker.user_id in {step.actor, step.assignee} or reads_all(worker, stage)


def lists(worker: Worker, stage: Stage) -> bool:
    """Whether the person has the stage's queue before them; a viewer reads what an annotator may."""
    role = Role.ANNOTATOR if worker.role is Role.VIEWER else worker.role
    return stage.kind in STAFF and role in RESOURCE_ALLOWS[STAFF[stage.kind]]


def _demand_free_for(worker: Worker, task: Task) -> None:
    if task.assignee not in {None, worker.user_id} and not worker.manages:
        raise Conflict("The task is assigned to somebody else.")


def _demand_manager(worker: Worker, wish: str) -> None:
    if not worker.manages:
        raise Forbidden(f"Only Admins and Team Managers may {wish}.")

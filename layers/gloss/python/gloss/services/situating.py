"""Finding the task, its stage and its project for somebody who wants to do something there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from gloss.domain.access import UNSEEN, Caller
from gloss.domain.errors import Conflict, IllegalAction, NotFound, Repeated, Stale
from gloss.domain.model import ProjectId, StageId, TaskId, UserId, Value
from gloss.domain.project import Project
from gloss.domain.workflow import consensus, roles
from gloss.domain.workflow.graph import Stage
from gloss.domain.workflow.label_rows import MAIN
from gloss.domain.workflow.roles import Worker
from gloss.domain.workflow.rules import Occasion
from gloss.domain.workflow.task import Step, Task, whole_of
from gloss.kinds.catalog import PROJECTS
from gloss.kinds.workflow import STEPS, TASKS, of_task, task_key
from gloss.ports import Key, Page, Ports, Query, Store
from gloss.services.convoying import freed

T = TypeVar("T")
TRIES = 3


class TaskPath(Value):
    """Which task of which project, and in which stage it is taken to be (None: wherever)."""

    project_id: ProjectId
    task_id: TaskId
    stage: StageId | None = None


@dataclass(frozen=True)
class Situation:
    """A task as it is stored (`task`) and as it reads now (`present`), where it is, and who looks at it.

    Who names a subtask (`subtask_id`) meets the task with the subtask's hands.
    """

    project: Project
    task: Task
    stage: Stage
    worker: Worker
    now: datetime
    subtask_id: TaskId | None = None

    @property
    def present(self) -> Task:
        task = self.task.at(self.now)
        return consensus.seen(task, self.subtask_id) if self.subtask_id else task

    @property
    def branch(self) -> str:
        """Where the labels lie that are meant: on `main`, or on the subtask's branch."""
        return consensus.subtask(self.task, self.subtask_id).branch if self.subtask_id else MAIN

    def occasion(self, event_id: str, left: frozenset[UserId] = frozenset()) -> Occasion:
        actor = self.worker.user_id
        return Occasion(actor=actor, at=self.now, event_id=event_id, left=left, subtask_id=self.subtask_id)

    def shown(self, task: Task) -> Task:
        """The task, which may have changed, as the person is told of it."""
        if self.subtask_id is not None:
            return consensus.shown(task, self.subtask_id)
        return roles.shown(self.worker, task, self.project.workflow.stage(task.stage))


def project_of(project_id: ProjectId, store: Store) -> Project:
    """The project; raises NotFound, also for one that was deleted."""
    project = store.get(PROJECTS, Key(f"PROJECT#{project_id}"))
    if project.deleted_at is not None:
        raise NotFound(UNSEEN)
    return project


def worker_of(caller: Caller) -> Worker:
    """The caller as somebody who works on the project in the path."""
    return Worker(user_id=caller.user_id, role=caller.role)


def situation(path: TaskPath, caller: Caller, ports: Ports) -> Situation:
    """The task as this caller meets it; raises NotFound when it is missing, of another project, or hidden.

    Where the path names a stage, raises IllegalAction for a task that is in another one.
    """
    met = meeting(project_of(path.project_id, ports.store), path.task_id, caller, ports)
    if path.stage not in {None, met.stage.id}:
        raise IllegalAction(f"The task is in stage {met.stage.title} by now.")
    return met


def meeting(project: Project, task_id: TaskId, caller: Caller, ports: Ports) -> Situation:
    """The same for a project that is known already."""
    whole, subtask_id = whole_of(task_id)
    task = freed(ports.store.get(TASKS, task_key(whole)), ports)
    if task.project_id != project.id or task.removed_at is not None:
        raise NotFound("There is no task here, or you may not see it.")
    met = Situation(project, task, project.workflow.stage(task.stage), worker_of(caller), ports.clock.now(), subtask_id)
    if not roles.sees(met.worker, task.at(met.now), met.stage):
        raise NotFound("There is no task here, or you may not see it.")
    if subtask_id is not None:
        consensus.subtask(roles.shown(met.worker, task.at(met.now), met.stage), subtask_id)
    return met


def history(path: TaskPath, query: Query, caller: Caller, ports: Ports) -> Page[Step]:
    """What was done to the task, the latest first; of what other annotators did to their subtasks nothing is told."""
    met = situation(path, caller, ports)
    page = ports.store.page(STEPS, of_task(met.task.id), replace(query, prefix="STEP#", descending=True))
    return Page(tuple(it for it in page.entries if roles.knows(met.worker, met.stage, it)), page.next_token)


def demand_open(project: Project, worker: Worker) -> None:
    """Let writes pass: while a project is paused or over, only its managers write; raises Conflict."""
    if not project.status.is_open and not worker.manages:
        raise Conflict(f"The project is {project.status.value}; ask its Admin to resume it.")


def persistently(work: Callable[[], T]) -> T:
    """Do work that reads, decides and saves; others' changes between make it start over, at most twice."""
    for _ in range(TRIES - 1):
        try:
            return work()
        except Repeated:
            raise
        except Stale:
            continue
    return work()

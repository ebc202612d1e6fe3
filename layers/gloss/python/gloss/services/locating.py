"""Finding many label rows of a project at once, as one person sees them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gloss.domain.access import Caller
from gloss.domain.errors import NotFound
from gloss.domain.model import DataId, ProjectId, TaskId
from gloss.domain.project import Project
from gloss.domain.workflow import consensus, roles
from gloss.domain.workflow.label_rows import MAIN, BranchRow, Row, row_id_of
from gloss.domain.workflow.roles import Worker
from gloss.domain.workflow.task import Task, task_id_of
from gloss.kinds.workflow import BRANCH_ROWS, TASKS, branch_row_key, task_key
from gloss.ports import Ports, Store
from gloss.services.situating import Situation, project_of, worker_of

UNSEEN = "There is no such label row here, or you may not see it."


@dataclass(frozen=True)
class Outlook:
    """A project as somebody meets it at a moment."""

    project: Project
    worker: Worker
    now: datetime

    @classmethod
    def of(cls, project_id: ProjectId, caller: Caller, ports: Ports) -> "Outlook":
        """Raises NotFound without such a project."""
        return cls(project_of(project_id, ports.store), worker_of(caller), ports.clock.now())

    def sees(self, task: Task) -> bool:
        """Whether the task exists for this person."""
        if task.project_id != self.project.id or task.removed_at is not None:
            return False
        return roles.sees(self.worker, task.at(self.now), self.project.workflow.stage(task.stage))

    def reads(self, row: Row) -> bool:
        """Whether the row exists for this person: annotators of a consensus are blind to each other.

        What was or will be an annotator's branch is none of others' either, whichever consensus the task is in.
        """
        if not self.sees(row.task):
            return False
        stage = self.project.workflow.stage(row.task.stage)
        if consensus.on_branch(row.task, row.branch) is None:
            reserved = consensus.is_reserved(row.branch, self.project.workflow)
            return not reserved or roles.reads_all(self.worker, stage)
        return roles.reads(self.worker, row.task.at(self.now), stage, row.branch)

    def lists(self, task: Task) -> bool:
        """Whether the task is among those that the person is shown unasked."""
        return self.sees(task) and roles.lists(self.worker, self.project.workflow.stage(task.stage))

    def situation(self, task: Task) -> Situation:
        """The same for one task."""
        return Situation(self.project, task, self.project.workflow.stage(task.stage), self.worker, self.now)


def by_data(data_ids: Sequence[DataId], branch: str, outlook: Outlook, store: Store) -> list[Row]:
    """The rows of these data units on a branch, in their order, each made already or not; leaves out what is unseen."""
    keys = [task_key(task_id_of(outlook.project.id, data_id)) for data_id in dict.fromkeys(data_ids)]
    tasks = [task for task in store.get_many(TASKS, keys) if outlook.sees(task)]
    return [row for row in on_branch(tasks, branch, store) if outlook.reads(row)]


def by_id(row_ids: Sequence[str], outlook: Outlook, store: Store) -> list[Row]:
    """The made rows of these ids, in their order; leaves out what is unseen."""
    wanted = list(dict.fromkeys(row_ids))
    rows = _one(wanted[0], store) if len(wanted) == 1 else _many(wanted, store)
    return [rows[id_] for id_ in wanted if id_ in rows and rows[id_].is_made and outlook.reads(rows[id_])]


def _one(row_id: str, store: Store) -> dict[str, Row]:
    """A row of this id, looked for on `main` and beside it in one request."""
    task, kept = store.find_each((TASKS, task_key(TaskId(row_id))), (BRANCH_ROWS, branch_row_key(row_id)))
    return {row_id: Row(task)} if task is not None else _of([] if kept is None else [kept], store)


def _many(row_ids: Sequence[str], store: Store) -> dict[str, Row]:
    tasks = store.get_many(TASKS, [task_key(TaskId(id_)) for id_ in row_ids])
    rows: dict[str, Row] = {task.id: Row(task) for task in tasks}
    beside = [branch_row_key(id_) for id_ in row_ids if id_ not in rows]
    return rows | _of(store.get_many(BRANCH_ROWS, beside) if beside else [], store)


def _of(kept: Sequence[BranchRow], store: Store) -> dict[str, Row]:
    """The rows of these records of other branches than `main`."""
    found = store.get_many(TASKS, [task_key(it.task_id) for it in kept]) if kept else []
    tasks = {task.id: task for task in found}
    return {it.id: Row(tasks[it.task_id], it.branch, it) for it in kept}


def on_branch(tasks: Iterable[Task], branch: str, store: Store) -> list[Row]:
    """The rows of these tasks on one branch."""
    if branch == MAIN:
        return [Row(task) for task in tasks]
    known = list(tasks)
    found = store.get_many(BRANCH_ROWS, [branch_row_key(row_id_of(task.id, branch)) for task in known])
    kept = {it.task_id: it for it in found}
    return [Row(task, branch, kept.get(task.id)) for task in known]


def demand_all(rows: Sequence[Row], wanted: int) -> list[Row]:
    """The rows when there is one for each that was asked for; raises NotFound."""
    if len(rows) != wanted:
        raise NotFound(UNSEEN)
    return list(rows)

"""Reading the tasks of one stage while others move them: no task that stays is passed over."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gloss.domain.access import Caller
from gloss.domain.model import DataId, DatasetId, ProjectId, StageId, UserId, Value
from gloss.domain.project import Project
from gloss.domain.workflow import queue, roles
from gloss.domain.workflow.task import Task, TaskStatus, task_id_of
from gloss.kinds.workflow import TASKS, task_key
from gloss.ports import Page, Ports, Store
from gloss.services.queueing import LOOKED_AT, Source, Turn, beyond_of, page_of
from gloss.services.situating import worker_of

READ_AT_ONCE = 100


class StageFilter(Value):
    """Which tasks of a stage are wanted; None: whichever."""

    stage: StageId
    statuses: frozenset[TaskStatus] | None = None
    assignees: frozenset[UserId] | None = None
    data_ids: frozenset[DataId] | None = None
    dataset_ids: frozenset[DatasetId] | None = None
    title_contains: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether all of the stage's tasks are wanted."""
        return self == StageFilter(stage=self.stage)

    def keeps(self, task: Task) -> bool:
        """Whether the task, as it reads now, is wanted."""
        named = (
            (self.statuses, task.status),
            (self.data_ids, task.data_id),
            (self.dataset_ids, task.dataset_id),
        )
        titled = self.title_contains.casefold() in task.title.casefold()
        open_ = () if queue.is_over(task) else task.subtasks
        people = frozenset({task.assignee}).union(*(it.people for it in open_))
        held = self.assignees is None or not self.assignees.isdisjoint(people)
        fits = all(some is None or value in some for some, value in named)
        return task.stage == self.stage and titled and held and fits


def of_stage(project: Project, wanted: StageFilter, turn: Turn, caller: Caller, ports: Ports) -> Page[Task]:
    """A page of a stage's tasks that the caller may see, by title, or by data id where data ids are named.

    Both orders hold still: a task's place in the stage's queue changes with its priority and with whoever holds it, and
    what changes its place while pages are read may be missed by all of them. The tasks are read as they stand.
    """
    worker, now = worker_of(caller), ports.clock.now()
    stage, beyond = project.workflow.stage(wanted.stage), beyond_of(turn.token)

    def shown(task: Task) -> bool:
        return roles.lists(worker, stage) and wanted.keeps(told(task)) and roles.sees(worker, task, stage)

    def told(task: Task) -> Task:
        return roles.shown(worker, task, stage)

    if wanted.data_ids is None:
        expected = turn.limit if wanted.is_whole else LOOKED_AT
        found = _by_title(project.id, wanted.stage).read(ports.store, beyond, expected)
        page = page_of((task.at(now) for task in found), queue.by_title, turn.limit, shown)
        return replace(page, entries=tuple(map(told, page.entries)))
    named = _of_data(project.id, sorted(it for it in wanted.data_ids if it > (beyond or "")), ports.store)
    page = page_of((task.at(now) for task in named), lambda task: task.data_id, turn.limit, shown)
    return replace(page, entries=tuple(map(told, page.entries)))


def _by_title(project_id: ProjectId, stage: StageId) -> Source:
    shards = tuple(queue.staged(project_id, stage, shard) for shard in range(queue.SHARDS))
    return Source("by_stage", shards, queue.by_title)


def _of_data(project_id: ProjectId, data_ids: Sequence[DataId], store: Store) -> Iterator[Task]:
    for start in range(0, len(data_ids), READ_AT_ONCE):
        keys = [task_key(task_id_of(project_id, data_id)) for data_id in data_ids[start : start + READ_AT_ONCE]]
        yield from (task for task in store.get_many(TASKS, keys) if task.removed_at is None)

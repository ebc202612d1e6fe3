"""Reading queues: the sharded partitions of a stage or project merged into one order, page by page."""

import base64
import binascii
import heapq
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final

from gloss.domain.access import Caller
from gloss.domain.errors import Malformed
from gloss.domain.media import MediaKind
from gloss.domain.model import DataId, DatasetId, ProjectId, StageId, TaskId, UserId, Value
from gloss.domain.project import Project
from gloss.domain.workflow import queue, roles
from gloss.domain.workflow.graph import Stage, StageKind
from gloss.domain.workflow.rounds import Waiting
from gloss.domain.workflow.task import Task, TaskStatus, task_id_of
from gloss.kinds.workflow import TASKS, task_key
from gloss.ports import Page, Ports, Query, Store
from gloss.services.situating import project_of, worker_of

#: How many tasks one page looks at; when filters leave few of them, the page is short and its token goes on.
LOOKED_AT: Final = 2_000
LEAST_AT_ONCE: Final = 10
MOST_AT_ONCE: Final = 250
COUNTED: Final = 10_000
ANNOTATE_TOGETHER: Final = StageKind.CONSENSUS_ANNOTATE
LONGEST_PLACE: Final = 1_000


class TaskFilter(Value):
    """Which tasks are wanted; `title` is how the title begins, whatever its case."""

    stage: StageId | None = None
    status: TaskStatus | None = None
    assignee: UserId | None = None
    title: str | None = None
    dataset_id: DatasetId | None = None
    data_id: DataId | None = None
    media_kind: MediaKind | None = None
    last_actioned_by: UserId | None = None
    has_open_issues: bool | None = None

    def keeps(self, task: Task) -> bool:
        """Whether the task, as it reads now, is wanted."""
        named = self.model_dump(exclude={"title", "has_open_issues"}, exclude_none=True)
        titled = queue.by_title(task).startswith(queue.title_prefix(self.title or ""))
        issues = self.has_open_issues in {None, task.open_issues > 0}
        people = named.pop("assignee", None)
        held = people is None or people in {task.assignee, *(it.assignee for it in task.subtasks)}
        return titled and issues and held and all(getattr(task, name) == value for name, value in named.items())


class Turn(Value):
    """How much of a list is asked for: so many, after that token."""

    limit: int = 100
    token: str | None = None


@dataclass(frozen=True)
class Source:
    """Partitions of one index that together hold a list, and the key that orders it; `loose` has its own order."""

    index: str
    partitions: tuple[str, ...]
    key: Callable[[Task], str]
    prefix: str = ""
    loose: str | None = None

    def read(self, store: Store, beyond: str | None, expected: int) -> Iterator[Task]:
        """All tasks after `beyond`, in order, fetched as if about `expected` were wanted."""
        at_once = min(max(expected // 4, LEAST_AT_ONCE), MOST_AT_ONCE)
        query = Query(index=self.index, prefix=self.prefix, limit=at_once, beyond=beyond)
        streams = [store.every(TASKS, partition, query) for partition in self.partitions]
        return heapq.merge(*streams, self._sorted(store, beyond or ""), key=self.key)

    def _sorted(self, store: Store, beyond: str) -> Iterator[Task]:
        found = store.every(TASKS, self.loose, Query(index=self.index, limit=1000)) if self.loose else ()
        return iter(sorted((task for task in found if self.key(task) > beyond), key=self.key))


@dataclass(frozen=True)
class Merged:
    """Sources that are ordered by one key, as one list."""

    sources: tuple[Source, ...]
    key: Callable[[Task], str]

    def read(self, store: Store, beyond: str | None, expected: int) -> Iterator[Task]:
        """All their tasks after `beyond`, in order."""
        return heapq.merge(*(it.read(store, beyond, expected) for it in self.sources), key=self.key)


def tasks(project_id: ProjectId, wanted: TaskFilter, turn: Turn, caller: Caller, ports: Ports) -> Page[Task]:
    """A page of the project's tasks that the caller may see: a stage's or a person's in queue order, else by title."""
    project, worker, now = project_of(project_id, ports.store), worker_of(caller), ports.clock.now()

    def shown(task: Task) -> bool:
        stage = project.workflow.stage(task.stage)
        return roles.lists(worker, stage) and roles.sees(worker, task, stage) and wanted.keeps(told(task))

    def told(task: Task) -> Task:
        return roles.shown(worker, task, project.workflow.stage(task.stage))

    if wanted.data_id is not None:
        found = filter(shown, _of_data_unit(project_id, wanted.data_id, now, ports.store))
        return Page(tuple(map(told, found)))
    source = source_of(project, wanted)
    read = (task.at(now) for task in source.read(ports.store, beyond_of(turn.token), turn.limit))
    page = page_of(read, source.key, turn.limit, shown)
    return replace(page, entries=tuple(map(told, page.entries)))


def _of_data_unit(project_id: ProjectId, data_id: DataId, now: datetime, store: Store) -> list[Task]:
    found = store.find(TASKS, task_key(task_id_of(project_id, data_id)))
    return [found.at(now)] if found and found.removed_at is None else []


def source_of(project: Project, wanted: TaskFilter) -> Source | Merged:
    """The narrowest partitions that hold all that is wanted."""
    if wanted.assignee is not None and wanted.stage not in together_in(project):
        own = Source("by_owner", (queue.assigned(project.id, wanted.assignee),), queue.order)
        return own if wanted.stage is not None else _with_subtasks(own, project)
    if wanted.stage is not None and not wanted.title:
        return _stage_source(project.id, project.workflow.stage(wanted.stage))
    shards = tuple(queue.titled(project.id, shard) for shard in range(queue.SHARDS))
    return Source("by_parent", shards, queue.by_title, queue.title_prefix(wanted.title or ""))


def _with_subtasks(own: Source, project: Project) -> Source | Merged:
    """A person's tasks with those of which somebody has a subtask, which no index keeps by person."""
    begun = [_begun(project.id, stage) for stage in together_in(project)]
    return Merged((own, *begun), queue.order) if begun else own


def _stage_source(project_id: ProjectId, stage: Stage) -> Source:
    places = (queue.free, queue.held, *((queue.begun,) if stage.kind is ANNOTATE_TOGETHER else ()))
    kept = tuple(name(project_id, stage.id, shard) for name in places for shard in range(queue.SHARDS))
    return Source("by_state", kept, queue.order, loose=queue.leased(project_id, stage.id))


def free_tasks(project_id: ProjectId, stage: StageId, expected: int, store: Store) -> Iterator[Task]:
    """The unassigned tasks of a stage in queue order, as its index has them, fetched as if so many were wanted."""
    partitions = tuple(queue.free(project_id, stage, shard) for shard in range(queue.SHARDS))
    return Source("by_state", partitions, queue.order).read(store, None, expected)


def begun_tasks(project_id: ProjectId, stage: StageId, expected: int, store: Store) -> Iterator[Task]:
    """The same of those whose subtasks somebody has or had, be another of them free or not."""
    return _begun(project_id, stage).read(store, None, expected)


def held_subtasks(project: Project, people: Collection[UserId], store: Store) -> Iterator[TaskId]:
    """The subtasks that these people have in any consensus, which no index keeps by person."""
    for stage in together_in(project):
        for task in begun_tasks(project.id, stage, MOST_AT_ONCE * 4, store):
            yield from (each.id for each in task.subtasks if each.assignee in people)


def together_in(project: Project) -> tuple[StageId, ...]:
    """The stages in which several people label a task."""
    return tuple(stage.id for stage in project.workflow.stages if stage.kind is ANNOTATE_TOGETHER)


def _begun(project_id: ProjectId, stage: StageId) -> Source:
    places = (queue.begun, queue.held)
    partitions = tuple(name(project_id, stage, shard) for name in places for shard in range(queue.SHARDS))
    return Source("by_state", partitions, queue.order, loose=queue.leased(project_id, stage))


class StageCount(Value):
    """How many tasks lie in a stage; where `at_least` holds there are more than were counted."""

    stage: StageId
    kind: StageKind
    title: str
    tasks: int
    at_least: bool


def stages(project_id: ProjectId, caller: Caller, ports: Ports) -> list[StageCount]:
    """The stages whose queues the caller has before them, each with its tasks counted over the index up to 10 000."""
    project, worker = project_of(project_id, ports.store), worker_of(caller)
    known = [stage for stage in project.workflow.stages if roles.lists(worker, stage)]
    counts = [_counted(_stage_source(project.id, stage), ports.store) for stage in known]
    return [
        StageCount(
            stage=stage.id, kind=stage.kind, title=stage.title, tasks=min(count, COUNTED), at_least=count > COUNTED
        )
        for stage, count in zip(known, counts, strict=True)
    ]


def waiting(project_id: ProjectId, stage: Stage, store: Store) -> Waiting:
    """How many tasks wait in a stage, of more than 10 000 so many, and the longest wait; as its index has them."""
    source = _stage_source(project_id, stage)
    partitions = filter(None, (*source.partitions, source.loose))
    query = Query(index=source.index, limit=1000)
    found = (task.updated_at for each in partitions for task in store.every(TASKS, each, query))
    changed = list(islice(found, COUNTED))
    return Waiting(tasks=len(changed), since=min(changed, default=None))


def _counted(source: Source, store: Store) -> int:
    counted = 0
    for partition in filter(None, (*source.partitions, source.loose)):
        for _ in store.every(TASKS, partition, Query(index=source.index, limit=1000)):
            counted += 1
            if counted > COUNTED:
                return counted
    return counted


def page_of(found: Iterator[Task], key: Callable[[Task], str], limit: int, shown: Callable[[Task], bool]) -> Page[Task]:
    """A page of those that are shown, and the key of the last that was looked at as its token."""
    entries: list[Task] = []
    for task in islice(found, LOOKED_AT):
        entries += [task] if shown(task) else []
        last = task
        if len(entries) == limit:
            break
    onward = next(found, None)
    return Page(tuple(entries), None if onward is None else written_token(key(last)))


def written_token(key: str) -> str:
    """The page token of a place in an order."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def beyond_of(token: str | None) -> str | None:
    """The key after which a page begins; raises Malformed for a token that is none."""
    try:
        place = "" if token is None else base64.b64decode(_padded(token), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as broken:
        raise _foreign() from broken
    if len(place.encode()) > LONGEST_PLACE:
        raise _foreign()
    return None if token is None else place


def _foreign() -> Malformed:
    return Malformed("The page token is not one that this list gave out.")


def _padded(token: str) -> str:
    return token + "=" * (-len(token) % 4)

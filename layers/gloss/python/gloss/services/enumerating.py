"""All label rows of a project, or those of given data units, with what a list tells of each."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Final, TypeVar

from gloss.domain.media import Item
from gloss.domain.model import DataId, Timestamp, Value
from gloss.domain.workflow.label_rows import MAIN, Row
from gloss.domain.workflow.standing import AnnotationTaskStatus, LabelStatus, annotation_task_status, label_status
from gloss.domain.workflow.task import Task, task_id_of
from gloss.kinds.catalog import DATA_ROWS, data_rows_of
from gloss.kinds.register import ITEMS, item_key
from gloss.kinds.workflow import BRANCHES, TASKS, branches_of, task_key
from gloss.ports import Ports, Store
from gloss.services import benchmarking, locating, signing
from gloss.services.locating import Outlook
from gloss.services.rationing import Ration

T = TypeVar("T")
R = TypeVar("R")

AT_ONCE: Final = 500
SIDE_BY_SIDE: Final = 8
Matches = Callable[[str], bool]


class RowFilter(Value):
    """Which label rows are wanted; None: whichever. `branch` None: of all branches, those that are made.

    `benchmarks`: only those whose data unit has ground truth, or only others, as far as who asks may know.
    """

    data_ids: tuple[DataId, ...] | None = None
    row_ids: tuple[str, ...] | None = None
    statuses: frozenset[LabelStatus | AnnotationTaskStatus] | None = None
    edited_before: Timestamp | None = None
    edited_after: Timestamp | None = None
    branch: str | None = MAIN
    only_made: bool = False
    benchmarks: bool | None = None

    def holds(self, edited: Timestamp | None) -> bool:
        """Whether a row that was edited then, or never, lies between the moments."""
        if edited is None:
            return self.edited_before is None and self.edited_after is None
        early = self.edited_before is None or edited < self.edited_before
        return early and (self.edited_after is None or edited > self.edited_after)


@dataclass(frozen=True)
class Wanted:
    """The filter, what titles of rows and stages must match, and whether parts of groups are told."""

    rows: RowFilter
    titled: Matches = lambda _title: True
    staged: Matches = lambda _title: True
    with_members: bool = False

    def keeps_task(self, task: Task, outlook: Outlook) -> bool:
        """Whether rows of this task can be among them."""
        stage = outlook.project.workflow.stage(task.stage)
        if not (outlook.lists(task) and self.titled(task.title) and self.staged(stage.title)):
            return False
        if self.rows.statuses is None:
            return True
        standing = {label_status(stage.kind, task), annotation_task_status(stage.kind, task, outlook.now)}
        return not standing.isdisjoint(self.rows.statuses)

    def keeps(self, row: Row) -> bool:
        """Whether the row is among them."""
        wanted = self.rows
        if wanted.row_ids is not None and not (row.is_made and row.id in self._named):
            return False
        return (row.is_made or not wanted.only_made) and wanted.holds(row.edited_at)

    @cached_property
    def _named(self) -> frozenset[str]:
        return frozenset(self.rows.row_ids or ())


@dataclass(frozen=True)
class Listed:
    """A row with its item (None: gone) and the item's members in frame order, if they were asked for.

    `benchmark`: its data unit is known to have ground truth.
    """

    row: Row
    item: Item | None
    members: tuple[Item, ...] = ()
    benchmark: bool = False


def label_rows(wanted: Wanted, outlook: Outlook, ports: Ports, ration: Ration | None = None) -> Iterator[list[Listed]]:
    """The wanted rows, some hundreds at a time, while those that follow are being read.

    Raises Overlong before the first where more data units are to be looked at than the ration has, each on every branch
    that is wanted, and later where their groups have too many parts.
    """
    ration = ration or Ration()
    branches = _branches(wanted.rows.branch, outlook, ports.store)
    data_ids = ration.counted(_data_ids(wanted.rows, outlook, ports.store, ration), len(branches))

    def read(data_ids: Sequence[DataId]) -> list[Listed]:
        tasks = [task for task in _tasks(data_ids, outlook, ports.store) if wanted.keeps_task(task, outlook)]
        known = benchmarking.known_to(outlook.worker, tasks, outlook.project, ports.store)
        chosen = [task for task in tasks if wanted.rows.benchmarks in {None, task.data_id in known}]
        rows = [row for row in _rows(chosen, branches, wanted, ports.store) if outlook.reads(row)]
        return [replace(it, benchmark=it.row.task.data_id in known) for it in _with_items(rows, wanted, ports, ration)]

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        yield from _ahead(pool, read, _chunks(data_ids, AT_ONCE))


def _branches(branch: str | None, outlook: Outlook, store: Store) -> tuple[str, ...]:
    if branch is not None:
        return (branch,)
    return (MAIN, *branch_names(outlook, store))


def branch_names(outlook: Outlook, store: Store) -> list[str]:
    """The project's branches besides `main`, by name."""
    return [it.name for it in store.every(BRANCHES, branches_of(outlook.project.id))]


def _data_ids(wanted: RowFilter, outlook: Outlook, store: Store, ration: Ration) -> Iterable[DataId]:
    if wanted.data_ids is not None:
        return dict.fromkeys(wanted.data_ids)
    if wanted.row_ids is not None:
        ration.demand(len(wanted.row_ids))
        return dict.fromkeys(row.task.data_id for row in locating.by_id(wanted.row_ids, outlook, store))
    return _all_data_ids(outlook, store)


def _all_data_ids(outlook: Outlook, store: Store) -> Iterator[DataId]:
    for dataset_id in outlook.project.dataset_ids:
        for row in store.every(DATA_ROWS, data_rows_of(dataset_id)):
            yield row.id


def _tasks(data_ids: Sequence[DataId], outlook: Outlook, store: Store) -> list[Task]:
    return store.get_many(TASKS, [task_key(task_id_of(outlook.project.id, data_id)) for data_id in data_ids])


def _rows(tasks: Sequence[Task], branches: Sequence[str], wanted: Wanted, store: Store) -> Iterator[Row]:
    """The rows of each branch; when all branches are asked for, those besides `main` that are there."""
    for branch in branches:
        found = locating.on_branch(tasks, branch, store)
        unasked = wanted.rows.branch is None and branch != MAIN
        yield from (row for row in found if wanted.keeps(row) and (row.is_made or not unasked))


def _with_items(rows: Sequence[Row], wanted: Wanted, ports: Ports, ration: Ration) -> list[Listed]:
    keys = [item_key(id_) for id_ in dict.fromkeys(row.task.item_id for row in rows)]
    items = {it.id: it for it in ports.store.get_many(ITEMS, keys)}
    if wanted.with_members:
        ration.take(sum(it.member_count for it in items.values()))
    return [_listed(row, items.get(row.task.item_id), wanted, ports) for row in rows]


def _listed(row: Row, item: Item | None, wanted: Wanted, ports: Ports) -> Listed:
    if item is None or not wanted.with_members:
        return Listed(row, item)
    return Listed(row, item, tuple(signing.members(item, ports)))


def _chunks(entries: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(entries)
    while chunk := list(islice(left, size)):
        yield chunk


def _ahead(pool: ThreadPoolExecutor, work: Callable[[T], R], entries: Iterator[T]) -> Iterator[R]:
    """What the work makes of each entry, in order, with a bounded number under way."""
    under_way = [pool.submit(work, entry) for entry in islice(entries, SIDE_BY_SIDE)]
    while under_way:
        done = under_way.pop(0).result()
        under_way += [pool.submit(work, entry) for entry in islice(entries, 1)]
        yield done

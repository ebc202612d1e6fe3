"""Making label rows: a task's on `main`, or one beside it on another branch."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Final

from gloss.domain.errors import Stale
from gloss.domain.model import DataId
from gloss.domain.workflow.label_rows import MAIN, Branch, BranchRow, Row
from gloss.domain.workflow.task import Task
from gloss.kinds.workflow import BRANCH_ROWS, BRANCHES, TASKS, branches_of, task_key
from gloss.ports import Key, Ports, Save
from gloss.services import locating
from gloss.services.locating import Outlook
from gloss.services.making import once
from gloss.services.situating import demand_open, persistently

AT_ONCE: Final = 90


def open_rows(data_ids: Sequence[DataId], branch: str, outlook: Outlook, ports: Ports) -> list[Row]:
    """The label rows of these data units on a branch, in their order; those that are not there yet are made.

    Raises NotFound, making nothing, when one of the data units is not in the project or is hidden.
    """
    demand_open(outlook.project, outlook.worker)
    wanted = list(dict.fromkeys(data_ids))
    found = locating.by_data(wanted, branch, outlook, ports.store)
    return opened(locating.demand_all(found, len(wanted)), branch, outlook, ports)


def opened(rows: Sequence[Row], branch: str, outlook: Outlook, ports: Ports) -> list[Row]:
    """The rows, made where they are not there yet."""
    left = iter([row for row in rows if not row.is_made])
    made: dict[str, Row] = {}
    while batch := list(islice(left, AT_ONCE)):
        made |= {row.id: row for row in _made(batch, branch, outlook, ports)}
    return [made.get(row.id, row) for row in rows]


def _made(batch: Sequence[Row], branch: str, outlook: Outlook, ports: Ports) -> Iterator[Row]:
    """The rows after they were made, all at once or, where others came between, one after the other."""
    if branch != MAIN:
        note_branch(branch, outlook, ports)
    made = [_begun(row, outlook) for row in batch]
    try:
        ports.store.commit([_saved(row) for row in made])
    except Stale:
        for row in batch:
            yield persistently(partial(_alone, row, outlook, ports))
    else:
        yield from made


def note_branch(name: str, outlook: Outlook, ports: Ports) -> None:
    """Let the project have a branch of this name."""
    if ports.store.find(BRANCHES, Key(branches_of(outlook.project.id), name)) is None:
        once(BRANCHES, Branch(project_id=outlook.project.id, name=name), ports.store)


def _alone(row: Row, outlook: Outlook, ports: Ports) -> Row:
    task = ports.store.get(TASKS, task_key(row.task.id))
    (now,) = locating.on_branch([task], row.branch, ports.store)
    if now.is_made:
        return now
    made = _begun(now, outlook)
    ports.store.commit([_saved(made)])
    return made


def _begun(row: Row, outlook: Outlook) -> Row:
    if row.branch == MAIN:
        return Row(row.task.changed(row_made_at=outlook.now))
    return Row(row.task, row.branch, new_row(row, outlook))


def new_row(row: Row, outlook: Outlook) -> BranchRow:
    """A label row on a branch, without labels yet."""
    return BranchRow(
        id=row.id,
        project_id=outlook.project.id,
        task_id=row.task.id,
        data_id=row.task.data_id,
        branch=row.branch,
        created_at=outlook.now,
        saved_at=outlook.now,
        saved_by=outlook.worker.user_id,
    )


def _saved(row: Row) -> Save[Task] | Save[BranchRow]:
    return Save(TASKS, row.task) if row.kept is None else Save(BRANCH_ROWS, row.kept)

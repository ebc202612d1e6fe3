"""Branches of a project's labels: which there are, and copying rows from one to another."""

from collections.abc import Sequence

from gloss.domain.errors import Fault, Invalid
from gloss.domain.labels import AnyBody
from gloss.domain.model import Value
from gloss.domain.workflow.label_rows import Branch, BranchName, Row
from gloss.kinds.workflow import BRANCHES, branches_of
from gloss.ports import Page, Ports, Query, Store
from gloss.services import keeping, locating, opening, saving
from gloss.services.locating import Outlook
from gloss.services.situating import demand_open


class Copying(Value):
    """From which branch to which; `overwrite` also where the other branch has labels already."""

    source: BranchName
    target: BranchName
    overwrite: bool = False


def branches(outlook: Outlook, query: Query, store: Store) -> Page[Branch]:
    """A page of the project's branches besides `main`, by name."""
    return store.page(BRANCHES, branches_of(outlook.project.id), query)


def copy(row_ids: Sequence[str], wanted: Copying, outlook: Outlook, ports: Ports) -> int:
    """Copy the labels of these rows of one branch to another; returns how many rows were copied.

    A row that has labels on the other branch is passed over unless they are to be overwritten, which keeps what was
    there as an earlier save. Raises NotFound when one of the rows is not there, having copied nothing then.
    """
    _demand_two(wanted)
    demand_open(outlook.project, outlook.worker)
    sources = rows_of(row_ids, wanted.source, outlook, ports.store)
    targets = locating.on_branch([row.task for row in sources], wanted.target, ports.store)
    locating.demand_all([row for row in targets if outlook.reads(row)], len(sources))
    for row in targets:
        saving.demand_may_label(row, outlook)
    pairs = [pair for pair in zip(sources, targets, strict=True) if wanted.overwrite or not pair[1].row_version]
    _copied(pairs, wanted.target, outlook, ports)
    return len(pairs)


def rows_of(row_ids: Sequence[str], branch: str, outlook: Outlook, store: Store) -> list[Row]:
    """The made rows on a branch, named by the ids of rows of the same tasks on whichever branch; raises NotFound."""
    wanted = list(dict.fromkeys(row_ids))
    named = locating.demand_all(locating.by_id(wanted, outlook, store), len(wanted))
    tasks = {row.task.id: row.task for row in named}
    found = locating.on_branch(tasks.values(), branch, store)
    return locating.demand_all([row for row in found if row.is_made and outlook.reads(row)], len(tasks))


def _demand_two(wanted: Copying) -> None:
    if wanted.source == wanted.target:
        reason = "is the branch that the labels come from"
        raise Invalid("Labels are copied from one branch to another.", [Fault("targetBranchName", reason)])


def _copied(pairs: Sequence[tuple[Row, Row]], target: str, outlook: Outlook, ports: Ports) -> None:
    opened = opening.opened([row for _, row in pairs], target, outlook, ports)
    bodies: list[tuple[Row, AnyBody]] = []
    for row, (source, body) in zip(opened, keeping.bodies([it for it, _ in pairs], ports.blobs), strict=True):
        bodies += [(row, body)] if source.sha256 else []
    saving.keep(bodies, saving.structure_of(outlook, ports.store), outlook, ports)

"""Saving the labels of many rows by one request: all are checked before any is written, and each is saved once.

Rows are written some at a time in one transaction. Where somebody else came between, those of that transaction are
written one after the other, upon what is there by then: the last writer wins. A request that broke off and comes again
under the same ids finds what it had written, and goes on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Final

from gloss.domain import labels
from gloss.domain.access import Caller
from gloss.domain.errors import Fault, Invalid, Repeated, Stale
from gloss.domain.events import Event
from gloss.domain.labels import AnyBody, LabelBody
from gloss.domain.media import Item
from gloss.domain.model import ItemId, Value
from gloss.domain.ontology import Structure
from gloss.domain.parsing import MOST_FAULTS
from gloss.domain.workflow import reviews, roles
from gloss.domain.workflow.label_rows import MAIN, Row
from gloss.domain.workflow.labelled import labelled, labels_blob
from gloss.domain.workflow.reviews import ReviewSheet
from gloss.kinds.catalog import ONTOLOGIES
from gloss.kinds.register import ITEMS, item_key
from gloss.kinds.workflow import TASKS, task_key
from gloss.ports import Blobs, Change, Key, Ports, Store
from gloss.services import foreseeing, labelling, locating
from gloss.services.keeping import save_told, sheets_of
from gloss.services.labelling import Mark
from gloss.services.locating import Outlook
from gloss.services.situating import demand_open, persistently
from gloss.services.uniting import sheets_of_many

PUTS_AT_ONCE: Final = 16
MOST_CHANGES: Final = 90
MOST_BYTES: Final = 2_000_000
RECORD_BYTES: Final = 2_500


class Wish(Value):
    """A row to save, with its labels as our own JSON; `path` is where the caller has them."""

    row_id: str
    labels: dict[str, Any]
    path: str = ""


@dataclass(frozen=True)
class Kept:
    """A row whose labels are checked, with their bytes, on its way into its record; `save_id` is its event's."""

    row: Row
    body: AnyBody
    stored: bytes
    save_id: str

    @cached_property
    def sha256(self) -> str:
        return labels.digest(self.stored)


@dataclass(frozen=True)
class Commit:
    """What one row writes."""

    kept: Kept
    changes: Sequence[Change]
    events: Sequence[Event]

    @property
    def weight(self) -> int:
        """About how many bytes it takes in a transaction."""
        sheets = [it.model for it in self.changes if isinstance(it.model, ReviewSheet)]
        return RECORD_BYTES * len(self.changes) + 200 * sum(len(sheet.reviews) for sheet in sheets)


def save_rows(wishes: Sequence[Wish], caller: Caller, outlook: Outlook, ports: Ports) -> None:
    """Save the labels of these rows; raises Invalid with the path of every fault, having written nothing then."""
    rows = locating.demand_all(
        locating.by_id([it.row_id for it in wishes], outlook, ports.store), len({it.row_id for it in wishes})
    )
    demand_open(outlook.project, outlook.worker)
    for row in rows:
        demand_may_label(row, outlook)
    foreseeing.below(rows, outlook, ports.store)
    structure = structure_of(outlook, ports.store)
    bodies = _checked(wishes, {row.id: row for row in rows}, structure, ports.store)
    stamped = {row_id: labels.stamped(body, caller.email, outlook.now) for row_id, body in bodies.items()}
    keep([(row, stamped[row.id]) for row in rows], structure, outlook, ports)


def demand_may_label(row: Row, outlook: Outlook) -> None:
    """Let somebody change a row's labels, on whichever branch; raises Forbidden or Conflict."""
    met = outlook.situation(row.task)
    roles.demand_label_on(met.worker, met.present, met.stage, row.branch)


def structure_of(outlook: Outlook, store: Store) -> Structure:
    """What the project's ontology lets one label."""
    return store.get(ONTOLOGIES, Key(f"ONTOLOGY#{outlook.project.ontology_id}")).structure


def _checked(
    wishes: Sequence[Wish], rows: Mapping[str, Row], structure: Structure, store: Store
) -> dict[str, LabelBody]:
    """The parsed labels of every row; raises Invalid with the faults of all."""
    keys = [item_key(id_) for id_ in dict.fromkeys(row.task.item_id for row in rows.values())]
    items: dict[ItemId, Item] = {item.id: item for item in store.get_many(ITEMS, keys)}
    bodies: dict[str, LabelBody] = {}
    faults: list[Fault] = []
    for wish in wishes:
        try:
            canvas = labels.canvas_of(items[rows[wish.row_id].task.item_id])
            bodies[wish.row_id] = labels.parse(wish.labels, structure, canvas)
        except Invalid as refused:
            faults += [Fault(_joined(wish.path, fault.path), fault.reason) for fault in refused.faults]
    if faults:
        raise Invalid("The labels do not fit the ontology or the media; nothing was saved.", faults[:MOST_FAULTS])
    return bodies


def _joined(path: str, inner: str) -> str:
    return f"{path}.{inner}" if path and inner else path or inner


def keep(pairs: Sequence[tuple[Row, AnyBody]], structure: Structure, outlook: Outlook, ports: Ports) -> None:
    """Write bodies that are checked and stamped: the blobs several at once, then the records."""
    kept = [Kept(row, body, labels.canonical(body), ports.ids.new()) for row, body in pairs]
    with ThreadPoolExecutor(PUTS_AT_ONCE) as pool:
        list(pool.map(partial(_put, ports.blobs), kept))
    sheets = sheets_of_many([it.row.task for it in kept if it.row.branch == MAIN], ports.store)
    writer = _Writer(structure, outlook, ports)
    for batch in _batches(writer.commit_of(it, sheets.get(it.row.task.id, [])) for it in kept):
        writer.write(batch)


def _put(blobs: Blobs, kept: Kept) -> None:
    blobs.put(labels_blob(kept.sha256), kept.stored, "application/json")


def _batches(commits: Iterator[Commit]) -> Iterator[list[Commit]]:
    """Together so much as one transaction carries, which names no task twice: rows of several branches may."""
    batch: list[Commit] = []
    for commit in commits:
        together = [*batch, commit]
        changes = sum(len(it.changes) + len(it.events) for it in together)
        again = any(it.kept.row.task.id == commit.kept.row.task.id for it in batch)
        if batch and (again or changes > MOST_CHANGES or sum(it.weight for it in together) > MOST_BYTES):
            yield batch
            together = [commit]
        batch = together
    if batch:
        yield batch


@dataclass(frozen=True)
class _Writer:
    structure: Structure
    outlook: Outlook
    ports: Ports

    def commit_of(self, kept: Kept, sheets: Sequence[ReviewSheet]) -> Commit:
        """What a row writes upon what is there."""
        if kept.row.branch != MAIN:
            return self._beside(kept)
        met = self.outlook.situation(kept.row.task)
        written = labelling.written(met, kept.body, self.structure, kept.sha256)
        synced = reviews.synced(met.task.id, sheets, labelled(kept.body))
        return Commit(kept, written.changes(synced), [save_told(met, written.entry, kept.save_id)])

    def _beside(self, kept: Kept) -> Commit:
        assert kept.row.kept is not None, "rows are found by their ids, so they are made"
        mark = Mark(kept.sha256, self.outlook.worker.user_id, self.outlook.now, kept.save_id)
        row = labelling.written_beside(kept.row.kept, kept.body, self.structure, mark)
        changes = labelling.beside(row, kept.row.task)
        return Commit(kept, changes, [])

    def write(self, batch: Sequence[Commit]) -> None:
        """All at once; where others came between, or this very request was here before, one after the other."""
        changes = [change for it in batch for change in it.changes]
        events = [event for it in batch for event in it.events]
        if any(_is_done(it.kept) for it in batch):
            self._each(batch)
            return
        try:
            self.ports.store.commit(changes, events)
        except Stale:
            self._each(batch)

    def _each(self, batch: Sequence[Commit]) -> None:
        for commit in batch:
            _unless_done(lambda kept=commit.kept: persistently(partial(self._alone, kept)))  # type: ignore[misc]

    def _alone(self, kept: Kept) -> None:
        task = self.ports.store.get(TASKS, task_key(kept.row.task.id))
        (row,) = locating.on_branch([task], kept.row.branch, self.ports.store)
        demand_may_label(row, self.outlook)
        fresh = replace(kept, row=row)
        if _is_done(fresh):
            return
        commit = self.commit_of(fresh, sheets_of(task.id, self.ports.store) if row.branch == MAIN else [])
        self.ports.store.commit(commit.changes, commit.events)


def _is_done(kept: Kept) -> bool:
    return kept.row.kept is not None and kept.row.kept.save_id == kept.save_id


def _unless_done(work: Callable[[], None]) -> None:
    try:
        work()
    except Repeated:
        return

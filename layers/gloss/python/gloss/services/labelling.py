"""Saving labels: checked against ontology and media, stored under their digest, and never lost again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from gloss.domain import labels
from gloss.domain.access import Caller
from gloss.domain.errors import Stale
from gloss.domain.labels import AnyBody, LabelBody, LongLabels
from gloss.domain.model import TaskId, Timestamp, UserId, Value
from gloss.domain.ontology import Structure
from gloss.domain.workflow import consensus, reviews, roles
from gloss.domain.workflow.label_rows import MAIN, BranchRow, Row
from gloss.domain.workflow.labelled import LabelSave, labelled, labels_blob
from gloss.domain.workflow.reviews import ReviewSheet
from gloss.domain.workflow.task import Task
from gloss.kinds.catalog import ONTOLOGIES
from gloss.kinds.register import ITEMS, item_key
from gloss.kinds.workflow import BRANCH_ROWS, LABEL_SAVES, REVIEW_SHEETS, TASKS, label_save_key, of_task
from gloss.ports import Change, Demand, Key, Page, Ports, Query, Save, Store
from gloss.services import leafing, locating, opening
from gloss.services.keeping import save_told, sheets_of
from gloss.services.locating import Outlook
from gloss.services.situating import Situation, TaskPath, demand_open, persistently, situation


class SavedLabels(Value):
    """Labels to save; with `row_version`, only upon that save, else whatever was saved last."""

    labels: dict[str, Any]
    row_version: Annotated[int, Field(ge=0)] | None = None
    fence: Annotated[int, Field(ge=0)] | None = None


class Restoring(Value):
    """Which save to bring back."""

    row_version: Annotated[int, Field(ge=1)]


@dataclass(frozen=True)
class Labels:
    """A task with its labels; `save` is None before the first."""

    task: Task
    save: LabelSave | None
    body: AnyBody


def save(path: TaskPath, wanted: SavedLabels, caller: Caller, ports: Ports) -> Task:
    """Save a label body; raises Invalid with the path of every fault, Stale when the row or the task has moved on."""
    return persistently(lambda: _save(path, wanted, caller, ports))


def read(path: TaskPath, row_version: int | None, caller: Caller, ports: Ports) -> Labels:
    """The labels of a task or subtask as they were saved last, or by one save; raises NotFound."""
    met = situation(path, caller, ports)
    row = _readable(met, ports.store)
    number = row.row_version if row_version is None else row_version
    if number == 0:
        return Labels(task=met.shown(met.task), save=None, body=LabelBody())
    saved = ports.store.get(LABEL_SAVES, label_save_key(TaskId(row.id), number))
    return Labels(task=met.shown(met.task), save=saved, body=leafing.body_of(saved.sha256, ports.blobs))


def _row(met: Situation, store: Store) -> Row:
    """The label row that is meant: the task's, or that of the subtask."""
    (row,) = locating.on_branch([met.task], met.branch, store)
    return row


def _readable(met: Situation, store: Store) -> Row:
    """The same for who may read it: a free subtask may hold what its annotator did before they gave it back."""
    row = _row(met, store)
    return locating.demand_all([row] if Outlook(met.project, met.worker, met.now).reads(row) else [], 1)[0]


def history(path: TaskPath, query: Query, caller: Caller, ports: Ports) -> Page[LabelSave]:
    """The saves of a task's labels, or of a subtask's, the latest first."""
    row = _readable(situation(path, caller, ports), ports.store)
    latest = Query(prefix="LABELS#", limit=query.limit, after=query.after, descending=True)
    return ports.store.page(LABEL_SAVES, of_task(TaskId(row.id)), latest)


def restore(path: TaskPath, wanted: Restoring, caller: Caller, ports: Ports) -> Task:
    """Save the body of an earlier save again, as a new one."""
    return save_again(path, read(path, wanted.row_version, caller, ports).body, caller, ports)


def save_again(path: TaskPath, body: AnyBody, caller: Caller, ports: Ports) -> Task:
    """Save labels that were saved somewhere before; long ones were checked then, and are kept as they are."""
    if isinstance(body, LongLabels):
        return persistently(lambda: _again(path, body, caller, ports))
    return save(path, SavedLabels(labels=body.model_dump(mode="json", exclude_defaults=True)), caller, ports)


def _again(path: TaskPath, body: LongLabels, caller: Caller, ports: Ports) -> Task:
    met = _met(path, caller, ports)
    structure = ports.store.get(ONTOLOGIES, Key(f"ONTOLOGY#{met.project.ontology_id}")).structure
    return _store(met, _row(met, ports.store), body, structure, ports)


def _met(path: TaskPath, caller: Caller, ports: Ports) -> Situation:
    """A task whose labels the caller may save now."""
    met = situation(path, caller, ports)
    roles.demand_label_on(met.worker, met.present, met.stage, met.branch)
    demand_open(met.project, met.worker)
    return met


def _save(path: TaskPath, wanted: SavedLabels, caller: Caller, ports: Ports) -> Task:
    met = _met(path, caller, ports)
    row, fence = _row(met, ports.store), met.present.fence
    if wanted.row_version not in {None, row.row_version} or wanted.fence not in {None, fence}:
        raise Stale(f"The labels were saved {row.row_version} times, fence {fence}; read them again.")
    structure = ports.store.get(ONTOLOGIES, Key(f"ONTOLOGY#{met.project.ontology_id}")).structure
    item = ports.store.get(ITEMS, item_key(met.task.item_id))
    parsed = labels.parse(wanted.labels, structure, labels.canvas_of(item))
    return _store(met, row, labels.stamped(parsed, caller.email, met.now), structure, ports)


def _store(met: Situation, row: Row, body: AnyBody, structure: Structure, ports: Ports) -> Task:
    if row.branch != MAIN:
        return _store_beside(met, row, body, structure, ports)
    stored = labels.canonical(body)
    kept = written(met, body, structure, labels.digest(stored))
    ports.blobs.put(labels_blob(kept.entry.sha256), stored, "application/json")
    synced = reviews.synced(met.task.id, sheets_of(met.task.id, ports.store), labelled(body))
    ports.store.commit(kept.changes(synced), [save_told(met, kept.entry, ports.ids.new())])
    return met.shown(kept.task)


def _store_beside(met: Situation, row: Row, body: AnyBody, structure: Structure, ports: Ports) -> Task:
    """Keep a subtask's labels on its branch, unless the task has changed meanwhile: it may have been handed in."""
    outlook = Outlook(met.project, met.worker, met.now)
    opening.note_branch(row.branch, outlook, ports)
    stored = labels.canonical(body)
    mark = Mark(labels.digest(stored), met.worker.user_id, met.now, ports.ids.new())
    ports.blobs.put(labels_blob(mark.sha256), stored, "application/json")
    made = written_beside(row.kept or opening.new_row(row, outlook), body, structure, mark)
    kept = made if row.kept else made.model_copy(update={"version": 1})
    ports.store.commit(beside(kept, met.task))
    return met.shown(met.task)


@dataclass(frozen=True)
class Mark:
    """Whose save it is, and its body's name."""

    sha256: str
    by: UserId
    at: Timestamp
    save_id: str


def written_beside(row: BranchRow, body: AnyBody, structure: Structure, mark: Mark) -> BranchRow:
    """What a save of this body makes of a row on a branch."""
    counts = labels.summary(body)
    return row.changed(
        sha256=mark.sha256,
        row_version=row.row_version + 1,
        objects=counts.objects,
        classifications=counts.classifications,
        missing_answers=labels.count_missing(body, structure),
        saved_at=mark.at,
        saved_by=mark.by,
        save_id=mark.save_id,
    )


def beside(row: BranchRow, task: Task) -> list[Change]:
    """All that is written with a saved row of a branch; a subtask's only while its task is as it was."""
    entry = LabelSave(
        task_id=TaskId(row.id),
        **row.model_dump(include={"row_version", "sha256", "objects", "classifications", "project_id", "branch"}),
        by=row.saved_by,
        at=row.saved_at,
        stage=task.stage,
        of_task=row.task_id,
    )
    unchanged = [Demand(TASKS, task)] if consensus.on_branch(task, row.branch) else []
    return [Save(BRANCH_ROWS, row), Save(LABEL_SAVES, entry), *unchanged]


@dataclass(frozen=True)
class Written:
    """A task after a save of its labels, and the save's entry."""

    task: Task
    entry: LabelSave

    def changes(self, sheets: Sequence[ReviewSheet]) -> list[Change]:
        """All that is written together."""
        return [Save(TASKS, self.task), Save(LABEL_SAVES, self.entry), *(Save(REVIEW_SHEETS, it) for it in sheets)]


def written(met: Situation, body: AnyBody, structure: Structure, sha256: str) -> Written:
    """What a save of this body makes of a task."""
    entry = _entry(met, body, sha256)
    task = met.task.changed(
        **entry.model_dump(include={"row_version", "objects", "classifications"}),
        label_sha256=entry.sha256,
        labels_saved_at=met.now,
        missing_answers=labels.count_missing(body, structure),
        updated_at=met.now,
    )
    return Written(task, entry)


def _entry(met: Situation, body: AnyBody, sha256: str) -> LabelSave:
    counts = labels.summary(body)
    return LabelSave(
        task_id=met.task.id,
        row_version=met.task.row_version + 1,
        sha256=sha256,
        objects=counts.objects,
        classifications=counts.classifications,
        by=met.worker.user_id,
        at=met.now,
        project_id=met.project.id,
        stage=met.stage.id,
    )

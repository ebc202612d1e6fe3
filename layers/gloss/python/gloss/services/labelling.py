"""Saving labels: checked against ontology and media, stored under their digest, and never lost again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from gloss.domain import labels
from gloss.domain.access import Caller
from gloss.domain.errors import Stale
from gloss.domain.labels import AnyBody, LabelBody, LongLabels
from gloss.domain.model import Value
from gloss.domain.ontology import Structure
from gloss.domain.workflow import reviews, roles
from gloss.domain.workflow.labelled import LabelSave, labelled, labels_blob
from gloss.domain.workflow.reviews import ReviewSheet
from gloss.domain.workflow.task import Task
from gloss.kinds.catalog import ONTOLOGIES
from gloss.kinds.register import ITEMS, item_key
from gloss.kinds.workflow import LABEL_SAVES, REVIEW_SHEETS, TASKS, label_save_key, of_task
from gloss.ports import Change, Key, Page, Ports, Query, Save
from gloss.services import leafing
from gloss.services.keeping import save_told, sheets_of
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
    """The labels of a task as they were saved last, or by one save; raises NotFound."""
    task = situation(path, caller, ports).task
    number = task.row_version if row_version is None else row_version
    if number == 0:
        return Labels(task=task, save=None, body=LabelBody())
    saved = ports.store.get(LABEL_SAVES, label_save_key(task.id, number))
    return Labels(task=task, save=saved, body=leafing.body_of(saved.sha256, ports.blobs))


def history(path: TaskPath, query: Query, caller: Caller, ports: Ports) -> Page[LabelSave]:
    """The saves of a task's labels, the latest first."""
    task = situation(path, caller, ports).task
    latest = Query(prefix="LABELS#", limit=query.limit, after=query.after, descending=True)
    return ports.store.page(LABEL_SAVES, of_task(task.id), latest)


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
    return _store(met, body, structure, ports)


def _met(path: TaskPath, caller: Caller, ports: Ports) -> Situation:
    """A task whose labels the caller may save now."""
    met = situation(path, caller, ports)
    roles.demand_label(met.worker, met.present, met.stage)
    demand_open(met.project, met.worker)
    return met


def _save(path: TaskPath, wanted: SavedLabels, caller: Caller, ports: Ports) -> Task:
    met = _met(path, caller, ports)
    if wanted.row_version not in {None, met.task.row_version} or wanted.fence not in {None, met.task.fence}:
        raise Stale(f"The labels were saved {met.task.row_version} times, fence {met.task.fence}; read them again.")
    structure = ports.store.get(ONTOLOGIES, Key(f"ONTOLOGY#{met.project.ontology_id}")).structure
    item = ports.store.get(ITEMS, item_key(met.task.item_id))
    parsed = labels.parse(wanted.labels, structure, labels.canvas_of(item))
    return _store(met, labels.stamped(parsed, caller.email, met.now), structure, ports)


def _store(met: Situation, body: AnyBody, structure: Structure, ports: Ports) -> Task:
    stored = labels.canonical(body)
    kept = written(met, body, structure, labels.digest(stored))
    ports.blobs.put(labels_blob(kept.entry.sha256), stored, "application/json")
    synced = reviews.synced(met.task.id, sheets_of(met.task.id, ports.store), labelled(body))
    ports.store.commit(kept.changes(synced), [save_told(met, kept.entry, ports.ids.new())])
    return kept.task


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
        missing_answers=len(labels.missing(body, structure)),
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

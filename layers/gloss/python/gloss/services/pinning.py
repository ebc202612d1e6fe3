"""Pinning down the label rows of a project as they stand: what an export and a label version begin with."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice
from typing import TypeVar

from gloss.domain import export
from gloss.domain.export import OVER, Chosen, Export, ExportBatch, ExportFormat, ExportStatus, Pinned
from gloss.domain.model import ExportId, TaskId, Value
from gloss.domain.ontology import Structure
from gloss.domain.project import Project
from gloss.domain.workflow.task import task_id_of
from gloss.kinds.catalog import DATA_ROWS, ONTOLOGIES, data_rows_of
from gloss.kinds.export import EXPORT_BATCHES, EXPORTS, export_batches_of, export_key
from gloss.kinds.workflow import TASKS, task_key
from gloss.ports import Key, Ports, Save, Store
from gloss.services import benchmarking
from gloss.services.situating import project_of

T = TypeVar("T")
READ_AT_ONCE = 100


class ExportRef(Value):
    """Which export."""

    export_id: ExportId


class PlannedExport(Value):
    """The numbers of an export's batches, and its format: of COCO the ids must be made to follow each other."""

    export_id: ExportId
    batches: list[int]
    format: ExportFormat


def plan(ref: ExportRef, ports: Ports) -> PlannedExport:
    """Pin the rows and the ontology in batches; planning again pins them anew, so long as the export is not over."""
    stored = ports.store.get(EXPORTS, export_key(ref.export_id))
    if stored.status in OVER:
        return PlannedExport(export_id=stored.id, batches=[], format=stored.request.format)
    project = project_of(stored.project_id, ports.store)
    ports.blobs.put(structure_blob(stored.id), _structure(project, ports.store).model_dump_json(by_alias=True).encode())
    running = _pinned(stored, pinned_rows(project, stored.request, ports), ports)
    ports.store.commit([Save(EXPORTS, running)])
    return PlannedExport(export_id=stored.id, batches=list(range(running.batches or 0)), format=stored.request.format)


def pinned_rows(project: Project, chosen: Chosen, ports: Ports) -> Iterator[Pinned]:
    """The chosen label rows of a project in the order of their datasets and data units, each read consistently."""
    now = ports.clock.now()
    for task_ids in _batches(_task_ids(project, ports.store), READ_AT_ONCE):
        tasks = ports.store.get_many(TASKS, [task_key(task_id) for task_id in task_ids])
        known = benchmarking.among(tasks, project, ports.store)
        for task in tasks:
            pinned = export.pin(task, project.workflow, now, task.data_id in known)
            if task.removed_at is None and chosen.chooses(pinned):
                yield pinned


def batches_of(export_id: str, store: Store) -> list[ExportBatch]:
    """What was written of an export so far, in order."""
    return list(store.every(EXPORT_BATCHES, export_batches_of(export_id)))


def batch_blob(export_id: ExportId, number: int) -> str:
    """Where the pinned rows of a batch lie, one a line."""
    return f"exports/{export_id}/pinned/{number:06}.ndjson"


def structure_blob(export_id: ExportId) -> str:
    """Where the pinned ontology lies."""
    return f"exports/{export_id}/structure.json"


def lines(rows: Iterable[Pinned]) -> bytes:
    """The rows, one a line."""
    return b"".join(row.line for row in rows)


def _pinned(stored: Export, rows: Iterable[Pinned], ports: Ports) -> Export:
    """The export on its way, its rows written batch by batch: one batch is in memory, however many there are."""
    digest, sizes = sha256(), list[int]()
    for number, batch in enumerate(export.in_batches(rows)):
        body = lines(batch)
        digest.update(body)
        ports.blobs.put(batch_blob(stored.id, number), body, "application/x-ndjson")
        sizes.append(len(batch))
    return stored.changed(
        status=ExportStatus.RUNNING,
        rows=sum(sizes),
        batches=len(sizes),
        pinned_sha256=digest.hexdigest(),
        started_at=stored.started_at or ports.clock.now(),
    )


def _structure(project: Project, store: Store) -> Structure:
    return store.get(ONTOLOGIES, Key(f"ONTOLOGY#{project.ontology_id}")).structure


def _task_ids(project: Project, store: Store) -> Iterator[TaskId]:
    for dataset_id in project.dataset_ids:
        for row in store.every(DATA_ROWS, data_rows_of(dataset_id)):
            yield task_id_of(project.id, row.id)


def _batches(entries: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(entries)
    while batch := list(islice(left, size)):
        yield batch

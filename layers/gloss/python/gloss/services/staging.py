"""State Plan of an import: which stage is next, its batches written down once, and the next round of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from gloss.domain import shards
from gloss.domain.capabilities import Stage
from gloss.domain.imports import BATCHES_A_ROUND, Batch, Import
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import ImportId, ProjectId, Value
from gloss.domain.shards import Folder
from gloss.domain.units import FRAMES_A_BATCH, Part, Unit, cut, vectors_of, wanted_frames
from gloss.domain.workflow import queue
from gloss.domain.workflow.task import Task
from gloss.kinds.active import IMPORT_BATCHES, IMPORTS, import_batches_of, import_key
from gloss.kinds.register import ITEMS, item_key
from gloss.kinds.workflow import TASKS
from gloss.ports import Overwrite, Ports, Query, Save, Store
from gloss.services import enrolling, nesting
from gloss.services.enrolling import Span
from gloss.services.stowing import unstow

ROWS_A_BLOCK = 20_000
_CHUNK = 100

BRANCH: Mapping[Stage, str] = {
    Stage.DATA: "frames",
    Stage.LABELS: "labels",
    Stage.METRICS: "metrics",
    Stage.EMBEDDINGS: "embeddings",
    Stage.ADVANCED: "advanced",
}


class Running(Value):
    """A run of the machine over one import."""

    project_id: ProjectId
    import_id: ImportId


class Round(Running):
    """The stage that is next, the branch of the machine that does it, and up to 200 batches that are not done yet."""

    stage: Stage
    branch: str
    batches: tuple[int, ...]


def plan(run: Running, ports: Ports) -> Round:
    """The next round of the import's open stage; writes the stage's batches when it is met for the first time."""
    it = ports.store.get(IMPORTS, import_key(run.import_id))
    stage = it.current
    if stage not in it.batches:
        it = it.plan(stage, _write_batches(it, stage, ports))
        ports.store.commit([Save(IMPORTS, it)])
    waiting = (batch.number for batch in batches_of(it, stage, ports.store) if batch.finished_at is None)
    return Round(
        project_id=run.project_id,
        import_id=run.import_id,
        stage=stage,
        branch=BRANCH[stage],
        batches=tuple(islice(waiting, BATCHES_A_ROUND)),
    )


def batches_of(it: Import, stage: Stage, store: Store) -> list[Batch]:
    """The batches of a planned stage, in order."""
    return list(islice(store.every(IMPORT_BATCHES, import_batches_of(it.id, stage)), it.batches[stage]))


def tasks_of(project_id: ProjectId, store: Store) -> Iterator[Task]:
    """All tasks that a project has now, shard by shard in the order of their titles."""
    for shard in range(queue.SHARDS):
        tasks = store.every(TASKS, queue.titled(project_id, shard), Query(index="by_parent", limit=1000))
        yield from (task for task in tasks if task.removed_at is None)


def _write_batches(it: Import, stage: Stage, ports: Ports) -> int:
    sizes = list(_SIZES[stage](it, ports))
    batches = [Batch(import_id=it.id, stage=stage, number=number, planned=size) for number, size in enumerate(sizes)]
    for start in range(0, len(batches), _CHUNK):
        ports.store.commit([Overwrite(IMPORT_BATCHES, batch) for batch in batches[start : start + _CHUNK]])
    return len(sizes)


def _units_as_shards(it: Import, ports: Ports) -> Iterator[int]:
    """Write the units of every batch; answers the frames of each."""
    for number, units in enumerate(cut(_units(it, ports))):
        ports.blobs.put(shards.shard(it.id, Folder.UNITS, number), shards.lines(units), "application/x-ndjson")
        yield sum(len(unit.wanted) for unit in units)


def _as_in_stage_one(it: Import, ports: Ports) -> Iterator[int]:
    return (batch.done for batch in batches_of(it, Stage.DATA, ports.store))


def _map_and_blocks(it: Import, ports: Ports) -> Iterator[int]:
    """The map first, since it takes longest, then blocks of rows whose neighbours are sought; only these count."""
    rows = sum(batch.done for batch in batches_of(it, Stage.EMBEDDINGS, ports.store))
    yield 0
    yield from (min(ROWS_A_BLOCK, rows - start) for start in range(0, rows, ROWS_A_BLOCK))


_SIZES: Mapping[Stage, Callable[[Import, Ports], Iterable[int]]] = {
    Stage.DATA: _units_as_shards,
    Stage.LABELS: _as_in_stage_one,
    Stage.METRICS: _as_in_stage_one,
    Stage.EMBEDDINGS: _as_in_stage_one,
    Stage.ADVANCED: _map_and_blocks,
}


def _units(it: Import, ports: Ports) -> Iterator[Unit]:
    tasks = tasks_of(it.project_id, ports.store)
    while some := list(islice(tasks, _CHUNK)):
        found = ports.store.get_many(ITEMS, [item_key(task.item_id) for task in some])
        items = {item.id: item for item in nesting.as_they_are(found, ports.store)}
        yield from (piece for task in some for piece in _pieces(task, items.get(task.item_id), it, ports))


def _pieces(task: Task, item: Item | None, it: Import, ports: Ports) -> Iterator[Unit]:
    known = task.model_dump(include={"data_id", "title", "stage", "priority", "label_sha256"})
    unit = Unit(task_id=task.id, kind=task.media_kind, **known)
    if item is None or item.deleted_at:
        return iter((unit,))
    return _with_files(_described(unit, unstow(item, ports.blobs), it), item, ports)


def _described(unit: Unit, item: Item, it: Import) -> Unit:
    wanted = wanted_frames(item, it.sampling_rate)
    known = {
        "whole": item.member_count <= 1,
        "wanted": wanted,
        "metadata": item.metadata,
        "frame_metadata": item.frame_metadata,
        "frame_embeddings": vectors_of(item, wanted),
    }
    return unit.model_copy(update=known)


def _with_files(unit: Unit, item: Item, ports: Ports) -> Iterator[Unit]:
    """The unit with the item itself, or the middle file of a DICOM series; a group in pieces with their own images."""
    if item.kind is not MediaKind.IMAGE_GROUP:
        yield unit.model_copy(update={"parts": tuple(map(_part, _file(item, ports)))})
        return
    members = enrolling.members(item, ports.blobs)
    for first in range(0, len(unit.wanted), FRAMES_A_BATCH):
        piece = unit.piece(unit.wanted[first : first + FRAMES_A_BATCH])
        files = ports.store.get_many(ITEMS, [item_key(each) for each in islice(members, len(piece.wanted))])
        yield piece.model_copy(update={"parts": tuple(map(_part, files)), "offset": first})


def _file(item: Item, ports: Ports) -> Sequence[Item]:
    if not item.member_count or item.kind is MediaKind.DATA_GROUP:
        return [item]
    middle = item.member_count // 2
    ids = enrolling.members(item, ports.blobs, Span(middle, middle + 1))
    return ports.store.get_many(ITEMS, [item_key(each) for each in ids])


def _part(item: Item) -> Part:
    return Part(
        item_id=item.id,
        title=item.title,
        url=item.url,
        integration_id=item.integration_id,
        width_px=item.facts.width_px,
        height_px=item.facts.height_px,
    )

"""Exports and label versions: what is asked for, how one stands, and what it left behind."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field

from gloss.domain.formats.facts import Counts
from gloss.domain.model import (
    DataId,
    DatasetId,
    ExportId,
    ItemId,
    OrgId,
    ProjectId,
    StageId,
    TaskId,
    Timestamp,
    Title,
    UserId,
    Value,
    Versioned,
)
from gloss.domain.ontology import FeatureHash
from gloss.domain.workflow.graph import Workflow
from gloss.domain.workflow.standing import AnnotationTaskStatus, LabelStatus, annotation_task_status, label_status
from gloss.domain.workflow.task import Task

BATCH_ROWS: Final = 500
BATCH_OBJECTS: Final = 50_000


class ExportFormat(StrEnum):
    """A JSON list of label rows, COCO, or one label row a line."""

    JSON = "json"
    COCO = "coco"
    NDJSON = "ndjson"

    @property
    def filename(self) -> str:
        return {"json": "labels.json", "coco": "coco.json", "ndjson": "labels.ndjson"}[self.value]

    @property
    def content_type(self) -> str:
        return "application/x-ndjson" if self is ExportFormat.NDJSON else "application/json"


class Chosen(Value):
    """Which rows: those of tasks in these stages and with these label statuses (null: whichever).

    `benchmarks`: only those of benchmark tasks, or only others.
    """

    stage_ids: Annotated[tuple[StageId, ...], Field(max_length=200)] | None = None
    label_statuses: tuple[LabelStatus, ...] | None = None
    benchmarks: bool | None = None

    def chooses(self, pinned: "Pinned") -> bool:
        """Whether a row is to be exported."""
        staged = self.stage_ids is None or pinned.stage in self.stage_ids
        sorted_out = self.benchmarks not in {None, pinned.benchmark}
        return staged and not sorted_out and (self.label_statuses is None or pinned.label_status in self.label_statuses)


class VersionName(Value):
    """The name of the label version to save."""

    name: Title


class ExportRequest(Chosen):
    """What to export; `features` (null: all) says which labels; `compat` writes COCO as the reference exporter does."""

    format: ExportFormat
    features: Annotated[tuple[FeatureHash, ...], Field(max_length=10_000)] | None = None
    include_signed_urls: bool = False
    compat: bool = False
    save_version: VersionName | None = None


class ExportStatus(StrEnum):
    """How an export stands."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    ERROR = "ERROR"


OVER: Final = frozenset({ExportStatus.DONE, ExportStatus.CANCELLED, ExportStatus.ERROR})


class Pinned(Value):
    """A label row as it stood when the export or version began: from here on only the named body counts.

    `benchmark`: its data unit had ground truth then.
    """

    task_id: TaskId
    data_id: DataId
    dataset_id: DatasetId
    item_id: ItemId
    title: str
    stage: StageId
    sha256: str | None
    objects: int = 0
    classifications: int = 0
    label_status: LabelStatus
    annotation_task_status: AnnotationTaskStatus
    created_at: Timestamp
    last_edited_at: Timestamp
    benchmark: bool = False

    @property
    def line(self) -> bytes:
        """The row as JSON with its line end."""
        return self.model_dump_json(exclude=None if self.benchmark else {"benchmark"}).encode() + b"\n"


class Part(Value):
    """A piece of the file: its stream, where it lies, its bytes and their SHA-256."""

    stream: Literal["rows", "images", "annotations", "frame"]
    key: str
    bytes: int
    sha256: str


class ExportFile(Value):
    """A finished file; `manifest_key` holds the list of its parts."""

    name: str
    key: str
    bytes: int
    parts: int
    manifest_key: str


class Export(Versioned):
    """An export of a project; counts lie with its batches."""

    id: ExportId
    org_id: OrgId
    project_id: ProjectId
    request: ExportRequest
    status: ExportStatus = ExportStatus.PENDING
    rows: int | None = None
    batches: int | None = None
    pinned_sha256: str | None = None
    reason: str = ""
    files: tuple[ExportFile, ...] = ()
    label_version_id: str | None = None
    created_by: UserId
    created_at: Timestamp
    started_at: Timestamp | None = None
    finished_at: Timestamp | None = None


class ExportBatch(Value):
    """What was written of one batch; `numbered` once the ids of a COCO batch follow those of the batches before it."""

    export_id: ExportId
    number: int
    rows: int
    objects: int
    classifications: int
    counts: Counts = Counts()
    parts: tuple[Part, ...] = ()
    numbered: tuple[Part, ...] = ()
    finished_at: Timestamp


class LabelVersion(Value):
    """A project's labels as they stood once: an immutable manifest of body hashes, one row a line, with its SHA-256."""

    id: str
    org_id: OrgId
    project_id: ProjectId
    name: Title
    chosen: Chosen
    rows: int
    objects: int
    classifications: int
    key: str
    sha256: str
    export_id: ExportId | None = None
    created_by: UserId
    created_at: Timestamp


class Progress(Value):
    """How far an export is; rate and time left are known once the first batch is written."""

    rows: int | None
    rows_done: int
    objects: int
    classifications: int
    rows_per_s: float | None = None
    seconds_left: float | None = None


def pin(task: Task, workflow: Workflow, now: datetime, benchmark: bool = False) -> Pinned:
    """The task's label row as it stands; `benchmark`: its data unit has ground truth."""
    kind = workflow.stage(task.stage).kind
    return Pinned(
        task_id=task.id,
        data_id=task.data_id,
        dataset_id=task.dataset_id,
        item_id=task.item_id,
        title=task.title,
        stage=task.stage,
        sha256=task.label_sha256,
        objects=task.objects,
        classifications=task.classifications,
        label_status=label_status(kind, task),
        annotation_task_status=annotation_task_status(kind, task, now),
        created_at=task.created_at,
        last_edited_at=task.updated_at,
        benchmark=benchmark,
    )


def in_batches(rows: Iterable[Pinned]) -> Iterator[list[Pinned]]:
    """The rows in lists of at most BATCH_ROWS; one with many objects ends its list earlier."""
    batch: list[Pinned] = []
    objects = 0
    for row in rows:
        batch.append(row)
        objects += row.objects
        if len(batch) == BATCH_ROWS or objects >= BATCH_OBJECTS:
            yield batch
            batch, objects = [], 0
    if batch:
        yield batch


def progress(export: Export, batches: Iterable[ExportBatch], now: datetime) -> Progress:
    """The sums over the batches so far, and what they let expect."""
    written = list(batches)
    done = sum(batch.rows for batch in written)
    plain = Progress(
        rows=export.rows,
        rows_done=done,
        objects=sum(batch.objects for batch in written),
        classifications=sum(batch.classifications for batch in written),
    )
    if not done or export.started_at is None:
        return plain
    elapsed = max(((export.finished_at or now) - export.started_at).total_seconds(), 0.001)
    left = 0.0 if export.status in OVER else ((export.rows or done) - done) * elapsed / done
    return plain.model_copy(update={"rows_per_s": round(done / elapsed, 2), "seconds_left": round(left, 1)})

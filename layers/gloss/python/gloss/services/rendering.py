"""Writing one batch of an export: label bodies in, parts of the file out, never more than a part in memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import ClassVar, Final, Literal, Protocol

from gloss.domain import labels
from gloss.domain.export import OVER, Export, ExportBatch, ExportFormat, Part, Pinned
from gloss.domain.formats import label_row
from gloss.domain.formats.coco import CocoWriter
from gloss.domain.formats.facts import Counts, RowFacts, SpaceFacts, spaces_of, units_of
from gloss.domain.labels import AnyBody
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import ExportId, ItemId, Value
from gloss.domain.ontology import Structure
from gloss.kinds.catalog import DATASETS
from gloss.kinds.export import EXPORT_BATCHES, EXPORTS, export_batch_key, export_key
from gloss.kinds.register import ITEMS, item_key
from gloss.ports import Key, Overwrite, Ports
from gloss.services import leafing, nesting, signing
from gloss.services.pinning import batch_blob, structure_blob
from gloss.services.signing import MediaOf

PART_BYTES: Final = 8 * 2**20
Stream = Literal["rows", "images", "annotations"]


class ExportBatchRef(Value):
    """Which batch of which export."""

    export_id: ExportId
    number: int


class Rendered(Value):
    """How many rows of a batch were written."""

    rows: int


class Writer(Protocol):
    """Turns label rows into pieces of a file."""

    @property
    def counts(self) -> Counts: ...

    def pieces(self, body: AnyBody, row: RowFacts) -> Iterator[tuple[Stream, bytes]]: ...


def render(ref: ExportBatchRef, ports: Ports, media_of: MediaOf) -> Rendered:
    """Write one batch and note what was written; a batch that was written before is left alone."""
    before = ports.store.find(EXPORT_BATCHES, export_batch_key(ref.export_id, ref.number))
    export = ports.store.get(EXPORTS, export_key(ref.export_id))
    if before is not None or export.status in OVER:
        return Rendered(rows=before.rows if before else 0)
    pinned = [Pinned.model_validate_json(line) for line in ports.blobs.get(batch_blob(*_of(ref))).splitlines()]
    batch = _written(export, ref.number, pinned, Surroundings.of(export, pinned, ports, media_of), ports)
    ports.store.commit([Overwrite(EXPORT_BATCHES, batch)])
    return Rendered(rows=batch.rows)


def _of(ref: ExportBatchRef) -> tuple[ExportId, int]:
    return ref.export_id, ref.number


def _written(
    export: Export, number: int, pinned: Sequence[Pinned], around: "Surroundings", ports: Ports
) -> ExportBatch:
    writer, parts = writer_of(export, number, around.structure), Parts(f"exports/{export.id}/parts/{number:06}", ports)
    objects = classifications = 0
    for row in pinned:
        body = _body(row, export, ports)
        counts = labels.summary(body)
        objects, classifications = objects + counts.objects, classifications + counts.classifications
        parts.add(writer.pieces(body, around.facts(row)))
    return ExportBatch(
        export_id=export.id,
        number=number,
        rows=len(pinned),
        objects=objects,
        classifications=classifications,
        counts=writer.counts,
        parts=tuple(parts.finished()),
        finished_at=ports.clock.now(),
    )


def _body(row: Pinned, export: Export, ports: Ports) -> AnyBody:
    body = leafing.body_of(row.sha256, ports.blobs)
    features = export.request.features
    return body if features is None else body.only(frozenset(features), frozenset(features))


def writer_of(export: Export, number: int, structure: Structure) -> Writer:
    """The writer of the export's format; of a JSON list only the first batch begins without a comma."""
    if export.request.format is ExportFormat.COCO:
        return _Coco(CocoWriter(structure, compat=export.request.compat))
    if export.request.format is ExportFormat.NDJSON:
        return _Rows(structure, before=b"", after=b"\n")
    return _Rows(structure, before=b",\n", after=b"", first=b"\n" if number == 0 else b",\n")


@dataclass
class _Rows:
    """Label rows between what stands before and after each."""

    structure: Structure
    before: bytes
    after: bytes
    first: bytes = b""
    counts: ClassVar[Counts] = Counts()

    def pieces(self, body: AnyBody, row: RowFacts) -> Iterator[tuple[Stream, bytes]]:
        begin, self.first = self.first or self.before, b""
        yield "rows", begin
        yield from (("rows", piece) for piece in label_row.pieces(body, self.structure, row))
        yield "rows", self.after


@dataclass
class _Coco:
    """Images and annotations apart."""

    writer: CocoWriter

    @property
    def counts(self) -> Counts:
        return self.writer.counts

    def pieces(self, body: AnyBody, row: RowFacts) -> Iterator[tuple[Stream, bytes]]:
        for images, annotations in self.writer.lines(body, row):
            yield "images", images
            yield "annotations", annotations


@dataclass
class Parts:
    """Streams of bytes on their way into stored parts of a bounded size."""

    prefix: str
    ports: Ports
    done: list[Part] = field(default_factory=list)
    held: dict[Stream, BytesIO] = field(default_factory=dict)

    def add(self, pieces: Iterable[tuple[Stream, bytes]]) -> None:
        """Take what follows in each stream; full parts are stored at once."""
        for stream, piece in pieces:
            buffer = self.held.setdefault(stream, BytesIO())
            buffer.write(piece)
            if buffer.tell() >= PART_BYTES:
                self._store(stream, self.held.pop(stream))

    def finished(self) -> list[Part]:
        """Store the rest and say which parts there are, in the order of each stream."""
        for stream, buffer in self.held.items():
            if buffer.tell():
                self._store(stream, buffer)
        self.held = {}
        return self.done

    def _store(self, stream: Stream, buffer: BytesIO) -> None:
        key = f"{self.prefix}-{stream}-{sum(part.stream == stream for part in self.done):04}"
        self.done.append(stored_part(stream, key, buffer.getvalue(), self.ports))


def stored_part(stream: Literal["rows", "images", "annotations", "frame"], key: str, body: bytes, ports: Ports) -> Part:
    """Store a part under its key and say what it is."""
    ports.blobs.put(key, body)
    return Part(stream=stream, key=key, bytes=len(body), sha256=sha256(body).hexdigest())


@dataclass(frozen=True)
class Surroundings:
    """What a batch's rows need besides their labels: ontology, items, dataset titles, links."""

    export: Export
    structure: Structure
    items: dict[ItemId, Item]
    titles: dict[str, str]
    link: Callable[[Item], str]
    ports: Ports

    @classmethod
    def of(cls, export: Export, pinned: Sequence[Pinned], ports: Ports, media_of: MediaOf) -> "Surroundings":
        """Read once for the whole batch."""
        found = ports.store.get_many(ITEMS, [item_key(id_) for id_ in dict.fromkeys(row.item_id for row in pinned)])
        keys = [Key(f"DATASET#{id_}") for id_ in dict.fromkeys(row.dataset_id for row in pinned)]
        return cls(
            export=export,
            structure=Structure.model_validate_json(ports.blobs.get(structure_blob(export.id))),
            items={item.id: item for item in nesting.as_they_are(found, ports.store)},
            titles={dataset.id: dataset.title for dataset in ports.store.get_many(DATASETS, keys)},
            link=signing.Signing(ports.store, media_of) if export.request.include_signed_urls else signing.plain_link,
            ports=ports,
        )

    def facts(self, row: Pinned) -> RowFacts:
        """The head of a label row; an item that is gone leaves a row of type `deleted`."""
        item = self.items.get(row.item_id)
        there = item is not None and item.deleted_at is None
        return RowFacts(
            label_id=row.task_id,
            data_id=row.data_id,
            data_title=row.title,
            dataset_id=row.dataset_id,
            dataset_title=self.titles.get(row.dataset_id, ""),
            kind=item.kind if item is not None else MediaKind.IMAGE,
            label_status=row.label_status,
            annotation_task_status=row.annotation_task_status,
            created_at=row.created_at,
            last_edited_at=row.last_edited_at,
            units=units_of(row.data_id, item, signing.files(item, self.link, self.ports))
            if item is not None and there
            else (),
            spaces=self._spaces(item) if item is not None and there else (),
            deleted=not there,
            benchmark=row.benchmark,
            export_id=self.export.id,
            exported_at=self.export.started_at,
        )

    def _spaces(self, item: Item) -> tuple[SpaceFacts, ...]:
        """The spaces of a data group; a member that is gone has no link."""
        members = list(signing.members(item, self.ports)) if item.spaces else []
        return spaces_of(item, ((it, self.link(it)) for it in nesting.as_they_are(members, self.ports.store)))

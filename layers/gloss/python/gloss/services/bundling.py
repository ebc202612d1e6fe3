"""Making one file of an export's parts: numbering COCO ids, joining on the store's side, ending the export."""

import json
from collections.abc import Iterator

from gloss.domain.events import ExportFinished
from gloss.domain.export import OVER, Export, ExportBatch, ExportFile, ExportFormat, ExportStatus, LabelVersion, Part
from gloss.domain.formats import coco
from gloss.domain.formats.coco import CocoWriter
from gloss.domain.formats.facts import Counts
from gloss.domain.model import ExportId, Value
from gloss.domain.ontology import Structure
from gloss.kinds.export import EXPORT_BATCHES, EXPORTS, LABEL_VERSIONS, export_batch_key, export_key
from gloss.ports import Overwrite, Ports, Save, Store
from gloss.services import versioning
from gloss.services.pinning import ExportRef, batch_blob, batches_of, structure_blob
from gloss.services.rendering import ExportBatchRef, Rendered, stored_part

RENUMBERED = {"images": coco.renumbered_images, "annotations": coco.renumbered_annotations}


class Ending(Value):
    """An export whose file is there, or which broke off with `error`."""

    export_id: ExportId
    error: dict[str, str] | None = None


class Ended(Value):
    """How an export ended."""

    status: ExportStatus


def number(ref: ExportBatchRef, ports: Ports) -> Rendered:
    """Let the ids of a COCO batch follow those of the batches before it; doing it again writes the same."""
    batch = ports.store.find(EXPORT_BATCHES, export_batch_key(ref.export_id, ref.number))
    if batch is None:
        return Rendered(rows=0)
    before = _counted(ref, ports.store)
    parts = tuple(_numbered(part, before, ports) for part in batch.parts)
    ports.store.commit([Overwrite(EXPORT_BATCHES, batch.model_copy(update={"numbered": parts}))])
    return Rendered(rows=batch.rows)


def bundle(ref: ExportRef, ports: Ports) -> ExportRef:
    """Join the parts into the file and list them with their checksums; an export that is over is left alone."""
    export = ports.store.get(EXPORTS, export_key(ref.export_id))
    if export.status in OVER or export.files:
        return ref
    batches = batches_of(export.id, ports.store)
    parts = list(_framed(export, batches, ports))
    wanted = export.request.format
    place = f"exports/{export.id}/{wanted.filename}"
    size = ports.blobs.concatenate(place, [part.key for part in parts], wanted.content_type)
    manifest = {"file": wanted.filename, "bytes": size, "parts": [part.model_dump() for part in parts]}
    ports.blobs.put(f"{place}.parts.json", json.dumps(manifest).encode(), "application/json")
    made = ExportFile(name=wanted.filename, key=place, bytes=size, parts=len(parts), manifest_key=f"{place}.parts.json")
    ports.store.commit([Save(EXPORTS, export.changed(files=(made,)))])
    return ref


def finish(ending: Ending, ports: Ports) -> Ended:
    """End the export: DONE, with its label version if one was asked for, or ERROR with the reason."""
    export = ports.store.get(EXPORTS, export_key(ending.export_id))
    if export.status in OVER:
        return Ended(status=export.status)
    if ending.error is not None:
        return _end(export.changed(status=ExportStatus.ERROR, reason=reason_of(ending.error)), [], ports)
    version = _version(export, ports)
    done = export.changed(status=ExportStatus.DONE, label_version_id=version.id if version else None)
    return _end(done, [Save(LABEL_VERSIONS, version)] if version else [], ports)


def reason_of(error: dict[str, str]) -> str:
    """What a state machine's error says, in one line."""
    try:
        cause = json.loads(error.get("Cause", ""))
        said = str(cause.get("errorMessage", "")) if isinstance(cause, dict) else ""
    except ValueError:
        said = error.get("Cause", "")
    return f"{error.get('Error', 'States.TaskFailed')}: {said}"[:500]


def _end(export: Export, changes: list[Save[LabelVersion]], ports: Ports) -> Ended:
    ended = export.model_copy(update={"finished_at": ports.clock.now()})
    told = ExportFinished(
        id=export.id,
        at=ports.clock.now(),
        actor=export.created_by,
        org_id=export.org_id,
        project_id=export.project_id,
        export_id=export.id,
        status=export.status.value,
        rows=export.rows or 0,
    )
    ports.store.commit([Save(EXPORTS, ended), *changes], [told])
    return Ended(status=export.status)


def _version(export: Export, ports: Ports) -> LabelVersion | None:
    if export.request.save_version is None:
        return None
    pinned = [batch_blob(export.id, number) for number in range(export.batches or 0)]
    ports.blobs.concatenate(versioning.manifest_blob(export.id), pinned, "application/x-ndjson")
    return versioning.of_export(export, batches_of(export.id, ports.store), ports.clock.now())


def _counted(ref: ExportBatchRef, store: Store) -> Counts:
    total = Counts()
    for batch in batches_of(ref.export_id, store)[: ref.number]:
        total = total.plus(batch.counts)
    return total


def _numbered(part: Part, before: Counts, ports: Ports) -> Part:
    moved = RENUMBERED[part.stream](ports.blobs.get(part.key), before)
    is_opening = part.key.endswith("-0000") and not getattr(before, part.stream)
    body = coco.opening(moved) if is_opening else moved
    return stored_part(part.stream, part.key.replace("/parts/", "/numbered/"), body, ports)


def _framed(export: Export, batches: list[ExportBatch], ports: Ports) -> Iterator[Part]:
    """All parts in the order of the file, with what stands around them."""
    place = f"exports/{export.id}/frame"
    if export.request.format is ExportFormat.COCO:
        yield stored_part("frame", f"{place}-head", _head(export, ports), ports)
        yield from (part for batch in batches for part in batch.numbered if part.stream == "images")
        yield stored_part("frame", f"{place}-middle", coco.MIDDLE, ports)
        yield from (part for batch in batches for part in batch.numbered if part.stream == "annotations")
        yield stored_part("frame", f"{place}-tail", coco.TAIL, ports)
        return
    is_list = export.request.format is ExportFormat.JSON
    if is_list:
        yield stored_part("frame", f"{place}-head", b"[", ports)
    yield from (part for batch in batches for part in batch.parts)
    if is_list:
        yield stored_part("frame", f"{place}-tail", b"\n]\n", ports)


def _head(export: Export, ports: Ports) -> bytes:
    structure = Structure.model_validate_json(ports.blobs.get(structure_blob(export.id)))
    first = next(iter(ports.blobs.get(batch_blob(export.id, 0)).splitlines()), b"") if export.batches else b""
    return CocoWriter(structure).head(json.loads(first)["title"] if first else None)

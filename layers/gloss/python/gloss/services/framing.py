"""State Sample of an import, stage 1: the frames of a batch, their thumbnails, facts and pixel metrics."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gloss.domain import shards
from gloss.domain.decoding import Bare, Broken, Decoded, Read
from gloss.domain.facts import Fact, facts_of
from gloss.domain.imports import tally
from gloss.domain.metadata_schema import Types
from gloss.domain.metrics import pixels
from gloss.domain.metrics.chance import chance
from gloss.domain.shards import Folder
from gloss.domain.units import FrameRow, Unit, frame_id
from gloss.kinds.active import IMPORTS, import_key
from gloss.ports import Blobs, Decoder, Ports, Thumbnails
from gloss.services import describing, noting, spaces
from gloss.services.noting import Outcome, Work


@dataclass(frozen=True)
class Easel:
    """Whose thumbnails are made, with what, and where they go."""

    work: Work
    thumbnails: Thumbnails
    blobs: Blobs


@dataclass
class _Made:
    types: Types
    frames: list[FrameRow] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    pixels: list[dict[str, Any]] = field(default_factory=list)
    broken: list[tuple[str, str]] = field(default_factory=list)
    bare: list[tuple[str, str]] = field(default_factory=list)
    vectors: dict[str, list[tuple[str, list[float]]]] = field(default_factory=dict)


def sample(work: Work, decoder: Decoder, thumbnails: Thumbnails, ports: Ports) -> Outcome:
    """Read every wanted frame of the batch's units once; a frame that fails is counted and the others go on."""
    made = _Made(describing.types_of(ports.store.get(IMPORTS, import_key(work.import_id)), ports.store))
    for unit in units(work, ports.blobs):
        for read in decoder.frames(unit):
            _take(Easel(work, thumbnails, ports.blobs), unit, read, made)
    noting.write(work, Folder.FRAMES, made.frames, ports.blobs)
    noting.write(work, Folder.FACTS, made.facts, ports.blobs)
    noting.write(work, Folder.PIXELS, made.pixels, ports.blobs)
    spaces.write(work, made.vectors, ports.blobs)
    return noting.finish(work, len(made.frames), tally(made.broken), tally(made.bare), ports)


def units(work: Work, blobs: Blobs) -> Iterator[Unit]:
    """The units that the planner put into the batch."""
    return (Unit.model_validate(row) for row in noting.read(work, Folder.UNITS, blobs))


def _take(easel: Easel, unit: Unit, read: Read, made: _Made) -> None:
    name = frame_id(unit.data_id, read.frame)
    if isinstance(read, Broken):
        made.broken.append((read.reason, f"{unit.title}, frame {read.frame}"))
        return
    row, measured = _row(unit, read, name), {"id": name, "random": chance(name)}
    if isinstance(read, Bare):
        made.bare.append((read.reason, unit.title))
    else:
        row = _pictured(easel, row, read)
        measured |= _measured(read)
    made.frames.append(row)
    made.pixels.append(measured)
    made.facts.extend(facts_of(name, row.metadata, made.types))
    for key, vector in spaces.fitting(unit.frame_embeddings.get(read.frame, {}), made.types):
        made.vectors.setdefault(key, []).append((name, vector))


def _row(unit: Unit, read: Read, name: str) -> FrameRow:
    part = unit.part(read.frame)
    return FrameRow(
        id=name,
        frame_title=unit.title if unit.whole else part.title,
        frame=read.frame,
        timestamp_s=read.timestamp_s if isinstance(read, Decoded) else None,
        width_px=part.width_px,
        height_px=part.height_px,
        metadata=unit.metadata | unit.frame_metadata.get(read.frame, {}),
        **unit.model_dump(include={"data_id", "task_id", "title", "kind", "stage", "priority"}),
    )


def _pictured(easel: Easel, row: FrameRow, read: Decoded) -> FrameRow:
    key = shards.thumbnail(easel.work.import_id, row.id)
    easel.blobs.put(key, easel.thumbnails.make(read.pixels), "image/jpeg")
    height, width = read.pixels.shape[:2]
    return row.model_copy(update={"thumbnail": key, "width_px": width, "height_px": height})


def _measured(read: Decoded) -> dict[str, Any]:
    height, width = read.pixels.shape[:2]
    size = {"width": width, "height": height, "area": width * height, "aspect_ratio": width / height}
    return size | dict(pixels.measure(read.pixels))

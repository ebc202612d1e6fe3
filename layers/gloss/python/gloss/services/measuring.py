"""State Measure of an import, stage 3: what the labels say of frames and of each other, joined to the pixel metrics."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from pydantic import TypeAdapter

from gloss.domain.labels import Geometry
from gloss.domain.metrics.labels import Label, consistency, measure_frame, measure_label
from gloss.domain.metrics.outlines import Size, outline
from gloss.domain.shards import Folder
from gloss.ports import Ports
from gloss.services import noting
from gloss.services.noting import Outcome, Work

_GEOMETRY: TypeAdapter[Geometry] = TypeAdapter(Geometry)
_UNIT = Size(1, 1)

Frame = Mapping[str, Any]


def measure(work: Work, ports: Ports) -> Outcome:
    """Write the metrics of the batch's frames and labels."""
    frames = list(noting.read(work, Folder.FRAMES, ports.blobs))
    labels = _by_frame(frames, noting.read(work, Folder.LABELS, ports.blobs))
    pixels = {row["id"]: row for row in noting.read(work, Folder.PIXELS, ports.blobs)}
    of_frames = ({**pixels[frame["id"]], **_of_frame(frame, labels[frame["id"]])} for frame in frames)
    noting.write(work, Folder.MEASURES, of_frames, ports.blobs)
    noting.write(work, Folder.LABEL_MEASURES, _of_labels(frames, labels), ports.blobs)
    return noting.finish(work, len(frames), (), (), ports)


def _by_frame(frames: Iterable[Frame], rows: Iterable[Mapping[str, Any]]) -> Mapping[str, list[Label]]:
    sizes = {frame["id"]: _size(frame) for frame in frames}
    found: defaultdict[str, list[Label]] = defaultdict(list)
    for row in rows:
        found[row["frame_id"]].append(_label(row, sizes[row["frame_id"]]))
    return found


def _label(row: Mapping[str, Any], size: Size) -> Label:
    shape = outline(_GEOMETRY.validate_python(row["geometry"]), size) if row.get("geometry") else None
    return Label(row["id"], row["object_hash"], row["feature"], shape, row["confidence"])


def _size(frame: Frame) -> Size:
    return Size(frame["width_px"], frame["height_px"]) if frame["width_px"] and frame["height_px"] else _UNIT


def _of_frame(frame: Frame, labels: list[Label]) -> Mapping[str, float]:
    return measure_frame(labels, _size(frame))


def _of_labels(frames: Sequence[Frame], labels: Mapping[str, list[Label]]) -> Iterator[dict[str, Any]]:
    for _, unit in groupby(frames, key=lambda frame: frame["data_id"]):
        shown = [(frame, labels.get(frame["id"], [])) for frame in sorted(unit, key=lambda it: it["frame"])]
        agreement = consistency([on_frame for _, on_frame in shown]) if len(shown) > 1 else {}
        for frame, on_frame in shown:
            for label in on_frame:
                others = [other for other in on_frame if other is not label]
                measured = measure_label(label, others, _size(frame))
                yield {"id": label.id, **measured, **agreement.get(label.id, {})}

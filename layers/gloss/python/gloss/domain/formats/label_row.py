"""Writing the public label row: one JSON object a data unit, with ranges and per-frame lists side by side."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from pydantic_core import to_json

from gloss.domain.formats import geometry_json
from gloss.domain.formats.facts import FRAMED, GROUPS, RowFacts, SliceFacts, UnitFacts
from gloss.domain.formats.label_row_answers import Verdicts, answers, class_of, marked, reviews
from gloss.domain.formats.label_row_answers import classification_answers as classification_answers
from gloss.domain.formats.spaces import space_info
from gloss.domain.formats.times import plain_time
from gloss.domain.labels.body import ClassificationInstance, Seen, SpaceLabels
from gloss.domain.labels.long import AnyBody, AnyPage, labelled_frames
from gloss.domain.media import MediaKind
from gloss.domain.ontology import Attribute, Classification, Structure
from gloss.domain.ontology_draft import value_of

Json = dict[str, Any]
QUESTIONS_HELD: Final = 4096

#: The row's `data_type` by kind; a sequence is a group that knows it.
DATA_TYPES: Final[Mapping[MediaKind, str]] = {
    MediaKind.IMAGE: "image",
    MediaKind.VIDEO: "video",
    MediaKind.AUDIO: "audio",
    MediaKind.PDF: "pdf",
    MediaKind.TEXT: "plain_text",
    MediaKind.TIME_SERIES: "time_series",
    MediaKind.NIFTI: "nifti",
    MediaKind.DICOM_FILE: "dicom",
    MediaKind.DICOM_SERIES: "dicom",
    MediaKind.IMAGE_GROUP: "img_group",
    MediaKind.IMAGE_SEQUENCE: "img_group",
    MediaKind.DATA_GROUP: "group",
}


def write(body: AnyBody, structure: Structure, row: RowFacts) -> bytes:
    """The row as one line of JSON without its end."""
    return b"".join(pieces(body, structure, row))


def pieces(body: AnyBody, structure: Structure, row: RowFacts) -> Iterator[bytes]:
    """The same line piece by piece, since a group may have 200 000 units."""
    return _pieces(body, structure, row, _Pages(body, structure, row.judged))


def as_sent(body: AnyBody, structure: Structure, row: RowFacts) -> Iterator[bytes]:
    """The row as a client loads it, which reads classifications from the answers only, not from every frame."""
    return _pieces(body, structure, row, _Pages(body.only(None, ()), structure, row.judged))


def _pieces(body: AnyBody, structure: Structure, row: RowFacts, pages: "_Pages") -> Iterator[bytes]:
    yield to_json(_head(row))[:-1] + b',"data_units":{'
    for at, unit in enumerate(row.units):
        yield (b"," if at else b"") + to_json(unit.data_id) + b":" + to_json(_unit(unit, row))[:-1] + b',"labels":'
        yield from _labels(unit, row, pages)
        yield b"}"
    yield b"},"
    yield from answers(body, structure, row.judged)
    yield b',"spaces":{'
    for at, space in enumerate(row.spaces):
        yield (b"," if at else b"") + to_json(space.unit.data_id) + b":" + to_json(space_info(space))[: -len(b"{}}")]
        yield from _framed(pages.of(space.unit.data_id))
        yield b"}"
    yield b"}}"


def _head(row: RowFacts) -> Json:
    exported = {"export_uuid": row.export_id, "exported_at": plain_time(row.exported_at)} if row.exported_at else {}
    return {
        "label_hash": row.label_id,
        "branch_name": row.branch,
        "created_at": plain_time(row.created_at),
        "last_edited_at": plain_time(row.last_edited_at),
        "data_hash": row.data_id,
        "data_title": row.data_title,
        "dataset_hash": row.dataset_id,
        "dataset_title": row.dataset_title,
        "data_type": "deleted" if row.deleted else DATA_TYPES[row.kind],
        "is_image_sequence": row.kind is MediaKind.IMAGE_SEQUENCE if row.kind in GROUPS else None,
        "video_link": _video_link(row),
        "label_status": row.label_status,
        "annotation_task_status": row.annotation_task_status,
        "is_shadow_data": row.benchmark,
        "is_valid": row.valid,
        **exported,
    }


def _video_link(row: RowFacts) -> str | Literal[False]:
    """Where a sequence's video lies; everything else has none."""
    return row.units[0].link if row.kind is MediaKind.IMAGE_SEQUENCE and row.units else False


class _Pages:
    """The `{objects, classifications}` of single frames; names and colours are looked up once a class."""

    def __init__(self, body: AnyPage, structure: Structure, judged: Verdicts) -> None:
        self._body, self._structure, self._judged = body, structure, judged
        self._classes: dict[str, Json] = {}
        self._questions: dict[str, Json] = {}

    def of(self, space_id: str) -> "_Pages":
        """The pages of one space."""
        spaces = self._body.spaces if isinstance(self._body, AnyBody) else {}
        return _Pages(spaces.get(space_id, SpaceLabels()), self._structure, self._judged)

    def numbers(self) -> Iterator[int]:
        """Every frame that holds an object or a classification, in order."""
        return labelled_frames(self._body)

    def page(self, frame: int) -> Json:
        """What is on one frame; global classifications are on none."""
        seen = self._body.on_frame(frame)
        held = (each for each in self._body.classifications_on(frame) if each.ranges)
        objects = [_object(it, self._class(it.feature)) | reviews(it.id, self._judged) for it in seen]
        return {"objects": objects, "classifications": list(map(self._question, held))}

    def _class(self, feature: str) -> Json:
        if feature not in self._classes:
            self._classes[feature] = class_of(self._structure, feature)
        return self._classes[feature]

    def _question(self, each: ClassificationInstance) -> Json:
        """A classification as it is shown, made once for neighbouring frames."""
        if each.id not in self._questions:
            if len(self._questions) >= QUESTIONS_HELD:
                self._questions.clear()
            self._questions[each.id] = _question(self._structure, each)
        return self._questions[each.id]


def _unit(unit: UnitFacts, row: RowFacts) -> Json:
    said = {
        "data_hash": unit.data_id,
        "data_title": unit.title,
        "data_link": unit.link,
        "data_type": unit.mime_type,
        "data_sequence": str(unit.sequence) if row.kind in GROUPS else unit.sequence,
    }
    return {**said, **_sizes(unit, row.kind)}


def _sizes(unit: UnitFacts, kind: MediaKind) -> Json:
    if kind is MediaKind.AUDIO:
        return {
            "data_duration": unit.duration_s,
            "audio_codec": unit.codec,
            "audio_sample_rate": unit.sample_rate_hz,
            "audio_bit_depth": unit.bit_depth,
            "audio_num_channels": unit.num_channels,
        }
    size = {"width": unit.width_px, "height": unit.height_px} if unit.width_px is not None else {}
    if kind is MediaKind.TIME_SERIES:
        return {"data_duration": unit.duration_s}
    timing = {"data_fps": unit.fps, "data_duration": unit.duration_s} if kind is MediaKind.VIDEO else {}
    links = {"data_links": [each.url for each in unit.slices]} if unit.slices else {}
    return {**size, **timing, **links}


def _labels(unit: UnitFacts, row: RowFacts, pages: _Pages) -> Iterator[bytes]:
    if row.kind in {*GROUPS, MediaKind.IMAGE, MediaKind.DATA_GROUP}:
        yield to_json(pages.page(unit.sequence if row.kind in GROUPS else 0))
        return
    if row.kind in FRAMED:
        yield from _framed(pages, unit)
    else:
        yield b"{}"


def _framed(pages: _Pages, unit: UnitFacts | None = None) -> Iterator[bytes]:
    """What is on every frame that holds something, by the frame's number."""
    before = b"{"
    for frame in pages.numbers():
        page = {**pages.page(frame), **(_metadata(unit, frame) if unit else {})}
        yield before + b'"%d":' % frame + to_json(page)
        before = b","
    yield b"{}" if before == b"{" else b"}"


def _metadata(unit: UnitFacts, frame: int) -> Json:
    return {"metadata": _slice(unit.slices[frame])} if frame < len(unit.slices) else {}


def _slice(facts: SliceFacts) -> Json:
    return {
        "dicom_instance_uid": facts.instance_uid,
        "multiframe_frame_number": facts.multiframe_number,
        "file_uri": facts.url,
        "width": facts.width_px,
        "height": facts.height_px,
    }


def _object(seen: Seen, class_: Json) -> Json:
    return {
        **class_,
        **marked(seen.appearance),
        "objectHash": seen.id,
        **geometry_json.write(seen.geometry),
    }


def _question(structure: Structure, instance: ClassificationInstance) -> Json:
    attribute = _asked(structure, instance.feature)
    named = {"name": attribute.name, "value": value_of(attribute.name), "featureHash": instance.feature}
    return {**named, "classificationHash": instance.id, **marked(instance)}


def _asked(structure: Structure, feature: str) -> Attribute:
    classification = structure.feature(feature).feature
    assert isinstance(classification, Classification), f"{feature} is no classification"
    return classification.attribute

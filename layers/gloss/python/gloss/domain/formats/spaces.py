"""The spaces of a data group in the public label row: what sort each is, and how large."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from gloss.domain.formats.facts import SpaceFacts
from gloss.domain.media import MediaKind

Json = dict[str, Any]

SPACE_TYPES: Final[Mapping[MediaKind, str]] = {
    MediaKind.IMAGE: "image",
    MediaKind.VIDEO: "video",
    MediaKind.AUDIO: "audio",
    MediaKind.PDF: "pdf",
    MediaKind.TEXT: "text",
    MediaKind.TIME_SERIES: "time_series",
    MediaKind.NIFTI: "medical_file",
    MediaKind.DICOM_SERIES: "medical_file",
    MediaKind.IMAGE_GROUP: "image_sequence",
    MediaKind.IMAGE_SEQUENCE: "image_sequence",
}


def space_info(space: SpaceFacts) -> Json:
    """A space as a list of rows tells it: as the row has it, without what is drawn there."""
    child = {"layout_key": space.key, "file_name": space.unit.title, "data_link": space.unit.link or None}
    type_ = "html" if space.markup else SPACE_TYPES[space.kind]
    return {"space_type": type_, "child_info": child, **_SIZES.get(type_, _none)(space), "labels": {}}


def _none(_: SpaceFacts) -> Json:
    return {}


def _size(space: SpaceFacts) -> Json:
    return {"width": space.unit.width_px or 0, "height": space.unit.height_px or 0}


def _framed(space: SpaceFacts) -> Json:
    return {"number_of_frames": space.frames or 1, **_size(space)}


def _film(space: SpaceFacts) -> Json:
    return {**_framed(space), "data_duration": space.unit.duration_s or 0.0, "data_fps": space.unit.fps or 0.0}


def _sequence(space: SpaceFacts) -> Json:
    """Frames are named by their numbers alone, so that a long sequence makes no list long."""
    return {**_framed(space), "frames": []}


def _sound(space: SpaceFacts) -> Json:
    return {"duration_ms": round((space.unit.duration_s or 0.0) * 1000)}


def _paged(space: SpaceFacts) -> Json:
    return {"number_of_pages": space.frames or 1}


_SIZES: Final[Mapping[str, Callable[[SpaceFacts], Json]]] = {
    "image": _size,
    "video": _film,
    "image_sequence": _sequence,
    "audio": _sound,
    "medical_file": _framed,
    "pdf": _paged,
}

"""From a manifest's raw element to its unit, or to the fault that names what is wrong."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic.alias_generators import to_snake

from gloss.domain.errors import Fault, Invalid
from gloss.domain.manifest.units import (
    AudioUnit,
    GroupUnit,
    ImageUnit,
    NiftiUnit,
    PdfUnit,
    RowFault,
    SequenceUnit,
    SeriesUnit,
    Spot,
    TextUnit,
    TimeSeriesUnit,
    Unit,
    VideoUnit,
)
from gloss.domain.media import MediaKind
from gloss.domain.metadata import LEGACY_KEYFRAMES, PLATFORM_KEY, frame_marks, metadata_faults
from gloss.domain.parsing import faults

ARRAYS: Mapping[str, MediaKind] = {
    "videos": MediaKind.VIDEO,
    "images": MediaKind.IMAGE,
    "audio": MediaKind.AUDIO,
    "pdfs": MediaKind.PDF,
    "pdf": MediaKind.PDF,
    "text": MediaKind.TEXT,
    "nifti": MediaKind.NIFTI,
    "time_series": MediaKind.TIME_SERIES,
    "timeSeries": MediaKind.TIME_SERIES,
    "image_groups": MediaKind.IMAGE_GROUP,
    "imageGroups": MediaKind.IMAGE_GROUP,
    "dicom_series": MediaKind.DICOM_SERIES,
    "dicomSeries": MediaKind.DICOM_SERIES,
}
_MODEL: Mapping[MediaKind, type[Unit]] = {
    MediaKind.VIDEO: VideoUnit,
    MediaKind.IMAGE: ImageUnit,
    MediaKind.AUDIO: AudioUnit,
    MediaKind.PDF: PdfUnit,
    MediaKind.TEXT: TextUnit,
    MediaKind.NIFTI: NiftiUnit,
    MediaKind.TIME_SERIES: TimeSeriesUnit,
    MediaKind.IMAGE_GROUP: GroupUnit,
    MediaKind.IMAGE_SEQUENCE: SequenceUnit,
    MediaKind.DICOM_SERIES: SeriesUnit,
}
_VALIDATE = {kind: model.__pydantic_validator__.validate_python for kind, model in _MODEL.items()}
_OVERRIDE_KEYS = ("videoMetadata", "imageMetadata", "audioMetadata", "pdfMetadata", "textMetadata")
_SPELLINGS = {
    **{key.lower(): key for key in _OVERRIDE_KEYS},
    **{to_snake(key): key for key in _OVERRIDE_KEYS},
    **{to_snake(key): key for key in ("objectUrl", "clientMetadata", "dicomFiles", "clusterByResolution")},
}
_GATHERED = {
    MediaKind.IMAGE_GROUP: ("images", "imageMetadata"),
    MediaKind.DICOM_SERIES: ("dicomFiles", "dicomMetadata"),
}
_NUMBERED = re.compile(r"objectUrl_(0|[1-9]\d{0,6})")
KINDS: Mapping[str, MediaKind] = {**{kind.value: kind for kind in _MODEL}, **ARRAYS}
_CREATE_VIDEO = {"true": MediaKind.IMAGE_SEQUENCE, "false": MediaKind.IMAGE_GROUP}


def unit_of(kind: MediaKind, raw: Any, spot: Spot) -> Unit | RowFault:
    """A manifest's element as a unit, or what is wrong with it; `raw` is taken over, not copied."""
    if not isinstance(raw, dict):
        return _no_unit(spot, "an object was expected")
    if kind in _GATHERED:
        try:
            kind, raw = _group(kind, raw)
        except Invalid as error:
            return _no_unit(spot, error.message, raw)
    raw["$row"], raw["$path"], raw["$line"] = spot
    raw["$kind"] = kind
    try:
        return _checked(_VALIDATE[kind](raw))
    except ValidationError as error:
        return _second_reading(kind, raw, error)


def unit_of_line(raw: Any, row: int) -> Unit | RowFault:
    """The same of a line that names its kind itself: as `image`, or by the key of its array, as `images`."""
    spot = Spot(row, f"line {row}", row)
    if not isinstance(raw, dict):
        return _no_unit(spot, "an object was expected")
    said = raw.pop("kind", None)
    kind = KINDS.get(said) if isinstance(said, str) else None
    if kind is None:
        reason = f"expected one of {', '.join(each.value for each in _MODEL)}"
        return _no_unit(spot, reason, raw, ".kind")
    if kind is not MediaKind.IMAGE_SEQUENCE:
        return unit_of(kind, raw, spot)
    if str(raw.setdefault("createVideo", True)).lower() != "true":
        reason = "an image_sequence becomes a video; say image_group instead"
        return _no_unit(spot, reason, raw, ".createVideo")
    return unit_of(MediaKind.IMAGE_GROUP, raw, spot)


def _no_unit(spot: Spot, reason: str, raw: Mapping[str, Any] | None = None, at: str = "") -> RowFault:
    return RowFault(row=spot.row, path=spot.path + at, reason=reason, urls=_named_urls(raw or {}), line=spot.line)


def _group(kind: MediaKind, raw: dict[str, Any]) -> tuple[MediaKind, dict[str, Any]]:
    raw = gathered(raw, *_GATHERED[kind])
    return _group_kind(raw) if kind is MediaKind.IMAGE_GROUP else (kind, raw)


def _group_kind(raw: dict[str, Any]) -> tuple[MediaKind, dict[str, Any]]:
    """The kind that `createVideo` decides, and the row without it; unreadable, it stays there to be refused."""
    key = "create_video" if "create_video" in raw else "createVideo"
    kind = _CREATE_VIDEO.get(str(raw.get(key, False)).lower())
    if kind is None:
        return MediaKind.IMAGE_GROUP, raw
    return kind, {name: value for name, value in raw.items() if name != key}


def _checked(unit: Unit) -> Unit | RowFault:
    said = unit.client_metadata
    found = metadata_faults(said) if said else ()
    if PLATFORM_KEY in said or LEGACY_KEYFRAMES in said:
        found = (*found, *_mark_faults(unit))
    return _metadata_fault(unit, found) if found else unit


def _mark_faults(unit: Unit) -> list[Fault]:
    try:
        unit.marks()
    except ValidationError as error:
        return faults(error, frame_marks(unit.client_metadata), PLATFORM_KEY)
    return []


def _metadata_fault(unit: Unit, found: Sequence[Fault]) -> RowFault:
    reasons = "; ".join(f"{fault.path}: {fault.reason}" for fault in found[:5])
    path = f"{unit.path}.clientMetadata"
    return RowFault(row=unit.row, path=path, reason=reasons, urls=unit.urls, line=unit.line)


def _second_reading(kind: MediaKind, placed: dict[str, Any], first: ValidationError) -> Unit | RowFault:
    """Read again with other spellings of keys put right: seeds write `audiometadata` (features 0.1, 5)."""
    renamed = {_spelled(key): value for key, value in placed.items()}
    if renamed.keys() == placed.keys() or len(renamed) < len(placed):
        return _fault(placed, first)
    try:
        return _checked(_VALIDATE[kind](renamed))
    except ValidationError as error:
        return _fault(placed, error)


def _spelled(key: str) -> str:
    return _SPELLINGS.get(key) or _SPELLINGS.get(key.lower() if key.lower().endswith("metadata") else "", key)


def _fault(placed: dict[str, Any], error: ValidationError) -> RowFault:
    found = faults(error, placed, placed["$path"])
    reason = "; ".join(f"{fault.path}: {fault.reason}" for fault in found[:5])
    path = found[0].path if found else placed["$path"]
    return RowFault(row=placed["$row"], path=path, reason=reason, urls=_named_urls(placed), line=placed["$line"])


def _named_urls(placed: Mapping[str, Any]) -> tuple[str, ...]:
    keys = [key for key in placed if key in ("objectUrl", "object_url") or key.startswith("objectUrl_")]
    parts = placed.get("images") or placed.get("dicomFiles") or ()
    listed = parts if isinstance(parts, list | tuple) else ()
    named = [placed[key] for key in keys] + [part.get("url") for part in listed if isinstance(part, dict)]
    return tuple(url for url in named if isinstance(url, str))


def gathered(raw: dict[str, Any], field: str, override: str) -> dict[str, Any]:
    """`objectUrl_0...n` of a raw row as a list under `field`; raises Invalid when a number is left out."""
    if not any(key.startswith("objectUrl_") for key in raw):
        return raw
    numbers = sorted(int(found[1]) for key in raw if (found := _NUMBERED.fullmatch(key)))
    for expected, number in enumerate(numbers):
        if number != expected:
            raise Invalid(f"objectUrl_{expected} is missing; the numbers run from 0 without a gap")
    taken = {f"{name}_{number}" for number in numbers for name in ("objectUrl", override)}
    rest = {key: value for key, value in raw.items() if key not in taken}
    return {**rest, field: [_member(raw, number, override) for number in numbers]}


def _member(raw: dict[str, Any], number: int, override: str) -> dict[str, Any]:
    said = raw.get(f"{override}_{number}")
    return {"url": raw[f"objectUrl_{number}"], **({} if said is None else {override: said})}

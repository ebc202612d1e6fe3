"""Facts of DICOM files from their first bytes."""

import math
import struct
import zlib
from collections.abc import Iterator
from io import SEEK_END, BytesIO
from typing import Any, Final

import pydicom
from pydicom.config import IGNORE, settings
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.filereader import read_dataset
from pydicom.multival import MultiValue
from pydicom.tag import Tag

from gloss.domain.errors import Invalid
from gloss.domain.media import Facts
from gloss.probes import dicom_header
from gloss.probes.dicom_elements import Unfamiliar
from gloss.probes.dicom_header import DEFLATED, NAMES, REQUIRED, Header, enough, transfer_syntax
from gloss.probes.inflated import Inflated
from gloss.probes.ranged import Ranges
from gloss.probes.seeming import DICOM, refusal

FIRST_BYTES: Final = 2**15
MAX_UNFAMILIAR: Final = 2**21
_PIXEL_GROUP: Final = (b"\xe0\x7f", b"\x7f\xe0")
_PIXELS: Final = 0x7FE0
_MACROS: Final = ("PlanePositionSequence", "PlaneOrientationSequence", "PixelMeasuresSequence")
_GROUPS: Final = ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")
_BROKEN: Final = (
    *(OSError, EOFError, ValueError, TypeError, KeyError, IndexError, AttributeError),
    *(RuntimeError, ArithmeticError, struct.error, zlib.error, BytesLengthException),
)
_TAGS: Final = tuple(Tag(name) for name in (*NAMES, *_GROUPS))
settings.reading_validation_mode = IGNORE


def probe(file: Ranges) -> Facts:
    """Identity, size, spacing and position of one file, reading on only while the header goes on.

    Raises Invalid for what is no DICOM, or lacks Rows, Columns or one of the three UIDs.
    """
    try:
        header = dicom_header.read(file)
    except Unfamiliar:
        header = by_pydicom(file)
    return facts_of(header, file)


def by_pydicom(file: Ranges) -> Header:
    """The same header as pydicom reads it; raises Invalid for what breaks in it, or is no DICOM."""
    try:
        return _kept(_parsed(file))
    except (InvalidDicomError, Unfamiliar):
        raise refusal(file, DICOM, "is none") from None
    except _BROKEN as error:
        raise Invalid(f"{file.name} is DICOM that breaks in its header: {str(error)[:200]}.") from None


def _parsed(file: Ranges) -> pydicom.Dataset:
    """The first bytes, then four times as many until the pixels begin or the file ends."""
    length = FIRST_BYTES
    while True:
        body = file.read(0, length)
        last = len(body) < length or length >= MAX_UNFAMILIAR
        stream = BytesIO(body)
        try:
            dataset = _read(stream, file)
        except _BROKEN:
            if last:
                raise
        else:
            if last or body[stream.tell() :][:2] in _PIXEL_GROUP:
                return dataset
        length *= 4


def _read(stream: BytesIO, file: Ranges) -> pydicom.Dataset:
    """Only what is wanted; of a deflated file only so much as `Inflated` unpacks."""
    written, at = _transfer_syntax(file)
    if written != DEFLATED:
        return pydicom.dcmread(stream, stop_before_pixels=True, specific_tags=[*_TAGS])
    stream.seek(0, SEEK_END)
    unpacked = BytesIO(Inflated(file, at).read(0, MAX_UNFAMILIAR))
    return read_dataset(unpacked, False, True, stop_when=_at_pixels, specific_tags=[*_TAGS])


def _transfer_syntax(file: Ranges) -> tuple[str, int]:
    try:
        return transfer_syntax(file)
    except Unfamiliar:
        return "", 0


def _at_pixels(tag: int, _vr: str | None, _length: int) -> bool:
    return tag >> 16 == _PIXELS


def _kept(dataset: pydicom.Dataset) -> Header:
    """The wanted values by keyword; groups tell what the image's own elements do not."""
    found = _told(dataset)
    for name in _GROUPS:
        for inner in [] if enough(found) else _macros(dataset, name):
            found = _told(inner) | found
    return found


def _told(dataset: pydicom.Dataset) -> dict[str, Any]:
    return {name: dataset.get(name) for name in NAMES if name in dataset}


def _macros(dataset: pydicom.Dataset, group: str) -> Iterator[pydicom.Dataset]:
    """The macros in the first item of a group, each a sequence of one item."""
    for item in list(dataset.get(group) or ())[:1]:
        for macro in _MACROS:
            yield from list(item.get(macro) or ())[:1]


def facts_of(header: Header, file: Ranges) -> Facts:
    """The facts that a header tells; raises Invalid when it lacks what an image needs, by name."""
    missing = [name for name in REQUIRED if header.get(name) in (None, "")]
    missing += [name for name in ("PatientID",) if name not in header]
    if missing:
        raise Invalid(f"{file.name} is DICOM without {', '.join(missing)}; no image can be shown.")
    try:
        return _facts(header, file)
    except _BROKEN as error:
        raise Invalid(f"{file.name} is DICOM with a tag that cannot be read: {str(error)[:200]}.") from None


def _facts(header: Header, file: Ranges) -> Facts:
    return Facts(
        mime_type="application/dicom",
        size_bytes=file.size,
        width_px=int(header["Columns"]),
        height_px=int(header["Rows"]),
        frame_count=int(header.get("NumberOfFrames") or 1),
        bit_depth=header.get("BitsStored") or header.get("BitsAllocated"),
        num_channels=header.get("SamplesPerPixel"),
        modality=_text(header.get("Modality")),
        spacing_mm=_spacing(header),
        patient_id=_text(header.get("PatientID")),
        study_uid=_text(header["StudyInstanceUID"]),
        series_uid=_text(header["SeriesInstanceUID"]),
        instance_uid=_text(header["SOPInstanceUID"]),
        position_mm=_triple(header.get("ImagePositionPatient")),
        orientation=_six(header.get("ImageOrientationPatient")),
    )


def _spacing(header: Header) -> tuple[float, ...] | None:
    """(column, row, slice): PixelSpacing has the distance of rows first (DICOM C.7.6.3)."""
    between = _floats(header.get("PixelSpacing") or header.get("ImagerPixelSpacing"))
    if len(between) != 2:
        return None
    thick = _floats(header.get("SpacingBetweenSlices")) or _floats(header.get("SliceThickness"))
    return (between[1], between[0], *thick[:1])


def _text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)


def _floats(value: Any) -> tuple[float, ...]:
    """Numbers, all of them finite."""
    if value is None or value == "":
        return ()
    found = tuple(map(float, value if isinstance(value, tuple | MultiValue | list) else [value]))
    if not all(map(math.isfinite, found)):
        raise ValueError(f"{found} are no measures")
    return found


def _triple(value: Any) -> tuple[float, float, float] | None:
    found = _floats(value)
    return (found[0], found[1], found[2]) if len(found) == 3 else None


def _six(value: Any) -> tuple[float, ...] | None:
    found = _floats(value)
    return found if len(found) == 6 else None

"""Facts of DICOM files from their first bytes."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pydicom
from pydicom.config import IGNORE, settings
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.multival import MultiValue

from gloss.domain.errors import Invalid
from gloss.domain.media import Facts
from gloss.probes.ranged import Ranges

FIRST_BYTES = 2**15
MAX_HEADER = 16 * 2**20
_PIXEL_GROUP = (b"\xe0\x7f", b"\x7f\xe0")
_BROKEN = (
    *(OSError, EOFError, ValueError, TypeError, KeyError, IndexError, AttributeError),
    *(RuntimeError, ArithmeticError, struct.error, zlib.error, BytesLengthException),
)
settings.reading_validation_mode = IGNORE
REQUIRED = ("Rows", "Columns", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")


def probe(file: Ranges) -> Facts:
    """Identity, size, spacing and position of one file, reading on only while the header goes on.

    Raises Invalid for what is no DICOM, or lacks Rows, Columns or one of the three UIDs.
    """
    header = _header(file)
    try:
        missing = [name for name in REQUIRED if header.get(name) in (None, "")]
        if missing:
            raise Invalid(f"{file.name} is DICOM without {', '.join(missing)}; no image can be shown.")
        return _facts(header, file)
    except _BROKEN as error:
        raise Invalid(f"{file.name} is DICOM with a tag that cannot be read: {str(error)[:200]}.") from None


def _header(file: Ranges) -> pydicom.Dataset:
    """The file up to its pixels: the first bytes, then four times as many until the pixels begin or the file ends."""
    length = FIRST_BYTES
    while True:
        body = file.read(0, length)
        last = len(body) < length or length >= MAX_HEADER
        header = _parsed(body, file, last)
        if header is not None:
            return header
        length *= 4


def _parsed(body: bytes, file: Ranges, last: bool) -> pydicom.Dataset | None:
    """The header in these bytes; None when it goes on after them."""
    stream = BytesIO(body)
    try:
        header = pydicom.dcmread(stream, stop_before_pixels=True)
    except InvalidDicomError:
        raise Invalid(f"Expected a DICOM file, but {file.name} is none.") from None
    except _BROKEN as error:
        if last:
            raise Invalid(f"{file.name} is DICOM that breaks in its header: {str(error)[:200]}.") from None
        return None
    return header if last or body[stream.tell() :][:2] in _PIXEL_GROUP else None


def _facts(header: pydicom.Dataset, file: Ranges) -> Facts:
    return Facts(
        mime_type="application/dicom",
        size_bytes=file.size,
        width_px=int(header.Columns),
        height_px=int(header.Rows),
        frame_count=int(header.get("NumberOfFrames") or 1),
        bit_depth=header.get("BitsStored") or header.get("BitsAllocated"),
        num_channels=header.get("SamplesPerPixel"),
        modality=_text(header.get("Modality")),
        spacing_mm=_spacing(header),
        patient_id=_text(header.get("PatientID")),
        study_uid=_text(header.StudyInstanceUID),
        series_uid=_text(header.SeriesInstanceUID),
        instance_uid=_text(header.SOPInstanceUID),
        position_mm=_triple(header.get("ImagePositionPatient")),
        orientation=_six(header.get("ImageOrientationPatient")),
    )


def _spacing(header: pydicom.Dataset) -> tuple[float, ...] | None:
    """(column, row, slice): PixelSpacing has the distance of rows first (DICOM C.7.6.3)."""
    between = _floats(header.get("PixelSpacing") or header.get("ImagerPixelSpacing"))
    if len(between) != 2:
        return None
    thick = _floats(header.get("SpacingBetweenSlices")) or _floats(header.get("SliceThickness"))
    return (between[1], between[0], *thick[:1])


def _text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)


def _floats(value: Any) -> tuple[float, ...]:
    if value is None or value == "":
        return ()
    values = value if isinstance(value, MultiValue | list | tuple) else [value]
    return tuple(float(each) for each in values)


def _triple(value: Any) -> tuple[float, float, float] | None:
    found = _floats(value)
    return (found[0], found[1], found[2]) if len(found) == 3 else None


def _six(value: Any) -> tuple[float, ...] | None:
    found = _floats(value)
    return found if len(found) == 6 else None

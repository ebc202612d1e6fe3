"""What Gloss wants of a DICOM header, read element by element; pydicom reads what is written in an unfamiliar way."""

import re
import struct
from collections.abc import Callable, Mapping
from typing import Any, Final

from pydicom.charset import convert_encodings, decode_bytes, python_encoding
from pydicom.valuerep import TEXT_VR_DELIMS

from gloss.probes.dicom_elements import (
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    Elements,
    Head,
    Syntax,
    Unfamiliar,
)
from gloss.probes.inflated import Inflated
from gloss.probes.ranged import BLOCK, Ranges
from gloss.probes.seeming import DICOM, refusal

Header = Mapping[str, Any]
Reading = Callable[[bytes, str], Any]

PREAMBLE: Final = 128
DEFLATED: Final = "1.2.840.10008.1.2.1.99"
_SYNTAXES: Final = {"1.2.840.10008.1.2": IMPLICIT_LITTLE, "1.2.840.10008.1.2.2": EXPLICIT_BIG}
_TRANSFER_SYNTAX: Final = 0x00020010
_BEHIND_IMAGE: Final = 0x00290000
_UID: Final = re.compile(rb"[0-9.]+[\0 ]*")
_CODE: Final = re.compile(rb"[A-Z0-9_]+ ?")
_OF_NUMBERS: Final = b"0123456789.eE+- \\"
_WHOLE: Final = re.compile(rb" *[+-]?[0-9]{1,9} *")
#: Character sets in which the bytes below 128 are ASCII, and which no escape changes midway (DICOM PS3.3 C.12.1.1.2).
_PLAIN_SETS: Final = (
    "",
    "ISO_IR 6",
    "ISO_IR 192",
    *(f"ISO_IR {number}" for number in (100, 101, 109, 110, 126, 127, 138, 144, 148)),
)
_PLAIN_TEXT: Final = re.compile(rb"[\x20-\x5b\x5d-\x7d\x80-\xff]+")


def _uid(raw: bytes, _: str) -> str:
    if not _UID.fullmatch(raw):
        raise Unfamiliar(f"UID {raw!r}")
    return raw.rstrip(b"\0 ").decode()


def _code(raw: bytes, _: str) -> str:
    if not _CODE.fullmatch(raw):
        raise Unfamiliar(f"code {raw!r}")
    return raw.rstrip(b" ").decode()


def _numbers(raw: bytes, _: str) -> tuple[float, ...]:
    try:
        if not raw.translate(None, _OF_NUMBERS):
            return tuple(map(float, raw.split(b"\\")))
    except ValueError:
        pass
    raise Unfamiliar(f"numbers {raw[:40]!r}")


def _whole(raw: bytes, _: str) -> int:
    if not _WHOLE.fullmatch(raw):
        raise Unfamiliar(f"number {raw!r}")
    return int(raw)


def _short(raw: bytes, order: str) -> int:
    if len(raw) != 2:
        raise Unfamiliar(f"{len(raw)} bytes of an unsigned short")
    return int(struct.unpack(order + "H", raw)[0])


def _text(raw: bytes, _: str) -> bytes:
    return raw


#: Tag to name, value representation, and how the value is read (DICOM PS3.6).
_WANTED: Final[dict[int, tuple[str, bytes, Reading]]] = {
    0x00080005: ("SpecificCharacterSet", b"CS", _text),
    0x00080018: ("SOPInstanceUID", b"UI", _uid),
    0x00080060: ("Modality", b"CS", _code),
    0x00100020: ("PatientID", b"LO", _text),
    0x00180050: ("SliceThickness", b"DS", _numbers),
    0x00180088: ("SpacingBetweenSlices", b"DS", _numbers),
    0x00181164: ("ImagerPixelSpacing", b"DS", _numbers),
    0x0020000D: ("StudyInstanceUID", b"UI", _uid),
    0x0020000E: ("SeriesInstanceUID", b"UI", _uid),
    0x00200032: ("ImagePositionPatient", b"DS", _numbers),
    0x00200037: ("ImageOrientationPatient", b"DS", _numbers),
    0x00280002: ("SamplesPerPixel", b"US", _short),
    0x00280008: ("NumberOfFrames", b"IS", _whole),
    0x00280010: ("Rows", b"US", _short),
    0x00280011: ("Columns", b"US", _short),
    0x00280030: ("PixelSpacing", b"DS", _numbers),
    0x00280100: ("BitsAllocated", b"US", _short),
    0x00280101: ("BitsStored", b"US", _short),
}
#: Functional groups of multi-frame files (DICOM C.7.6.16): those of all frames come before those of each frame.
_GROUPS: Final = (0x52009229, 0x52009230)
_MACROS: Final = (0x00209113, 0x00209116, 0x00289110)
#: What the groups say instead of the image's own elements; each macro is a sequence of one item.
GROUPED: Final = ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing")
REQUIRED: Final = ("Rows", "Columns", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
_AT_TOP: Final = frozenset({*_WANTED, *_GROUPS})
NAMES: Final = tuple(name for name, _, _ in _WANTED.values())


def read(file: Ranges) -> Header:
    """The wanted values by keyword; raises Invalid for what is no DICOM, Unfamiliar for what must be read otherwise."""
    if file.read(0, PREAMBLE + 4)[PREAMBLE:] != b"DICM":
        raise refusal(file, DICOM, "is none")
    written, at = transfer_syntax(file)
    if written == DEFLATED:
        return _dataset(Elements(Inflated(file, at)), EXPLICIT_LITTLE, 0)
    return _dataset(Elements(file), _SYNTAXES.get(written, EXPLICIT_LITTLE), at)


def transfer_syntax(file: Ranges) -> tuple[str, int]:
    """How the file is written, and where its dataset begins: behind group 2, which is always explicit."""
    written, at, body = b"", PREAMBLE + 4, file.read(0, BLOCK)
    while body[at : at + 2] == b"\x02\0" and at + 12 <= len(body):
        tag, _, head, length = EXPLICIT_LITTLE.read(body, at)
        at += head
        if tag == _TRANSFER_SYNTAX:
            written = body[at : at + length]
        at += length
    return _uid(written, "<"), at


def _dataset(elements: Elements, syntax: Syntax, at: int) -> Header:
    """The image's own elements, then the groups of a multi-frame file; what lies behind them is not looked at."""
    found: dict[str, Any] = {}
    for head in elements.wanted(elements.dataset(at, syntax), _AT_TOP, _BEHIND_IMAGE):
        if head.tag in _WANTED:
            _keep(found, head, elements.value(head), syntax.order)
        elif head.tag in _GROUPS:
            _keep_group(found, head, elements, syntax)
        if head.tag >= _GROUPS[-1] or (head.tag >= _BEHIND_IMAGE and enough(found)):
            break
    return _with_text(found)


def enough(found: Header) -> bool:
    """Whether the functional groups have nothing to add."""
    return all(name in found for name in (*REQUIRED, *GROUPED))


def _keep(found: dict[str, Any], head: Head, raw: bytes, order: str) -> None:
    name, vr, reading = _WANTED[head.tag]
    if head.vr not in (vr, None, b"UN"):
        raise Unfamiliar(f"{name} as {head.vr!r}")
    found.setdefault(name, reading(raw, order) if raw else None)


def _keep_group(found: dict[str, Any], group: Head, elements: Elements, syntax: Syntax) -> None:
    """Position, orientation and spacing out of the macros in the first item of a group."""
    for item in elements.first_item(group, syntax):
        for macro in elements.wanted(item, _MACROS):
            for inner in elements.first_item(macro, item.syntax):
                for head in elements.wanted(inner, _WANTED):
                    _keep(found, head, elements.value(head), syntax.order)


def _with_text(found: dict[str, Any]) -> Header:
    """The same with its text decoded by the file's own character set."""
    written = (found.pop("SpecificCharacterSet", None) or b"").decode("latin-1").rstrip("\0 ")
    raw = found.get("PatientID")
    if raw:
        found["PatientID"] = _decoded(raw, written).rstrip("\0 ")
    return found


def _decoded(raw: bytes, written: str) -> str:
    """Text in one of the plain sets, or as pydicom decodes it; raises Unfamiliar for several values."""
    try:
        text = _plain(raw, written) or decode_bytes(raw, convert_encodings(written.split("\\")), TEXT_VR_DELIMS)
    except (LookupError, ValueError) as error:
        raise Unfamiliar(str(error)) from None
    if "\\" in text:
        raise Unfamiliar("several values of text")
    return text


def _plain(raw: bytes, written: str) -> str:
    return raw.decode(python_encoding[written]) if written in _PLAIN_SETS and _PLAIN_TEXT.fullmatch(raw) else ""

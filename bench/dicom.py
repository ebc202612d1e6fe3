"""DICOM headers: files a second out of pydicom's own test files, and bytes fetched of a slice of half a megabyte."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pydicom
import pydicom.data
from pydicom.tag import Tag

from bench.measuring import Comparison, per_core_second
from gloss.domain.errors import Invalid
from gloss.probes import dicom
from gloss.probes.ranged import Ranged

TAGS = (
    *("Rows", "Columns", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "Modality", "PatientID"),
    *("PixelSpacing", "ImagePositionPatient", "ImageOrientationPatient"),
)
SPARING = {"stop_before_pixels": True, "specific_tags": [Tag(name) for name in TAGS]}
SIDE_PX = 512


def comparisons() -> Iterator[Comparison]:
    """Speed, then bytes."""
    files = [body for body in shipped() if readable(body)]
    slices = [a_slice(number) for number in range(100)]
    for name, bodies in (
        (f"DICOM headers, {len(files)} files of pydicom", files),
        ("DICOM headers, CT slices", slices),
    ):
        yield speed(name, bodies)
    yield Comparison(
        "DICOM bytes fetched, CT slice of 512 KiB",
        "bytes",
        lambda: sum(fetched(body) for body in slices) / len(slices),
        {"whole file": lambda: sum(map(len, slices)) / len(slices)},
        better="less",
        bar=64 * 1024,
        repeats=1,
    )


def speed(name: str, bodies: list[bytes]) -> Comparison:
    """Ours beside pydicom of the whole file and of these tags only, each looking at the same tags."""
    return Comparison(
        name,
        "files/core s",
        per_core_second(len(bodies), lambda: [fetched(body) for body in bodies]),
        {
            "pydicom, whole file": per_core_second(len(bodies), lambda: [tags(body) for body in bodies]),
            "pydicom, these tags": per_core_second(len(bodies), lambda: [tags(body, **SPARING) for body in bodies]),
        },
        bar=3000,
    )


def shipped() -> Iterator[bytes]:
    """Every test file that pydicom installs."""
    folder = Path(pydicom.data.__file__).parent / "test_files"
    return (path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def readable(body: bytes) -> bool:
    """Whether it is an image with its identity."""
    try:
        fetched(body)
    except Invalid:
        return False
    return True


def a_slice(number: int) -> bytes:
    """A computed-tomography slice that pydicom ships, in the usual size."""
    path = Path(pydicom.data.__file__).parent / "test_files" / "CT_small.dcm"
    slice_ = pydicom.dcmread(path)
    slice_.Rows = slice_.Columns = SIDE_PX
    slice_.PixelData = bytes(SIDE_PX * SIDE_PX * 2)
    slice_.InstanceNumber = number
    file = BytesIO()
    slice_.save_as(file)
    return file.getvalue()


def fetched(body: bytes) -> int:
    """Probe, and say how many bytes it took."""
    file = Ranged("file", lambda start, length: body[start : start + length], lambda: len(body))
    dicom.probe(file)
    return file.bytes_read


def tags(body: bytes, **how: Any) -> list[object]:
    """What pydicom says of the same tags."""
    found = pydicom.dcmread(BytesIO(body), **how)
    return [found.get(tag) for tag in TAGS]

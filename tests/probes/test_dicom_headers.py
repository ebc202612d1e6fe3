"""Our reader of DICOM headers says what pydicom says, of every file that packages ship and of files made at random."""

import gzip
import io
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path

import nibabel
import pydicom
import pydicom.data
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    generate_uid,
)

from gloss.domain.errors import Invalid
from gloss.domain.media import Facts
from gloss.probes import dicom, dicom_header
from gloss.probes.dicom_elements import Unfamiliar
from gloss.probes.ranged import BLOCK, Ranged
from tests.builders_media import a_dicom_file, ranged

SHIPPED = (Path(pydicom.data.__file__).parent, Path(nibabel.__file__).parent / "nicom/tests/data")
SYNTAXES = (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian)
SETS = ("", "ISO_IR 6", "ISO_IR 100", "ISO_IR 192", "ISO_IR 144", "\\ISO 2022 IR 87")


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    """pydicom warns of what is odd in its own test files; that is not what is tested."""
    logging.disable(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    logging.disable(logging.NOTSET)


def shipped() -> list[Path]:
    """The DICOM files of pydicom, its character sets, its palettes and its DICOMDIR trees, and those of nibabel."""
    found = [path for folder in SHIPPED for path in folder.rglob("*") if path.is_file()]
    return sorted(path for path in found if opened(path)[128:132] == b"DICM")


def opened(path: Path) -> bytes:
    body = path.read_bytes()
    return gzip.decompress(body) if path.suffix == ".gz" else body


def by_pydicom(file: Ranged) -> Facts:
    return dicom.facts_of(dicom.by_pydicom(file), file)


def said(file: Ranged, whose: object) -> Facts | str:
    try:
        return dicom.probe(file) if whose is dicom else by_pydicom(file)
    except Invalid as refused:
        return refused.message


def is_familiar(body: bytes) -> bool:
    try:
        dicom_header.read(ranged(body))
    except Unfamiliar:
        return False
    return True


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.name)
def test_every_shipped_file_says_what_pydicom_says(path: Path) -> None:
    body = opened(path)

    assert said(ranged(body), dicom) == said(ranged(body), pydicom)


def test_all_but_a_few_shipped_files_need_no_pydicom() -> None:
    bodies = [opened(path) for path in shipped()]

    familiar = sum(map(is_familiar, bodies))

    assert len(bodies) > 180
    assert familiar / len(bodies) > 0.9


def numbers(count: int) -> st.SearchStrategy[list[float]]:
    return st.lists(st.floats(-900, 900).map(lambda value: round(value, 6)), min_size=count, max_size=count)


@st.composite
def datasets(draw: st.DrawFn, depth: int = 2) -> Dataset:
    """What a scanner might write around the elements that are wanted: private groups, nested sequences, odd text."""
    made = Dataset()
    made.add_new(0x00091001, "UN", draw(st.binary(max_size=40).map(lambda body: body + b"\0" * (len(body) % 2))))
    made.add_new(0x00081030, "LO", draw(st.text("abc XYZ^=", max_size=20)))
    made.add_new(0x00291010, "OB", draw(st.sampled_from([b"", b"\xff" * 10, b"\0" * 70_000])))
    if depth:
        items = draw(st.lists(datasets(depth=depth - 1), max_size=3))
        for item in items:
            item.is_undefined_length_sequence_item = draw(st.booleans())
        made.add_new(0x00081140, "SQ", items)
        made[0x00081140].is_undefined_length = draw(st.booleans())
    return made


@st.composite
def images(draw: st.DrawFn) -> bytes:
    made = draw(datasets())
    made.SpecificCharacterSet = draw(st.sampled_from(SETS)).split("\\")
    made.SOPInstanceUID, made.StudyInstanceUID, made.SeriesInstanceUID = (generate_uid() for _ in range(3))
    made.Modality, made.Rows, made.Columns = draw(st.sampled_from(["CT", "MR", ""])), draw(st.integers(0, 65535)), 7
    made.PatientID = draw(st.text("ab 19-_~\\", max_size=12))
    made.NumberOfFrames = draw(st.sampled_from([None, 1, 30]))
    for name, count in (("ImagePositionPatient", 3), ("ImageOrientationPatient", 6), ("PixelSpacing", 2)):
        if draw(st.booleans()):
            setattr(made, name, draw(numbers(count)))
    made.SharedFunctionalGroupsSequence = draw(st.lists(groups(), max_size=2))
    made.PerFrameFunctionalGroupsSequence = draw(st.lists(groups(), max_size=3))
    return written(made, draw(st.sampled_from(SYNTAXES)))


@st.composite
def groups(draw: st.DrawFn) -> Dataset:
    made, position, measures = Dataset(), Dataset(), Dataset()
    position.ImagePositionPatient = draw(numbers(3))
    measures.PixelSpacing, measures.SliceThickness = draw(numbers(2)), draw(st.sampled_from([None, 2.5]))
    if draw(st.booleans()):
        made.PlanePositionSequence = [position]
    if draw(st.booleans()):
        made.PixelMeasuresSequence = [measures] if draw(st.booleans()) else []
    return made


def written(made: Dataset, syntax: UID) -> bytes:
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID, made.file_meta.MediaStorageSOPClassUID = syntax, generate_uid()
    made.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    made.PixelData, made.BitsAllocated, made.BitsStored, made.SamplesPerPixel = b"\0" * 40, 16, 12, 1
    made["PixelData"].VR = "OW"
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, made, enforce_file_format=True)
    return buffer.getvalue()


@settings(max_examples=150, deadline=None)
@given(images())
def test_files_of_every_syntax_say_what_pydicom_says(body: bytes) -> None:
    assert said(ranged(body), dicom) == said(ranged(body), pydicom)


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: syntax.name)
def test_every_syntax_is_read_without_pydicom(syntax: UID) -> None:
    body = written(pydicom.dcmread(io.BytesIO(a_dicom_file("CT_small.dcm"))), syntax)

    assert is_familiar(body)
    assert dicom.probe(ranged(body)).spacing_mm == (0.661468, 0.661468, 5.0)


def test_large_private_elements_are_passed_without_being_fetched() -> None:
    made = pydicom.dcmread(io.BytesIO(a_dicom_file("CT_small.dcm")))
    made.add_new(0x00091001, "OB", b"\0" * 3_000_000)
    file = ranged(written(made, ExplicitVRLittleEndian))

    assert dicom.probe(file).series_uid == made.SeriesInstanceUID
    assert file.bytes_read <= 2 * BLOCK


def test_groups_of_a_multi_frame_file_tell_position_and_spacing() -> None:
    facts = dicom.probe(ranged(a_dicom_file("liver_1frame.dcm")))

    assert (facts.frame_count, facts.spacing_mm) == (1, (0.810547, 0.810547, 1.0))
    assert facts.position_mm == (-235.2, -226.8, -128.69)


def test_a_deflated_file_that_unpacks_without_end_is_refused() -> None:
    made = pydicom.dcmread(io.BytesIO(a_dicom_file("CT_small.dcm")))
    made.add_new(0x00091001, "OB", b"\0" * 40_000_000)
    file = ranged(written(made, DeflatedExplicitVRLittleEndian))

    with pytest.raises(Invalid, match="more than 16 MiB"):
        dicom.probe(file)


def test_numbers_that_are_no_measures_are_refused() -> None:
    body = a_dicom_file("CT_small.dcm").replace(b"0.661468", b"1e999999")

    with pytest.raises(Invalid, match="cannot be read"):
        dicom.probe(ranged(body))


@pytest.mark.parametrize("name", ["PatientID", "Rows", "SeriesInstanceUID"])
def test_a_missing_tag_is_named(name: str) -> None:
    made = pydicom.dcmread(io.BytesIO(a_dicom_file("CT_small.dcm")))
    delattr(made, name)

    with pytest.raises(Invalid, match=f"without {name}"):
        dicom.probe(ranged(written(made, ExplicitVRLittleEndian)))

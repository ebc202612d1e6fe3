"""Every probe reads the facts of real files, and refuses with a reason what is not what it seems."""

import gzip
import io
from itertools import product
from pathlib import Path
from typing import Any

import nibabel
import pytest
from PIL import Image

from gloss.domain.errors import Invalid
from gloss.domain.series import series
from gloss.probes import dicom, image, nifti, pdf, streams, text
from gloss.probes.ranged import BLOCK, Ranged
from tests.builders_media import (
    a_dicom_file,
    a_far_moov,
    a_packed_pdf,
    a_pdf,
    a_png_header,
    a_recording,
    a_sound,
    a_video,
    an_image,
    dicom_files,
    nibabel_files,
    ranged,
)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "BMP", "TIFF"])
def test_images_of_every_format_tell_their_size(form: str) -> None:
    facts = image.probe(ranged(an_image(form, (640, 400))))

    assert (facts.width_px, facts.height_px, facts.num_channels) == (640, 400, 3)
    assert facts.mime_type == f"image/{form.lower()}"


def test_only_the_head_of_a_large_image_is_fetched() -> None:
    body = an_image("BMP", (2000, 1000))
    file = ranged(body)

    facts = image.probe(file)

    assert facts.size_bytes == len(body) > 5_000_000
    assert file.bytes_read == BLOCK


@pytest.mark.parametrize("body", [b"", b"hello", b"\x89PNG\r\n\x1a\n", an_image()[:20], a_sound(), b"II*\0\xff\xff"])
def test_what_is_no_image_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid, match="Expected an image, but s3://bucket/file"):
        image.probe(ranged(body))


Image.init()
PILLOW = [{}, {"lossless": True}, {"save_all": True, "append_images": [Image.new("RGB", (37, 21), 5)]}]


@pytest.mark.parametrize("options", PILLOW, ids=["plain", "lossless", "animated"])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P", "1", "CMYK", "LA", "I;16"])
@pytest.mark.parametrize("form", image.FORMATS)
def test_headers_say_what_pillow_says(form: str, mode: str, options: dict[str, Any]) -> None:
    body = saved(form, mode, options)

    facts = image.probe(ranged(body))

    with Image.open(io.BytesIO(body)) as oracle:
        assert (facts.width_px, facts.height_px) == oracle.size
        assert facts.num_channels == len(oracle.getbands())


def saved(form: str, mode: str, options: dict[str, Any]) -> bytes:
    """As Pillow writes it; a mode or an option that the format does not have is left out."""
    buffer = io.BytesIO()
    try:
        Image.new(mode, (37, 21)).save(buffer, form, **options)
    except (OSError, ValueError, KeyError, RuntimeError):
        Image.new("RGB", (37, 21)).save(buffer := io.BytesIO(), form)
    return buffer.getvalue()


@pytest.mark.parametrize("left", [0.5, 0.9, 0.999])
@pytest.mark.parametrize("form", image.FORMATS)
def test_an_image_that_is_cut_off_is_refused(form: str, left: float) -> None:
    body = an_image(form, (300, 200))

    with pytest.raises(Invalid, match=r"Expected an image, but s3://bucket/file"):
        image.probe(ranged(body[: int(len(body) * left)]))


@pytest.mark.parametrize("form", image.FORMATS)
def test_an_image_costs_its_first_and_last_block_at_most(form: str) -> None:
    file = ranged(an_image(form, (1200, 900)))

    image.probe(file)

    assert file.bytes_read <= 2 * BLOCK


@pytest.mark.parametrize("side", [40_000, 65_000, 1_000_000])
def test_a_gigapixel_header_is_refused_without_reading_pixels(side: int) -> None:
    with pytest.raises(Invalid, match="pixels"):
        image.probe(ranged(a_png_header(side, side)))


@pytest.mark.parametrize("options", [{}, {"movflags": "faststart"}])
def test_a_video_tells_rate_frames_and_duration(options: dict[str, str]) -> None:
    facts = streams.probe_video(ranged(a_video(frames=30, fps=10, size=(64, 48), **options)))

    assert (facts.fps, facts.frame_count, facts.duration_s) == (10.0, 30, 3.0)
    assert (facts.width_px, facts.height_px, facts.codec, facts.mime_type) == (64, 48, "h264", "video/mp4")


def test_a_moov_behind_fifty_megabytes_costs_three_requests() -> None:
    body, asked = a_far_moov(50 * 2**20), []
    file = Ranged("s3://b/x.mp4", lambda at, length: asked.append(at) or body[at : at + length], lambda: len(body))

    facts = streams.probe_video(file)

    assert (facts.frame_count, len(asked)) == (30, 3)
    assert file.bytes_read <= 4 * BLOCK


@pytest.mark.parametrize(
    ("form", "codec", "mime"),
    [("mov", "libx264", "video/quicktime"), ("mkv", "libx264", "video/x-matroska"), ("webm", "libvpx", "video/webm")],
)
def test_every_container_of_videos_is_read(form: str, codec: str, mime: str) -> None:
    facts = streams.probe_video(ranged(a_recording(form, codec), f"s3://b/x.{form}"))

    assert (facts.mime_type, facts.width_px, facts.fps, facts.frame_count) == (mime, 64, 10.0, 10)


@pytest.mark.parametrize(("form", "codec"), [("mp3", "libmp3lame"), ("wav", "pcm_s16le"), ("flac", "flac")])
def test_every_container_of_sound_is_read(form: str, codec: str) -> None:
    facts = streams.probe_audio(ranged(a_recording(form, codec), f"s3://b/x.{form}"))

    assert (facts.sample_rate_hz, facts.num_channels) == (48_000, 2)
    assert facts.duration_s == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("body", [b"", b"hello" * 99, a_video()[:500], an_image(), a_sound()])
def test_what_is_no_video_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid, match="s3://bucket/file"):
        streams.probe_video(ranged(body))


def test_a_sound_tells_rate_depth_channels_and_duration() -> None:
    facts = streams.probe_audio(ranged(a_sound(0.5, 8000, 2), "a.wav"))

    assert (facts.sample_rate_hz, facts.bit_depth, facts.num_channels, facts.duration_s) == (8000, 16, 2, 0.5)
    assert (facts.codec, facts.mime_type) == ("pcm_s16le", "audio/wav")


def test_a_silent_video_is_no_sound() -> None:
    with pytest.raises(Invalid, match="has no sound"):
        streams.probe_audio(ranged(a_video()))


@pytest.mark.parametrize("body", [a_pdf(7), a_packed_pdf(7), a_pdf(7, owner="mine")], ids=["plain", "packed", "owned"])
def test_a_pdf_tells_its_pages(body: bytes) -> None:
    assert pdf.probe(ranged(body)).num_pages == 7


@pytest.mark.parametrize(
    ("body", "reason"),
    [(a_pdf(1, "secret"), "password"), (b"hello", "does not begin"), (b"%PDF-1.7\n", "cut off")],
)
def test_a_pdf_that_cannot_be_opened_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        pdf.probe(ranged(body))


@pytest.mark.parametrize(
    ("name", "mime"),
    [("a.html", "text/html"), ("A.JSON", "application/json"), ("a.xml", "application/xml"), ("a", "text/plain")],
)
def test_a_text_has_its_type_by_name(name: str, mime: str) -> None:
    facts = text.probe(ranged(b"words", name))

    assert (facts.mime_type, facts.size_bytes) == (mime, 5)


def test_a_binary_file_is_no_text() -> None:
    with pytest.raises(Invalid, match="is a PNG image"):
        text.probe(ranged(an_image()))
    with pytest.raises(Invalid, match="is binary"):
        text.probe(ranged(bytes(9)))


PROBES = {
    "an image": image.probe,
    "a video": streams.probe_video,
    "an audio file": streams.probe_audio,
    "a PDF": pdf.probe,
    "a NIfTI volume": nifti.probe,
    "a DICOM file": dicom.probe,
}
OTHERS = {
    "a PDF": a_pdf(1),
    "a ZIP archive": b"PK\x03\x04" + bytes(600),
    "an HTML page": b"\r\n<!DOCTYPE html><title>Sign in</title>" + b" " * 600,
    "an XML text": b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
    "a gzip archive": gzip.compress(b"hello" * 300, mtime=0),
    "empty": b"",
}


ALIKE = {("a PDF", "a PDF"), ("a NIfTI volume", "a gzip archive")}


@pytest.mark.parametrize(("wanted", "seeming"), [pair for pair in product(PROBES, OTHERS) if pair not in ALIKE])
def test_what_is_something_else_is_called_by_its_name(wanted: str, seeming: str) -> None:
    with pytest.raises(Invalid, match=f"^Expected {wanted}, but s3://bucket/file is {seeming}."):
        PROBES[wanted](ranged(OTHERS[seeming]))


def test_a_broken_file_of_the_wanted_kind_is_not_called_another() -> None:
    with pytest.raises(Invalid, match="cannot be read as one"):
        streams.probe_video(ranged(b"\0\0\0\x18ftypmp42" + bytes(40)))


@pytest.mark.parametrize("path", nibabel_files(), ids=lambda path: path.name)
def test_volumes_agree_with_nibabel(path: Path) -> None:
    facts, oracle = nifti.probe(ranged(path.read_bytes())), nibabel.load(path)

    assert facts.shape == oracle.shape
    assert facts.spacing_mm == pytest.approx(oracle.header.get_zooms()[:3])
    assert facts.bit_depth == oracle.header.get_data_dtype().itemsize * 8


@pytest.mark.parametrize("body", [b"", b"x" * 400, gzip.compress(b"hello", mtime=0), b"\x1f\x8b" + b"z" * 400])
def test_what_is_no_volume_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid, match="s3://bucket/file"):
        nifti.probe(ranged(body))


def test_a_dicom_file_tells_identity_and_geometry() -> None:
    facts = dicom.probe(ranged(a_dicom_file("CT_small.dcm")))

    assert (facts.modality, facts.width_px, facts.height_px) == ("CT", 128, 128)
    assert facts.spacing_mm == (0.661468, 0.661468, 5.0)
    assert facts.series_uid is not None


def test_frames_of_a_multi_frame_file_are_counted() -> None:
    assert dicom.probe(ranged(a_dicom_file("examples_ybr_color.dcm"))).frame_count == 30


def test_a_dicom_header_costs_at_most_two_blocks() -> None:
    file = ranged(a_dicom_file("CT_small.dcm"))

    dicom.probe(file)

    assert file.bytes_read <= 2 * BLOCK


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "is empty"),
        (b"x" * 200, "is none"),
        (an_image(), "is a PNG image"),
        (a_dicom_file("rtplan.dcm"), "without"),
        (a_dicom_file("CT_small.dcm")[:600], "DICOM"),
    ],
)
def test_what_shows_no_image_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        dicom.probe(ranged(body))


def test_a_series_is_sorted_along_its_normal() -> None:
    files = [dicom.probe(ranged(body)) for body in dicom_files()]

    found = series(files[::-1])
    again = series(files)

    assert [files[::-1][at].instance_uid for at in found.order] == [files[at].instance_uid for at in again.order]
    assert found.facts.frame_count == 7
    assert found.facts.series_uid == files[0].series_uid


def test_files_of_two_series_are_refused_with_their_counts() -> None:
    files = [dicom.probe(ranged(body)) for body in dicom_files()]
    other = files[0].model_copy(update={"series_uid": "1.2.3"})

    with pytest.raises(Invalid, match=r"2 series: .*\(7 files\), 1.2.3 \(1 files\)"):
        series([*files, other])


def test_a_header_that_never_ends_is_given_up() -> None:
    file = Ranged("s3://b/x", lambda _start, length: b"\0" * length, lambda: 2**40)

    with pytest.raises(Invalid, match="32 MiB"):
        file.read(0, 70 * 2**20)

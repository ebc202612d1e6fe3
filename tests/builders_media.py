"""Real media made on the spot by real encoders, and ranges over them."""

import io
import struct
import wave
import zlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np
from PIL import Image
from pypdf import PdfWriter

from gloss.probes.ranged import Ranged


def ranged(body: bytes, name: str = "s3://bucket/file") -> Ranged:
    """Ranges over bytes, as an object store would serve them."""
    return Ranged(name, lambda start, length: body[start : start + length], lambda: len(body))


def an_image(form: str = "PNG", size: tuple[int, int] = (64, 48), mode: str = "RGB", shade: int = 120) -> bytes:
    """A noisy image, so that it does not compress to nothing."""
    noise = np.random.default_rng(shade).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).convert(mode).save(buffer, form)
    return buffer.getvalue()


def a_png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to no pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b"\0" * 64))
        + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def a_video(frames: int = 30, fps: int = 10, size: tuple[int, int] = (64, 48), **options: str) -> bytes:
    """An H.264 video in MP4; its `moov` is at the end unless movflags=faststart."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "made.mp4"
        _encode(path, frames, fps, size, options)
        return path.read_bytes()


def _encode(path: Path, frames: int, fps: int, size: tuple[int, int], options: dict[str, str]) -> None:
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for number in range(frames):
            image = Image.new("RGB", size, (number * 7 % 255, 80, 120))
            container.mux(stream.encode(av.VideoFrame.from_image(image)))
        container.mux(stream.encode())


def a_far_moov(behind: int) -> bytes:
    """A video whose `moov` lies at the end, behind so many bytes."""
    body = a_video()
    at = body.index(b"moov") - 4
    return body[:at] + struct.pack(">I", 8 + behind) + b"free" + bytes(behind) + body[at:]


def a_recording(form: str, codec: str, seconds: float = 1.0) -> bytes:
    """Silence of two channels at 48 kHz, or for a codec of pictures gray frames at 10 a second, in any container."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"made.{form}"
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=10 if codec in ("libvpx", "libx264") else 48_000)
            for frame in _silence(seconds) if stream.type == "audio" else _gray(stream, seconds):
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path.read_bytes()


def _silence(seconds: float) -> Iterator[av.AudioFrame]:
    for number in range(int(seconds * 48_000) // 960):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 960 * 2), np.int16), "s16", "stereo")
        frame.sample_rate, frame.pts = 48_000, number * 960
        yield frame


def _gray(stream: Any, seconds: float) -> Iterator[av.VideoFrame]:
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    for number in range(int(seconds * 10)):
        yield av.VideoFrame.from_image(Image.new("RGB", (64, 48), (number, number, number)))


def a_sound(seconds: float = 0.5, rate_hz: int = 8000, channels: int = 2) -> bytes:
    """16-bit WAV."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes(b"\0\1" * int(seconds * rate_hz) * channels)
    return buffer.getvalue()


def a_pdf(pages: int = 3, password: str | None = None, owner: str | None = None) -> bytes:
    """Blank pages; `owner` keeps others from printing only, `password` from opening."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 100)
    if password or owner:
        writer.encrypt(password or "", owner)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def a_packed_pdf(pages: int) -> bytes:
    """A PDF 1.5 whose catalogue and page tree lie in an object stream, found by a cross-reference stream."""
    first, second = b"<< /Type /Catalog /Pages 2 0 R >> ", b"<< /Type /Pages /Kids [] /Count %d >>" % pages
    index = b"1 0 2 %d " % len(first)
    objects = zlib.compress(index + first + second)
    form = b"<< /Type /ObjStm /N 2 /First %d /Filter /FlateDecode /Length %d >>" % (len(index), len(objects))
    body = b"%PDF-1.5\n" + b"3 0 obj\n" + form + b"\nstream\n" + objects + b"\nendstream\nendobj\n"
    rows = [(0, 0, 255), (2, 3, 0), (2, 3, 1), (1, 9, 0), (1, len(body), 0)]
    table = zlib.compress(b"".join(struct.pack(">BHB", *row) for row in rows))
    form = b"<< /Type /XRef /Size 5 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode /Length %d >>" % len(table)
    end = b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + b"4 0 obj\n" + form + b"\nstream\n" + table + end


def dicom_files(folder: str = "dicomdirtests/98892003/MR700") -> list[bytes]:
    """A magnetic-resonance series of seven slices that pydicom ships (MIT)."""
    import pydicom.data

    root = Path(pydicom.data.__file__).parent / "test_files"
    return [path.read_bytes() for path in sorted((root / folder).iterdir())]


def a_dicom_file(name: str) -> bytes:
    """One of pydicom's own test files (MIT)."""
    import pydicom.data

    return (Path(pydicom.data.__file__).parent / "test_files" / name).read_bytes()


def nibabel_files() -> list[Path]:
    """The volumes that nibabel ships (MIT); CIFTI matrices are none."""
    import nibabel

    found = (Path(nibabel.__file__).parent / "tests/data").glob("*.nii*")
    return sorted(path for path in found if "conn" not in path.name)

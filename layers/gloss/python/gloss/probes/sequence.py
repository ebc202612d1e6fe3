"""Images in, one H.264 video out: how an image sequence is made, at once or in segments that are joined."""

import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import av
from PIL import Image

from gloss.domain.errors import Invalid
from gloss.domain.media import Facts
from gloss.probes.image import FORMATS

FPS = 1
MAX_PIXELS = 64_000_000
BROKEN = (
    *(OSError, EOFError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError),
    *(RuntimeError, ArithmeticError, struct.error, Image.DecompressionBombError),
)
_FRAME: Any = av.VideoFrame


class Rendered(NamedTuple):
    """A video in a file that is gone afterwards, and its facts."""

    path: Path
    facts: Facts


Size = tuple[int, int]


@contextmanager
def rendered(images: Iterable[tuple[str, bytes]], size: Size | None = None) -> Iterator[Rendered]:
    """The named images as frames of one MP4, one second each, in a size or the first image's; raises Invalid by name.

    One image is held at a time, and the video never: the encoder looks at no frame ahead.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sequence.mp4"
        made, count = _encode(path, images, size)
        yield Rendered(path, _facts(path, made, count))


@contextmanager
def joined(segments: Iterable[Path]) -> Iterator[Rendered]:
    """One MP4 of the frames of several that `rendered` made in one size, in order; nothing is encoded anew.

    Each begins with a key frame and refers to none of another, so that their packets stand as they are.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "joined.mp4"
        size, count = _join(path, segments)
        yield Rendered(path, _facts(path, size, count))


def size_of(name: str, body: bytes) -> Size:
    """Width and height that a sequence has whose first image this is; raises Invalid by name."""
    return _decoded(name, body).size


def _join(path: Path, segments: Iterable[Path]) -> tuple[Size, int]:
    count, size, stream = 0, (0, 0), None
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        for segment in segments:
            with av.open(str(segment)) as film:
                source: Any = film.streams.video[0]
                if stream is None:
                    stream = container.add_stream_from_template(source)
                    size = source.width, source.height
                count += _copied(film.demux(source), count, stream, container)
    return size, count


def _copied(packets: Iterable[Any], first: int, stream: Any, container: Any) -> int:
    """Write packets behind so many frames; answers their number. The last of a file is empty and has no time."""
    copied = 0
    for packet in packets:
        if packet.dts is None:
            continue
        shift = int(first / FPS / packet.time_base)
        packet.pts, packet.dts, packet.stream = packet.pts + shift, packet.dts + shift, stream
        container.mux(packet)
        copied += 1
    return copied


def _facts(path: Path, size: Size, count: int) -> Facts:
    return Facts(
        mime_type="video/mp4",
        size_bytes=path.stat().st_size,
        width_px=size[0],
        height_px=size[1],
        fps=float(FPS),
        frame_count=count,
        duration_s=count / FPS,
        codec="h264",
        container="mp4",
    )


def _encode(path: Path, images: Iterable[tuple[str, bytes]], wanted: Size | None) -> tuple[Size, int]:
    size, count = wanted or (0, 0), 0
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream: Any = None
        for name, body in images:
            image = _decoded(name, body)
            if stream is None:
                size = wanted or image.size
                stream = _stream(container, size)
            frame = _FRAME.from_image(image if image.size == size else image.resize(size))
            frame.pts, count = count, count + 1
            frame.time_base = Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return size, count


def _stream(container: Any, size: Size) -> Any:
    """H.264 halves colour in both directions only where both sides are even."""
    stream = container.add_stream("libx264", rate=FPS)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv444p" if size[0] % 2 or size[1] % 2 else "yuv420p"
    stream.time_base = Fraction(1, FPS)
    stream.options = {"crf": "18", "preset": "veryfast", "tune": "zerolatency"}
    return stream


def _decoded(name: str, body: bytes) -> Image.Image:
    try:
        image = Image.open(BytesIO(body), formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            raise Invalid(f"{name} has more than {MAX_PIXELS:,} pixels; a sequence of such images cannot be rendered.")
        return image.convert("RGB")
    except BROKEN:
        raise Invalid(f"Expected an image, but {name} cannot be read as one.") from None

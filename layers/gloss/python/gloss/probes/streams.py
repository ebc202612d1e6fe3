"""Facts of video and audio files, asked of a demuxer over a ranged file; `moov` may be at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CDLL, c_size_t
from functools import cache
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError

from gloss.domain.errors import Invalid
from gloss.domain.media import Facts
from gloss.domain.sampling import frame_total
from gloss.probes.ranged import RangedFile, Ranges
from gloss.probes.seeming import AUDIO, VIDEO, refusal

_MIME = {
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "matroska": "video/x-matroska",
    "webm": "video/webm",
    "avi": "video/x-msvideo",
}
_AUDIO_MIME = {"mp3": "audio/mpeg", "wav": "audio/wav", "flac": "audio/flac", "ogg": "audio/ogg", "mp4": "audio/mp4"}
_DEPTH = {"u8": 8, "s16": 16, "s32": 32, "flt": 32, "dbl": 64, "s64": 64}
_STILL = "_pipe"  # how FFmpeg calls the readers of single images
_MICROSECONDS = 1_000_000
#: A table of half a million samples; a few bytes of MP4 can ask for one of a hundred million.
MAX_ALLOCATION = 12 * 2**20
MAX_STREAMS = 8
_LIMITS = {"max_streams": str(MAX_STREAMS), "probesize": str(2**21), "analyzeduration": "5000000"}
#: A header tells all of a sound; a tenth of a second is looked at where it does not, as in MP3.
_OF_AUDIO = {**_LIMITS, "analyzeduration": "100000"}


def probe_video(file: Ranges) -> Facts:
    """Container, codec, size, frames a second, frames and duration; raises Invalid for what is no video."""
    with _opened(file, VIDEO, _LIMITS) as container:
        stream = next(iter(container.streams.video), None)
        if stream is None or not getattr(stream, "width", 0):
            raise Invalid(f"Expected a video, got a file of type {_form(container, file)}: {file.name}.")
        if container.format.name.endswith(_STILL):
            raise Invalid(f"Expected a video, got an image of type {_form(container, file)}: {file.name}.")
        return _video_facts(container, stream, file)


def probe_audio(file: Ranges) -> Facts:
    """Container, codec, sample rate, depth, channels and duration; raises Invalid for what has no sound."""
    with _opened(file, AUDIO, _OF_AUDIO) as container:
        stream = next(iter(container.streams.audio), None)
        if stream is None or not getattr(stream, "rate", 0):
            raise Invalid(f"Expected an audio file, but {file.name} has no sound; it is {container.format.name}.")
        form = _form(container, file)
        return Facts(
            mime_type=_AUDIO_MIME.get(form, f"audio/{form}"),
            size_bytes=file.size,
            duration_s=_duration(container, stream),
            codec=stream.codec_context.name,
            container=form,
            sample_rate_hz=stream.rate,
            bit_depth=_depth(stream),
            num_channels=stream.channels,
        )


@cache
def _bound_memory() -> None:
    """No single allocation of FFmpeg's in this process may be larger; nothing is decoded where files are probed."""
    library = next((Path(av.__file__).parent.parent / "av.libs").glob("libavutil*"))
    CDLL(str(library)).av_max_alloc(c_size_t(MAX_ALLOCATION))


@contextmanager
def _opened(file: Ranges, wanted: str, limits: dict[str, str]) -> Iterator[Any]:
    _bound_memory()
    try:
        with av.open(RangedFile(file), mode="r", options=limits, metadata_errors="ignore") as container:
            yield container
    except MemoryError:
        reason = f"it has more than {MAX_STREAMS} streams, or one of more samples than are taken"
        raise Invalid(f"Expected {wanted}, but {file.name} cannot be read as one: {reason}.") from None
    except FFmpegError as error:
        raise refusal(file, wanted, f"cannot be read as one: {error.strerror or 'it cannot be read'}") from None


def _video_facts(container: Any, stream: Any, file: Ranges) -> Facts:
    fps = float(stream.average_rate or stream.guessed_rate or 0)
    duration = _duration(container, stream)
    if fps <= 0 or not duration:
        raise Invalid(f"{file.name} says neither how long it is nor how many frames a second it has.")
    form = _form(container, file)
    return Facts(
        mime_type=_MIME.get(form, f"video/{form}"),
        size_bytes=file.size,
        width_px=stream.width,
        height_px=stream.height,
        fps=fps,
        frame_count=stream.frames or max(1, frame_total(fps, duration)),
        duration_s=duration,
        codec=stream.codec_context.name,
        container=form,
    )


def _duration(container: Any, stream: Any) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / _MICROSECONDS if container.duration else None


def _form(container: Any, file: Ranges) -> str:
    """One name of a container that FFmpeg names by a list."""
    names = container.format.name.split(",")
    if "webm" in names and file.name.lower().endswith(".webm"):
        return "webm"
    if "mov" in names and file.name.lower().endswith(".mov"):
        return "mov"
    return "mp4" if "mp4" in names else str(names[0]).removesuffix(_STILL)


def _depth(stream: Any) -> int | None:
    coded = getattr(stream.codec_context, "bits_per_coded_sample", 0)
    return coded or _DEPTH.get(str(stream.format.name).rstrip("p")) if stream.format else coded or None

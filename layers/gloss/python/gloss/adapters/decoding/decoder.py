"""Port Decoder: the wanted frames of a data unit, whatever its kind."""

import io
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, cast

from gloss.adapters.decoding import pictures, video, volumes
from gloss.adapters.decoding.ranged import RangedFile
from gloss.domain.decoding import Bare, Broken, Decoded, Read
from gloss.domain.errors import GlossError, Invalid
from gloss.domain.media import Frame, MediaKind
from gloss.domain.metrics.pixels import Pixels
from gloss.domain.units import Part, Unit
from gloss.ports import Media

MOST_BYTES = 512 * 1024 * 1024
_FILMS = frozenset({MediaKind.VIDEO, MediaKind.IMAGE_SEQUENCE})
_SILENT = {
    MediaKind.AUDIO: "sound has no picture",
    MediaKind.PDF: "PDF pages are not drawn",
    MediaKind.TEXT: "text has no picture",
    MediaKind.TIME_SERIES: "a time series has no picture",
    MediaKind.DATA_GROUP: "a data group has no picture of its own",
}


class MediaDecoder:
    """Reads with the integration of each file, in order of frames; what fails fails for its frame alone."""

    def __init__(self, media_of: Callable[[str | None], Media]) -> None:
        self._media_of = media_of

    def frames(self, unit: Unit) -> Iterator[Read]:
        """One answer for each wanted frame."""
        if unit.kind in _SILENT:
            return (Bare(frame, _SILENT[unit.kind]) for frame in unit.wanted)
        return self._film(unit) if unit.kind in _FILMS else self._stills(unit)

    def _film(self, unit: Unit) -> Iterator[Read]:
        missing = set(unit.wanted)
        reason = "the video ends before this frame"
        try:
            for shot in video.shots(self._file(unit.part(0)), unit.wanted):
                missing.discard(shot.frame)
                yield Decoded(shot.frame, shot.pixels, shot.timestamp_s)
        except GlossError as broken:
            reason = broken.message
        yield from (Broken(frame, reason) for frame in sorted(missing))

    def _stills(self, unit: Unit) -> Iterator[Read]:
        for frame in unit.wanted:
            yield self._still(unit, frame)

    def _still(self, unit: Unit, frame: Frame) -> Read:
        try:
            return Decoded(frame, _READERS[unit.kind](self._whole(unit.part(frame)), unit.frame_in_file(frame)))
        except volumes.Unread as unread:
            return Bare(frame, str(unread))
        except GlossError as broken:
            return Broken(frame, broken.message)

    def _whole(self, part: Part) -> bytes:
        media, url = self._media_of(part.integration_id), _url(part)
        size = media.size(url)
        if size > MOST_BYTES:
            raise Invalid(f"the file has {size} bytes; at most {MOST_BYTES} are read")
        return media.read(url, 0, size)

    def _file(self, part: Part) -> BinaryIO:
        raw = RangedFile(self._media_of(part.integration_id), _url(part))
        return cast(BinaryIO, io.BufferedReader(raw, 256 * 1024))


def _url(part: Part) -> str:
    if part.url is None:
        raise Invalid("the item has no file")
    return part.url


def _picture(body: bytes, _frame: Frame) -> Pixels:
    return pictures.decode(body)


_READERS: Mapping[MediaKind, Callable[[bytes, Frame], Pixels]] = {
    MediaKind.IMAGE: _picture,
    MediaKind.IMAGE_GROUP: _picture,
    MediaKind.DICOM_FILE: volumes.dicom_slice,
    MediaKind.DICOM_SERIES: volumes.dicom_slice,
    MediaKind.NIFTI: volumes.nifti_slice,
}

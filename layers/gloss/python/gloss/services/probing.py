"""From a unit of a manifest to the facts of its files: trusted overrides, or headers read by ranges."""

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import NamedTuple

from gloss.domain.errors import Invalid
from gloss.domain.manifest.units import Unit
from gloss.domain.media import Facts, MediaKind
from gloss.domain.series import Series, series
from gloss.ports import Media
from gloss.probes.ranged import Ranged, Ranges
from gloss.services.sharing import shared

#: Which function reads which kind of file; its module is imported only when such a file comes.
PROBES: Mapping[MediaKind, tuple[str, str]] = {
    MediaKind.IMAGE: ("image", "probe"),
    MediaKind.VIDEO: ("streams", "probe_video"),
    MediaKind.AUDIO: ("streams", "probe_audio"),
    MediaKind.PDF: ("pdf", "probe"),
    MediaKind.TEXT: ("text", "probe"),
    MediaKind.NIFTI: ("nifti", "probe"),
    MediaKind.TIME_SERIES: ("series", "probe"),
    MediaKind.DICOM_FILE: ("dicom", "probe"),
}
MEMBER_KIND = {
    MediaKind.IMAGE_GROUP: MediaKind.IMAGE,
    MediaKind.IMAGE_SEQUENCE: MediaKind.IMAGE,
    MediaKind.DICOM_SERIES: MediaKind.DICOM_FILE,
}


class Probed(NamedTuple):
    """The facts of a unit: of the whole, of its files in the manifest's order, and the order of its members.

    `warnings` say what is odd about it, `sources` from which files a sequence's video was made.
    """

    whole: Facts
    parts: tuple[Facts, ...]
    order: tuple[int, ...]
    bytes_read: int
    warnings: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def ranges(url: str, media: Media) -> Ranged:
    """Ranges of an object."""
    return Ranged(url, partial(media.read, url), partial(media.size, url))


def probe(kind: MediaKind, file: Ranges) -> Facts:
    """The facts of one file; raises Invalid when it is not what the manifest says."""
    module, name = PROBES[kind]
    read: Callable[[Ranges], Facts] = getattr(import_module(f"gloss.probes.{module}"), name)
    return read(file)


def probed(unit: Unit, urls: tuple[str, ...], media: Media, known: Mapping[str, Facts]) -> Probed:
    """The facts of a unit's files at their canonical URLs; overrides and facts that are known read nothing."""
    kind = MEMBER_KIND.get(unit.kind, unit.kind)

    def read(file: tuple[str, Facts | None]) -> tuple[Facts, int]:
        url, said = file
        facts = said or known.get(url)
        return (facts, 0) if facts is not None else _read(kind, ranges(url, media))

    found = list(shared(read, zip(urls, unit.overrides, strict=True)))
    parts = tuple(facts for facts, _ in found)
    whole, order, warnings = _together(unit.kind, parts)
    return Probed(whole, parts, order, sum(bytes_read for _, bytes_read in found), warnings)


def _read(kind: MediaKind, file: Ranged) -> tuple[Facts, int]:
    return probe(kind, file), file.bytes_read


def _together(kind: MediaKind, parts: tuple[Facts, ...]) -> Series:
    if kind is MediaKind.DICOM_SERIES:
        return series(parts)
    if kind in MEMBER_KIND:
        return Series(group_facts(parts), tuple(range(len(parts))))
    return Series(parts[0], (0,))


def group_facts(parts: tuple[Facts, ...]) -> Facts:
    """A group has the size of its first image."""
    if not parts:
        raise Invalid("A group has no images.")
    first, size = parts[0], sum(part.size_bytes or 0 for part in parts)
    return Facts(width_px=first.width_px, height_px=first.height_px, frame_count=len(parts), size_bytes=size or None)

"""From a list of files to the rows of a manifest: the kind by the file's name, groups by a pattern."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from gloss.domain.errors import Fault, Invalid
from gloss.domain.manifest.units import file_name
from gloss.domain.media import MediaKind

Row = dict[str, Any]
GROUPS = (MediaKind.IMAGE_GROUP, MediaKind.IMAGE_SEQUENCE, MediaKind.DICOM_SERIES)
_ENDINGS: Mapping[MediaKind, tuple[str, ...]] = {
    MediaKind.NIFTI: (".nii", ".nii.gz"),
    MediaKind.VIDEO: (".mp4", ".mov", ".webm", ".mkv"),
    MediaKind.IMAGE: (".jpg", ".jpeg", ".png", ".webp", ".avif", ".bmp", ".tif", ".tiff"),
    MediaKind.AUDIO: (".mp3", ".wav", ".flac"),
    MediaKind.PDF: (".pdf",),
    MediaKind.TEXT: (".txt", ".html", ".htm", ".json", ".xml", ".csv", ".md"),
    MediaKind.DICOM_SERIES: (".dcm", ".dicom"),
}
_OWN_NAMES = ("group", "title")
_DIGITS = re.compile(r"(\d+)")


class Wish(NamedTuple):
    """How files become rows.

    `pattern` is searched in each URL: its group `group` joins files, `title` names a row, and every other named group
    is metadata. `kind` is for all files, whatever they are called; `together` is what joined images become.
    """

    pattern: re.Pattern[str] | None = None
    kind: MediaKind | None = None
    together: MediaKind = MediaKind.IMAGE_GROUP


class Listed(NamedTuple):
    """What a list of files gives: rows in order, groups after single files, and the files of no known kind."""

    rows: Iterator[Row]
    unknown: list[str]


def kind_of(url: str) -> MediaKind | None:
    """The kind that a file's name tells, or None; a DICOM file is a series of one."""
    name = file_name(url).lower()
    return next((kind for kind, endings in _ENDINGS.items() if name.endswith(endings)), None)


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern; raises Invalid when it is none, or names no group."""
    try:
        made = re.compile(pattern)
    except re.error as error:
        raise Invalid(f"The pattern cannot be read: {error}.", [Fault("pattern", str(error))]) from None
    if not made.groupindex:
        reason = "name its groups, as in (?P<group>...), (?P<title>...) or (?P<site>...)"
        raise Invalid(f"The pattern says nothing: {reason}.", [Fault("pattern", reason)])
    return made


def listed(urls: Iterable[str], wish: Wish) -> Listed:
    """The rows of a manifest; what belongs to no group comes at once, so that a long list need not be kept."""
    unknown: list[str] = []
    return Listed(_rows(urls, wish, unknown), unknown)


def _rows(urls: Iterable[str], wish: Wish, unknown: list[str]) -> Iterator[Row]:
    groups: dict[tuple[MediaKind, str], list[_File]] = {}
    for url in urls:
        kind = wish.kind or kind_of(url)
        if kind is None:
            unknown.append(url)
            continue
        file = _File(url, kind, _said(url, wish.pattern))
        if file.group is None:
            yield _single(file)
        else:
            groups.setdefault((_joined_kind(kind, wish), file.group), []).append(file)
    yield from (_joined(kind, group, files) for (kind, group), files in groups.items())


class _File(NamedTuple):
    """A file and what the pattern found in its URL."""

    url: str
    kind: MediaKind
    said: Mapping[str, str]

    @property
    def group(self) -> str | None:
        return self.said.get("group")


def _said(url: str, pattern: re.Pattern[str] | None) -> Mapping[str, str]:
    found = pattern.search(url) if pattern else None
    return {name: text for name, text in found.groupdict().items() if text is not None} if found else {}


def _joined_kind(kind: MediaKind, wish: Wish) -> MediaKind:
    if kind in GROUPS:
        return kind
    if kind is MediaKind.IMAGE:
        return wish.together
    reason = f"{kind.value} files cannot be joined; let the pattern leave them out"
    raise Invalid(f"Only images and DICOM files make groups: {reason}.", [Fault("pattern", reason)])


def _single(file: _File) -> Row:
    title, metadata = file.said.get("title"), _metadata([file])
    if file.kind in GROUPS:
        return _joined(file.kind, title or file_name(file.url), [file])
    return {"kind": file.kind.value, "objectUrl": file.url, **({"title": title} if title else {}), **metadata}


def _joined(kind: MediaKind, group: str, files: list[_File]) -> Row:
    """In the order in which people count: frame 9 before frame 10."""
    ordered = sorted(files, key=lambda file: _counted(file.url))
    numbered = {f"objectUrl_{at}": file.url for at, file in enumerate(ordered)}
    return {"kind": kind.value, "title": ordered[0].said.get("title", group), **numbered, **_metadata(ordered)}


def _metadata(files: list[_File]) -> Row:
    """What the pattern says of all the files alike."""
    shared = set.intersection(*(set(file.said.items()) for file in files))
    kept = {name: text for name, text in files[0].said.items() if name not in _OWN_NAMES and (name, text) in shared}
    return {"clientMetadata": kept} if kept else {}


def _counted(url: str) -> list[tuple[int, str]]:
    """A URL to sort by: its digits as numbers, everything else as text."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _DIGITS.split(url)]

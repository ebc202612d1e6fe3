"""CSV manifests: five forms of header, mixed in one file, with groups joined by their title."""

import codecs
import csv
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from gloss.domain.errors import Fault, Malformed
from gloss.domain.manifest.checking import unit_of
from gloss.domain.manifest.plain import Part
from gloss.domain.manifest.reading import Flags
from gloss.domain.manifest.units import RowFault, Spot, Unit, file_name
from gloss.domain.media import MediaKind

MAX_HELD = 128 * 2**20
MAX_CELL = csv.field_size_limit()
MAX_LINE = 2**20
TOO_LONG = f"a cell has at most {MAX_CELL:,} letters, and a line {MAX_LINE:,}"
URL_HEADER = "objecturl"
VIDEO_HEADER = "create video"
KIND_OF_HEADER = {
    "video title": MediaKind.VIDEO,
    "image title": MediaKind.IMAGE,
    "image group title": MediaKind.IMAGE_GROUP,
    "series title": MediaKind.DICOM_SERIES,
    "dicom title": MediaKind.DICOM_SERIES,
}
CREATES_VIDEO = {"": True, "true": True, "false": False}
_GROUPED = (MediaKind.IMAGE_GROUP, MediaKind.IMAGE_SEQUENCE, MediaKind.DICOM_SERIES)


class _Line(NamedTuple):
    """One row of cells under its header."""

    number: int
    kind: MediaKind
    url: str
    title: str
    video: str

    @property
    def spot(self) -> Spot:
        return _spot(self.number)

    def fault(self, reason: str) -> RowFault:
        return RowFault(**self.spot._asdict(), reason=reason, urls=(self.url,) if self.url else ())


class _Group(NamedTuple):
    """Files of one title."""

    first: _Line
    urls: list[str]


class CsvManifest:
    """A CSV manifest; `parts` yields files as they come and groups, sequences and series at the end.

    A row's number is the line on which it begins (a group's: on which its first file does). A line that is too long is
    that row's fault alone. Raises Malformed with the line when the table cannot be read on.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._cells = csv.reader(self._watched(_blocks(chunks)), strict=True)
        self._letters = 0
        self._groups: dict[tuple[MediaKind, str], _Group] = {}
        self._held = 0
        self.flags = Flags()
        self.warnings: list[str] = []

    def parts(self) -> Iterator[Part]:
        """One unit or fault for each file, group, sequence and series."""
        for line in self._body():
            if isinstance(line, RowFault):
                yield line
            elif (fault := _line_fault(line)) is not None:
                yield fault
            elif line.kind in _GROUPED:
                self._hold(line)
            else:
                yield _file_unit(line)
        for (kind, title), group in self._groups.items():
            yield _group_unit(kind, title, group)

    def _hold(self, line: _Line) -> None:
        """Keep no more of a line than its URL: lines of one title may be far apart."""
        self._groups.setdefault(_group_key(line), _Group(line, [])).urls.append(line.url)
        self._held += len(line.url)
        if self._held > MAX_HELD:
            raise _unreadable(line.number, f"its groups have more than {MAX_HELD:,} letters in their URLs; use NDJSON")

    def _body(self) -> Iterator[_Line | RowFault]:
        kind: MediaKind | None = None
        for number, cells in self._numbered():
            if isinstance(cells, RowFault):
                yield cells
            elif cells[0].lower() == URL_HEADER:
                kind = _header_kind(cells, number)
            elif kind is None:
                raise _unreadable(number, "the first row must be a header that begins with ObjectUrl")
            else:
                yield _line(number, kind, cells)

    def _numbered(self) -> Iterator[tuple[int, list[str] | RowFault]]:
        """Every record that says something, with the line on which it begins.

        After one that is too long the reader begins afresh with the next line.
        """
        number = 1
        while True:
            try:
                for cells in self._cells:
                    if any(cells):
                        yield number, [cell.strip() for cell in cells]
                    number = self._cells.line_num + 1
            except csv.Error as error:
                yield number, self._too_long(number, error)
                number = self._cells.line_num + 1
            else:
                return

    def _too_long(self, number: int, error: csv.Error) -> RowFault:
        """Where a record of several lines is too long, a quote is missing, and nobody knows what it swallowed."""
        if self._letters <= MAX_CELL or self._cells.line_num > number:
            raise _unreadable(number, str(error)) from None
        return RowFault(**_spot(number)._asdict(), reason=TOO_LONG)

    def _watched(self, blocks: Iterator[list[str]]) -> Iterator[str]:
        for lines in blocks:
            for line in lines:
                self._letters = len(line)
                yield f"{line}\n" if self._letters <= MAX_LINE else "?" * (MAX_CELL + 1)


def _header_kind(cells: list[str], number: int) -> MediaKind:
    titles = [cell.lower() for cell in cells[1:] if cell]
    if not titles:
        return MediaKind.VIDEO
    kind = KIND_OF_HEADER.get(titles[0])
    if kind is None or titles[1:] not in ([], [VIDEO_HEADER]):
        raise _unreadable(number, f"no known header: {', '.join(cells)}")
    return kind


def _line(number: int, kind: MediaKind, cells: list[str]) -> _Line:
    url, title, video = (*cells, "", "")[:3]
    if kind is MediaKind.IMAGE_GROUP and CREATES_VIDEO.get(video.lower(), False):
        kind = MediaKind.IMAGE_SEQUENCE
    return _Line(number, kind, url, title, video if len(cells) < 4 or not any(cells[3:]) else "too many cells")


def _line_fault(line: _Line) -> RowFault | None:
    grouped = line.kind in (MediaKind.IMAGE_GROUP, MediaKind.IMAGE_SEQUENCE)
    if not line.url:
        return line.fault("ObjectUrl is empty")
    if not _is_utf8(line.url + line.title):
        return RowFault(**line.spot._asdict(), reason="the line is not UTF-8")
    if line.url.split() != [line.url]:
        return line.fault("a URL has no whitespace in it")
    if line.video.lower() not in CREATES_VIDEO:
        return line.fault(f"Create video is true, false or empty, not {line.video!r}")
    if grouped and not line.title:
        return line.fault("Image group title is empty, but it tells which group the image belongs to")
    if not grouped and line.video.lower() == "true":
        return line.fault("Create video must be false where there is no image sequence")
    return None


def _is_utf8(text: str) -> bool:
    return text.isascii() or not any("\udc80" <= letter <= "\udcff" for letter in text)


def _group_key(line: _Line) -> tuple[MediaKind, str]:
    return line.kind, line.title or file_name(line.url)


def _file_unit(line: _Line) -> Unit | RowFault:
    raw = {"objectUrl": line.url, **({"title": line.title} if line.title else {})}
    return unit_of(line.kind, raw, line.spot)


def _group_unit(kind: MediaKind, title: str, group: _Group) -> Unit | RowFault:
    field = "dicomFiles" if kind is MediaKind.DICOM_SERIES else "images"
    raw: dict[str, Any] = {"title": title, field: [{"url": url} for url in group.urls]}
    if kind is MediaKind.IMAGE_SEQUENCE:
        raw, kind = {**raw, "createVideo": True}, MediaKind.IMAGE_GROUP
    return unit_of(kind, raw, group.first.spot)


def _spot(number: int) -> Spot:
    return Spot(number, f"line {number}", number)


def _unreadable(number: int, reason: str) -> Malformed:
    return Malformed(f"The CSV manifest cannot be read at line {number}: {reason}.", [Fault(f"line {number}", reason)])


def _blocks(chunks: Iterable[bytes]) -> Iterator[list[str]]:
    """The lines that end in each chunk; of a line that is too long, no more than shows that it is."""
    decoder, pending = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape"), ""
    for chunk in chunks:
        *whole, pending = (pending + decoder.decode(chunk)).split("\n")
        pending = pending[: MAX_LINE + 1]
        yield whole
    pending += decoder.decode(b"", final=True)
    if pending:
        yield [pending]

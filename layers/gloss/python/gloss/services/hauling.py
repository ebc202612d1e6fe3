"""Labels of any length: read as a stream, sorted, cut into ranges of frames, never whole in memory; a step a time.

How a haul stands between two steps lies beside what it made so far. A step that is done again does the same again. The
ranges lie under their digests, where nobody looks for them until the body that lists them is saved.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal

from pydantic import Field

from gloss.domain import labels
from gloss.domain.errors import Conflict, Fault, NotFound
from gloss.domain.formats.leaves import Bookmark, Walk
from gloss.domain.formats.long_rows import LongRow, Placed, is_taken_apart
from gloss.domain.labels import Canvas, LongLabels
from gloss.domain.labels.appearing import Pen
from gloss.domain.labels.cutting import Cut, Cutting, Mark, Terms, line_of, marks_of, marks_told, misfit
from gloss.domain.labels.heading import demand_pages, headed, named
from gloss.domain.labels.long import FrameRange
from gloss.domain.media import MediaKind
from gloss.domain.model import Value
from gloss.domain.workflow.labelled import labels_blob
from gloss.ports import Blobs
from gloss.services.leafing import part_of
from gloss.services.sorting import RUN_BYTES, Run, in_runs, merged, sorted_run

#: So much a run of the function reads, or cuts: some two minutes of a slow core.
STEP_BYTES: Final = 512 * 2**20
#: Of the whole work this much is reading.
READING: Final = 0.7
GONE: Final = "The uploaded labels are kept no longer; upload them again, and start a new job."


class Stand(Value):
    """How a haul stands: what comes next, how far the text was read, the sorted runs, and the ranges so far.

    `at` is the place of the line at which cutting goes on; `lines` counts those that were made. `etag` is the upload's.
    """

    number: int = 0
    reads: int = 0
    next: Literal["read", "cut", "head"] = "read"
    bookmark: Bookmark | None = None
    size: int
    etag: str
    lines: int = 0
    runs: tuple[Run, ...] = ()
    at: str = ""
    cut: int = 0
    ranges: dict[str, tuple[FrameRange, ...]] = Field(default_factory=dict)
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def share(self) -> float:
        """About how much of the work is done, from 0 to 1."""
        if self.next == "read":
            return READING * (self.bookmark.offset if self.bookmark else 0) / self.size
        return READING + (1 - READING) * self.cut / max(1, sum(run.size for run in self.runs))


@contextmanager
def _while_kept() -> Iterator[None]:
    """What the bucket has cleared away is told without the place where it lay."""
    try:
        yield
    except NotFound as gone:
        raise NotFound(GONE) from gone


@dataclass(frozen=True)
class Hauling:
    """A haul at work: the upload, where its own objects lie, what the labels must fit, and how much is a step."""

    upload_key: str
    folder: str
    terms: Terms
    blobs: Blobs
    step_bytes: int = STEP_BYTES
    run_bytes: int = RUN_BYTES

    def begun(self) -> Stand:
        """Before the first step; raises NotFound without the upload."""
        return Stand(size=max(1, self.blobs.size(self.upload_key)), etag=self.blobs.etag(self.upload_key))

    @_while_kept()
    def stand(self, number: int) -> Stand:
        """How it stood after so many steps; raises NotFound once that is kept no longer."""
        return Stand.model_validate_json(self.blobs.get(self._key("stand", number))) if number else self.begun()

    @_while_kept()
    def step(self, stand: Stand) -> Stand:
        """Read or cut on; raises Malformed, Invalid with at most 100 faults, TooLarge or Conflict."""
        made = self._read(stand) if stand.next == "read" else self._cut(stand)
        after = made.model_copy(update={"number": stand.number + 1})
        self.blobs.put(self._key("stand", after.number), after.model_dump_json().encode(), "application/json")
        return after

    @_while_kept()
    def labels(self, stand: Stand) -> LongLabels:
        """The labels, once all are cut, but saved for no row yet; raises Invalid with at most 100 faults."""
        if stand.faults:
            raise misfit([Fault(*it) for it in stand.faults])
        row, marks = self._row(stand), self._marks(stand)
        return LongLabels.of(headed(row.heads(), marks, stand.ranges, self.terms), part_of(self.blobs))

    def _read(self, stand: Stand) -> Stand:
        row = self._row(stand)
        known, begun = len(row.facts), stand.bookmark.offset if stand.bookmark else 0
        walk = Walk(self.blobs.open(self.upload_key, begun), is_taken_apart, stand.bookmark)
        reading = _Reading(self, row, walk, begun, stand.lines)
        sized = enumerate(in_runs(reading.lines(), self.run_bytes), len(stand.runs))
        runs = [sorted_run(f"{self.folder}runs/{at:06}", some, self.blobs) for at, some in sized]
        facts = b"".join(line + b"\n" for line in row.facts[known:])
        self.blobs.put(self._key("facts", stand.reads), facts)
        self._demand_same(stand)
        if reading.is_over:
            demand_pages(row.pages, row.strange(), self.terms)
        read = {
            "reads": stand.reads + 1,
            "next": "cut" if reading.is_over else "read",
            "bookmark": None if reading.is_over else walk.bookmark,
            "lines": reading.count,
            "runs": (*stand.runs, *runs),
        }
        return stand.model_copy(update=read)

    def _demand_same(self, stand: Stand) -> None:
        """Let nothing be made of two uploads, a part of each; raises Conflict."""
        if self.blobs.etag(self.upload_key) != stand.etag:
            raise Conflict("The labels were uploaded again while they were read; nothing was saved. Start a new job.")

    def _cut(self, stand: Stand) -> Stand:
        row = self._row(stand)
        faults = [Fault(*it) for it in stand.faults]
        cutting = Cutting(self.terms, named(row.heads(), self.terms), row.frame, self._marks(stand), faults)
        ranges = {page: list(them) for page, them in stand.ranges.items()}
        size, then = 0, b""
        for cut in cutting.ranges(merged(stand.runs, stand.at, self.blobs)):
            ranges.setdefault(cut.page, []).append(self._kept(cut))
            size, then = size + len(cut.stored), cut.then
            if size >= self.step_bytes and then:
                break
        self.blobs.write(self._key("marks", stand.number + 1), marks_told(cutting.marks), "text/plain")
        cut_so_far = {
            "next": "cut" if then else "head",
            "at": then.decode(),
            "cut": stand.cut + size,
            "ranges": {page: tuple(them) for page, them in ranges.items()},
            "faults": tuple((it.path, it.reason) for it in cutting.faults),
        }
        return stand.model_copy(update=cut_so_far)

    def _row(self, stand: Stand) -> LongRow:
        """What was kept of the row so far."""
        keys = (self._key("facts", number) for number in range(stand.reads))
        return LongRow(line for key in keys for line in self._lines(key))

    def _marks(self, stand: Stand) -> dict[int, Mark]:
        return dict(marks_of(self._lines(self._key("marks", stand.number)))) if stand.cut else {}

    def _lines(self, key: str) -> Iterator[bytes]:
        left = b""
        for chunk in self.blobs.open(key):
            *lines, left = (left + chunk).split(b"\n")
            yield from lines

    def _kept(self, cut: Cut) -> FrameRange:
        sha256 = labels.digest(cut.stored)
        self.blobs.put(labels_blob(sha256), cut.stored, "application/json")
        return FrameRange(sha256=sha256, first=cut.first, last=cut.last)

    def _key(self, what: str, number: int) -> str:
        return f"{self.folder}{what}/{number:06}"


@dataclass
class _Reading:
    """A step of reading: what it tells, whether the text is over then."""

    hauling: Hauling
    row: LongRow
    walk: Walk
    begun: int
    count: int
    is_over: bool = False
    _canvases: dict[int, Canvas] = field(default_factory=dict)

    def lines(self) -> Iterator[bytes]:
        """The appearances as lines, up to the end of the step."""
        pen = Pen(self.hauling.terms.author)
        for path, value in self.walk.leaves():
            yield from self._inked(self.row.told(path, value), pen)
            if self.row.is_even and self.walk.offset - self.begun >= self.hauling.step_bytes:
                return
        yield from self._inked(self.row.released(), pen)
        self.is_over = True

    def _inked(self, told: Iterable[Placed], pen: Pen) -> Iterator[bytes]:
        for placed in told:
            yield line_of(placed, self.count, pen.inked(placed.said, self._canvas(placed.page)))
            self.count += 1

    def _canvas(self, page: int) -> Canvas:
        """The canvas of a page; a space that there is not has one without any bounds until the row was read."""
        if page not in self._canvases:
            canvas = self.hauling.terms.canvas_of(self.row.pages[page])
            self._canvases[page] = canvas or Canvas(kind=MediaKind.DATA_GROUP)
        return self._canvases[page]

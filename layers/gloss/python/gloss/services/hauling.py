"""Labels of any length: read as a stream, checked frame by frame, kept in ranges of frames, never whole in memory.

The ranges lie under their digests, where nobody looks for them until the body that lists them is saved.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from tempfile import TemporaryFile
from typing import IO

from gloss.domain import labels
from gloss.domain.formats.long_rows import MOST_LABELS, LongRow, Placed, too_many
from gloss.domain.labels import LabelBody
from gloss.domain.labels.cutting import Cutting, Put, Terms
from gloss.domain.labels.long import FrameRange, LongLabels, spans_of
from gloss.domain.workflow.labelled import labels_blob
from gloss.ports import Blobs
from gloss.services.leafing import part_of
from gloss.services.sorting import in_order


def haul(chunks: Iterable[bytes], terms: Terms, blobs: Blobs) -> LongLabels:
    """The labels of a stream of JSON, checked and kept, but saved for no row yet.

    Raises Malformed, Invalid with at most 100 faults, or TooLarge; takes about twice the JSON's size on disk.
    """
    row = LongRow()
    with TemporaryFile() as spool:
        spool.writelines(map(_spooled, row.appearances(chunks)))
        cutting = Cutting.of(row.body_json(), terms)
        if len(cutting.objects) + len(cutting.classifications) > MOST_LABELS:
            raise too_many()
        spool.seek(0)
        ranges = [_kept(body, blobs) for body in cutting.ranges(_puts(row, spool))]
    return LongLabels(cutting.long_body(ranges), part_of(blobs))


def _kept(body: LabelBody, blobs: Blobs) -> FrameRange:
    stored = labels.canonical(body)
    sha256 = labels.digest(stored)
    blobs.put(labels_blob(sha256), stored, "application/json")
    return FrameRange(sha256=sha256, spans=spans_of(body.frames))


def _spooled(placed: Placed) -> bytes:
    return b"%b\t%d\t%d\t%b\n" % (b"" if placed.unit is None else b"%d" % placed.unit, *placed[1:3], placed.said)


def _puts(row: LongRow, spool: IO[bytes]) -> Iterator[Put]:
    """The appearances by frame and object; of several of one object on one frame the last."""
    puts = map(_put, in_order(_placed(row, line, place) for place, line in enumerate(spool)))
    for put, after in pairwise(chain(puts, [None])):
        if put is not None and (after is None or put[:2] != after[:2]):
            yield put


def _placed(row: LongRow, line: bytes, place: int) -> bytes:
    unit, frame, number, said = line.split(b"\t", 3)
    placed = Placed(int(unit) if unit else None, int(frame), int(number), said)
    return b"%09d\t%09d\t%012d\t%b" % (row.frame(placed), placed.number, place, said)


def _put(line: bytes) -> Put:
    frame, number, _, said = line.split(b"\t", 3)
    return Put(int(frame), int(number), said)

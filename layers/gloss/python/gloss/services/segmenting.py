"""A segment of a long image sequence, filmed in a run of its own and kept until the whole is joined."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from gloss.domain.errors import GlossError, NotFound
from gloss.domain.job import JobStatus
from gloss.domain.manifest.units import Unit
from gloss.domain.model import JobId, Value
from gloss.domain.segments import SegmentName, Shot, segments_of
from gloss.ports import Ports
from gloss.services import registering
from gloss.services.parcelling import segments_prefix
from gloss.services.registering import MediaOf
from gloss.services.settling import Place, Work
from gloss.services.weighing import Weighed


class SegmentRef(Value):
    """Which segment of which job a state works on."""

    job_id: JobId
    segment: str


class Reel(NamedTuple):
    """A long sequence on its way to a film: its images' URLs, and under which prefix its segments lie."""

    urls: Place
    prefix: str
    frames: int
    work: Work

    @property
    def segments(self) -> int:
        """How many segments it has."""
        return segments_of(len(self.urls), self.frames)


def segment(ref: SegmentRef, media_of: MediaOf, ports: Ports) -> SegmentRef:
    """Film one segment, once; a unit that is not to be filmed after all is left to whoever joins it."""
    name = SegmentName.read(ref.segment)
    desk = registering.desk_of(ref.job_id, name.batch, media_of, ports)
    if desk.work.job.status is JobStatus.PENDING:
        for unit, urls in registering.wanted(name.row, desk):
            shot(name.segment, reel(unit, urls, desk.work))
    return ref


def reel(unit: Unit, urls: Place, work: Work) -> Reel:
    """The reel of a sequence that is longer than a segment."""
    prefix = f"{segments_prefix(work.job.id, work.batch)}{unit.row}/"
    return Reel(urls, prefix, work.job.frames_a_segment or len(urls), work)


def shot(number: int, reel: Reel) -> Shot:
    """What is told of a segment; it is filmed unless it was before."""
    try:
        return Shot.model_validate_json(reel.work.blobs.get(_told_key(number, reel)))
    except NotFound:
        return _filmed(number, reel)


def films(reel: Reel) -> Iterator[Path]:
    """The segments one after the other, each as a file until the next is asked for."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "segment.mp4"
        for number in range(reel.segments):
            try:
                _fetch(number, reel, path)
            except NotFound:
                _filmed(number, reel)
                _fetch(number, reel, path)
            yield path


def _filmed(number: int, reel: Reel) -> Shot:
    """The film first, then what is told of it: what was told stands."""
    try:
        told = _stored(number, reel)
    except GlossError as refused:
        told = Shot(error=refused.message)
    reel.work.blobs.put(_told_key(number, reel), told.model_dump_json().encode(), "application/json")
    return told


def _stored(number: int, reel: Reel) -> Shot:
    from gloss.probes import sequence

    media = reel.work.media
    first = None if number == 0 else sequence.size_of(*next(Weighed(reel.urls[:1], media).images()))
    weighed = Weighed(reel.urls[number * reel.frames : (number + 1) * reel.frames], media)
    with sequence.rendered(weighed.images(), first) as made:
        with made.path.open("rb") as body:
            reel.work.blobs.put(_film_key(number, reel), body, "video/mp4")
        said = made.facts.model_dump(include={"width_px", "height_px", "size_bytes"})
        return Shot(frames=made.facts.frame_count or 0, bytes_read=weighed.bytes_read, **said)


def _fetch(number: int, reel: Reel, path: Path) -> None:
    with path.open("wb") as file:
        for chunk in reel.work.blobs.open(_film_key(number, reel)):
            file.write(chunk)


def _film_key(number: int, reel: Reel) -> str:
    return f"{reel.prefix}{number:05}.mp4"


def _told_key(number: int, reel: Reel) -> str:
    return f"{reel.prefix}{number:05}.json"

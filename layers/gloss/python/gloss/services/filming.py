"""The last state of a round: an image sequence becomes a video in the customer's bucket."""

from pathlib import Path
from typing import BinaryIO

from gloss.domain.errors import Forbidden, Invalid, TooLarge
from gloss.domain.manifest.units import SequenceUnit, Unit
from gloss.domain.media import Facts
from gloss.domain.model import JobId
from gloss.domain.uploads import beside, is_upload, key_of
from gloss.kinds.register import JOBS, job_key
from gloss.ports import Media, Ports
from gloss.services import segmenting
from gloss.services.parcelling import clear_segments
from gloss.services.probing import Probed
from gloss.services.registering import BatchRef, MediaOf, Registration, carry_out
from gloss.services.segmenting import Reel
from gloss.services.settling import Place, Work
from gloss.services.weighing import Weighed

PREFIX = "gloss/sequences"
VIDEO = "video/mp4"
CHUNK_BYTES = 2**20
NOT_SPLIT = "clusterByResolution is for groups; a sequence is one video, in which all images have the first one's size."
LARGEST_FILM = 9 * 2**30
NEEDED = "An image sequence becomes a video in your bucket, so the integration must be allowed to write there."


def film(job_id: str, number: int, media_of: MediaOf, ports: Ports) -> Registration:
    """Render and save the sequences of a batch; the same video under the same name when it is tried again.

    Segments of long ones go once the batch has ended, so that no crash before that costs them.
    """
    done = carry_out(BatchRef(job_id=JobId(job_id), number=number), media_of, _film, ports)
    clear_segments(ports.store.get(JOBS, job_key(job_id)), ports.blobs, number)
    return done


def video_url(unit: Unit, urls: Place, work: Work) -> str:
    """Where a sequence's video lies: under the default location, or beside its first image, in a bucket or uploaded."""
    if is_upload(urls[0]):
        return beside(urls[0], f"{work.job.id}-{unit.row}.mp4")
    name = f"{PREFIX}/{work.job.id}/{unit.row}.mp4"
    if work.reach.default:
        return work.reach.locate(name).url
    return work.reach.locate(urls[0]).beside(name).url


def _film(unit: Unit, urls: Place, work: Work) -> tuple[Place, Probed]:
    most = work.job.frames_a_segment
    facts, bytes_read = (_at_once if most is None or len(urls) <= most else _joined)(unit, urls, work)
    notes = (NOT_SPLIT,) if _is_split(unit) else ()
    return (video_url(unit, urls, work),), Probed(facts, (), (), bytes_read, notes, urls)


def _at_once(unit: Unit, urls: Place, work: Work) -> tuple[Facts, int]:
    from gloss.probes import sequence

    weighed = Weighed(urls, work.media)
    with sequence.rendered(weighed.images()) as made:
        _store(video_url(unit, urls, work), made.path, work)
    return made.facts, weighed.bytes_read


def _joined(unit: Unit, urls: Place, work: Work) -> tuple[Facts, int]:
    """The film of all segments, most of which were filmed by then; raises the first fault of any."""
    from gloss.probes import sequence

    reel = segmenting.reel(unit, urls, work)
    bytes_read = _demand_whole(reel)
    with sequence.joined(segmenting.films(reel)) as made:
        _store(video_url(unit, urls, work), made.path, work)
    return made.facts, bytes_read


def _demand_whole(reel: Reel) -> int:
    """Raises Invalid for a segment that could not be filmed, TooLarge for a film that is; answers the bytes read."""
    shots = [segmenting.shot(number, reel) for number in range(reel.segments)]
    for each in shots:
        if each.error is not None:
            raise Invalid(each.error)
    size = sum(each.size_bytes for each in shots)
    if size > LARGEST_FILM:
        raise TooLarge(f"The film would have {size} bytes; it has at most {LARGEST_FILM}. Cut the sequence in two.")
    return sum(each.bytes_read for each in shots)


def _is_split(unit: Unit) -> bool:
    return isinstance(unit, SequenceUnit) and unit.cluster_by_resolution


def _store(url: str, path: Path, work: Work) -> None:
    with path.open("rb") as body:
        key = key_of(url)
        if key is None:
            _write(url, body, work.media)
        else:
            work.blobs.write(key, iter(lambda: body.read(CHUNK_BYTES), b""), VIDEO)


def _write(url: str, body: BinaryIO, media: Media) -> None:
    try:
        media.write(url, body, VIDEO)
    except Forbidden as refused:
        raise Forbidden(f"{refused.message} {NEEDED}") from refused

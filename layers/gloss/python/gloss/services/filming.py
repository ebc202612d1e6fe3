"""The third state of a registration: an image sequence becomes a video in the customer's bucket."""

from collections.abc import Iterator
from pathlib import Path

from gloss.domain.errors import Forbidden, TooLarge
from gloss.domain.manifest.units import SequenceUnit, Unit
from gloss.ports import Media, Ports
from gloss.services.probing import Probed
from gloss.services.registering import MediaOf, Registration, carry_out
from gloss.services.settling import Place, Work

PREFIX = "gloss/sequences"
NOT_SPLIT = "clusterByResolution is for groups; a sequence is one video, in which all images have the first one's size."
MAX_IMAGE_BYTES = 200 * 2**20
NEEDED = "An image sequence becomes a video in your bucket, so the integration must be allowed to write there."


def film(job_id: str, number: int, media_of: MediaOf, ports: Ports) -> Registration:
    """Render and save the sequence of a batch; the same video under the same name when it is tried again."""
    return carry_out(job_id, number, media_of, _film, ports)


def video_url(unit: Unit, urls: Place, work: Work) -> str:
    """Where a sequence's video lies: under the default location, or in the bucket of its first image."""
    name = f"{PREFIX}/{work.job.id}/{unit.row}.mp4"
    if work.reach.default:
        return work.reach.locate(name).url
    return work.reach.locate(urls[0]).beside(name).url


def _film(unit: Unit, urls: Place, work: Work) -> tuple[Place, Probed]:
    from gloss.probes import sequence

    url, weighed = video_url(unit, urls, work), Weighed(urls, work.media)
    with sequence.rendered(weighed.images()) as made:
        _store(url, made.path, work.media)
    notes = (NOT_SPLIT,) if _is_split(unit) else ()
    return (url,), Probed(made.facts, (), (), weighed.bytes_read, notes, urls)


def _is_split(unit: Unit) -> bool:
    return isinstance(unit, SequenceUnit) and unit.cluster_by_resolution


def _store(url: str, path: Path, media: Media) -> None:
    try:
        with path.open("rb") as body:
            media.write(url, body, "video/mp4")
    except Forbidden as refused:
        raise Forbidden(f"{refused.message} {NEEDED}") from refused


class Weighed:
    """The images of a sequence one after the other, and how many bytes they had."""

    def __init__(self, urls: Place, media: Media) -> None:
        self._urls, self._media = urls, media
        self.bytes_read = 0

    def images(self) -> Iterator[tuple[str, bytes]]:
        for url in self._urls:
            size = self._media.size(url)
            if size > MAX_IMAGE_BYTES:
                raise TooLarge(f"{url} has {size} bytes; an image of a sequence has at most {MAX_IMAGE_BYTES}.")
            body = self._media.read(url, 0, max(1, size))
            self.bytes_read += len(body)
            yield url, body

"""The third state of a registration: an image sequence becomes a video in the customer's bucket."""

from collections.abc import Iterator

from gloss.domain.errors import Forbidden, TooLarge
from gloss.domain.locations import locate
from gloss.domain.manifest.units import Unit
from gloss.ports import Media, Ports
from gloss.services.probing import Probed
from gloss.services.registering import MediaOf, Place, Registration, Work, carry_out

PREFIX = "gloss/sequences"
MAX_IMAGE_BYTES = 200 * 2**20
NEEDED = "An image sequence becomes a video in your bucket, so the integration must be allowed to write there."


def film(job_id: str, number: int, media_of: MediaOf, ports: Ports) -> Registration:
    """Render and save the sequence of a batch; the same video under the same name when it is tried again."""
    return carry_out(job_id, number, media_of, _film, ports)


def video_url(unit: Unit, urls: Place, work: Work) -> str:
    """Where a sequence's video lies: under the default location, or in the bucket of its first image."""
    base = work.default_location or f"s3://{locate(urls[0]).bucket}/"
    return f"{base}{PREFIX}/{work.job.id}/{unit.row}.mp4"


def _film(unit: Unit, urls: Place, work: Work) -> tuple[Place, Probed]:
    from gloss.probes import sequence

    url = video_url(unit, urls, work)
    made = sequence.render(_images(urls, work.media))
    try:
        work.media.write(url, made.body, "video/mp4")
    except Forbidden as refused:
        raise Forbidden(f"{refused.message} {NEEDED}") from refused
    return (url,), Probed(made.facts, (), (), 0)


def _images(urls: Place, media: Media) -> Iterator[tuple[str, bytes]]:
    for url in urls:
        size = media.size(url)
        if size > MAX_IMAGE_BYTES:
            raise TooLarge(f"{url} has {size} bytes; an image of a sequence has at most {MAX_IMAGE_BYTES}.")
        yield url, media.read(url, 0, max(1, size))

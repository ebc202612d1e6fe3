"""The images of a sequence on their way into its video."""

from collections.abc import Iterator, Sequence
from typing import Final

from gloss.domain.errors import TooLarge
from gloss.ports import Media

MAX_IMAGE_BYTES: Final = 200 * 2**20


class Weighed:
    """The images of a sequence one after the other, and how many bytes they had."""

    def __init__(self, urls: Sequence[str], media: Media) -> None:
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

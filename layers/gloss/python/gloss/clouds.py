"""What whoever reaches into customers' clouds needs of the world."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol


@dataclass(frozen=True)
class Listed:
    """One object of a listing, by its canonical URL; `modified_at` is aware, UTC."""

    url: str
    size_bytes: int
    etag: str
    modified_at: datetime


class Media(Protocol):
    """The customers' media where they lie, read with one integration's credentials."""

    def size(self, url: str) -> int:
        """Bytes of the object; raises NotFound, Forbidden or Upstream with the URL named."""
        ...

    def read(self, url: str, start: int, length: int) -> bytes:
        """Up to `length` bytes from `start`; short only at the end of the object."""
        ...

    def write(self, url: str, body: bytes | BinaryIO, content_type: str) -> None:
        """Store an object, a file without holding all of it; raises Forbidden when the integration may not write."""
        ...

    def signed_get(self, url: str, seconds: int) -> str:
        """A URL that anybody may read for so long (at most 7 days)."""
        ...

    def listed(self, prefix: str, after: str | None) -> Iterator[Listed]:
        """The objects whose URLs begin so (a bucket alone: all of it), in the order of their keys' bytes.

        `after` is the URL of the last one seen, so that a listing can be resumed; it need not exist any more. Raises
        NotFound for a bucket that is not there, Forbidden, or Upstream.
        """
        ...

"""Customers' media in stores of other protocols than Amazon's: Azure Blob Storage, Google Cloud Storage by account."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

from gloss.clouds import Listed
from gloss.domain.errors import Forbidden, Invalid, NotFound, Upstream
from gloss.domain.integration import Reach
from gloss.domain.locations import Location

if TYPE_CHECKING:
    from obstore.store import ObjectStore

WEEK_S: Final = 7 * 86_400
CHUNK: Final = 1000
ANY_KEY: Final = "gloss"


class ObjectMedia:
    """Objects by URL; `stores` opens a bucket, `no_links` says why none can be signed, if so."""

    def __init__(self, stores: Callable[[str], "ObjectStore"], reach: Reach, no_links: str = "") -> None:
        self._stores, self._reach, self._no_links = cache(stores), reach, no_links
        self._sizes: dict[str, int] = {}

    def size(self, url: str) -> int:
        if url not in self._sizes:
            place = self._place(url)
            with _translated(url, "read"):
                self._sizes[url] = int(obstore.head(self._stores(place.bucket), place.key)["size"])
        return self._sizes[url]

    def read(self, url: str, start: int, length: int) -> bytes:
        """One ranged request; its answer also tells the size, which is kept."""
        place = self._place(url)
        try:
            return self._range(place, url, (start, start + length))
        except Upstream:
            if start < self.size(url):
                raise
            return b""

    def write(self, url: str, body: bytes | BinaryIO, content_type: str) -> None:
        place = self._place(url)
        with _translated(url, "write"):
            obstore.put(self._stores(place.bucket), place.key, body, attributes={"Content-Type": content_type})
        self._sizes.pop(url, None)

    def signed_get(self, url: str, seconds: int) -> str:
        place = self._place(url)
        if self._no_links:
            raise Forbidden(f"No link to {url} can be signed: {self._no_links}.")
        with _translated(url, "sign"):
            lasting = timedelta(seconds=min(seconds, WEEK_S))
            return str(obstore.sign(self._stores(place.bucket), "GET", place.key, lasting))  # type: ignore[call-overload]

    def listed(self, prefix: str, after: str | None) -> Iterator[Listed]:
        """A thousand objects a request; the store's own prefixes end at a slash, so the rest is sifted here."""
        place = self._reach.prefix(prefix)
        folder = place.key.rpartition("/")[0] or None
        last = self._reach.locate(after).key if after else None
        try:
            with _translated(prefix, "list"):
                pages = obstore.list(self._stores(place.bucket), folder, offset=last, chunk_size=CHUNK)
                yield from (_listed(place, it) for page in pages for it in page if it["path"].startswith(place.key))
        except Upstream:
            self._ask_why(place, prefix)
            raise

    def _ask_why(self, place: Location, prefix: str) -> None:
        """The client tells no reasons of a listing, but of one object it does: raises NotFound or Forbidden."""
        with _translated(prefix, "list"):
            obstore.head(self._stores(place.bucket), ANY_KEY)

    def _range(self, place: Location, url: str, span: tuple[int, int]) -> bytes:
        with _translated(url, "read"):
            answer = obstore.get(self._stores(place.bucket), place.key, options={"range": span})
            self._sizes[url] = int(answer.meta["size"])
            return bytes(answer.bytes())

    def _place(self, url: str) -> Location:
        """The client would read another object than the one that such a key names."""
        place = self._reach.locate(url)
        if "" in place.key.split("/"):
            raise Invalid(f"{url} cannot be read: its key begins or ends with a slash, or has two in a row.")
        return place


@contextmanager
def _translated(url: str, verb: str) -> Iterator[None]:
    """The client's errors as ours; never with their text, which may hold a signed URL."""
    try:
        yield
    except FileNotFoundError:
        raise NotFound(f"There is no object at {url}, or no such bucket.") from None
    except UnauthenticatedError:
        raise Forbidden(f"The store of {url} does not accept the integration's secret.") from None
    except PermissionDeniedError:
        raise Forbidden(f"The integration may not {verb} {url}; check what its secret allows.") from None
    except BaseError as lost:
        raise Upstream(f"The store of {url} did not {verb} it: {type(lost).__name__}.") from None


def _listed(place: Location, entry: Any) -> Listed:
    url, changed = place.beside(entry["path"]).url, entry["last_modified"].astimezone(UTC)
    return Listed(url, entry["size"], str(entry["e_tag"] or "").strip('"'), changed)

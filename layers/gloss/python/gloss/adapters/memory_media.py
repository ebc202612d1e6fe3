"""Customers' media in memory, by canonical URL."""

import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import BinaryIO, Final

from gloss.domain.errors import Forbidden, NotFound
from gloss.domain.locations import Location, locate, locate_prefix
from gloss.ports import Listed

MADE_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)


class MemoryMedia:
    """Objects in a dict; `may_write` False refuses every write, `secret` names URLs that may not be read."""

    def __init__(self, objects: Mapping[str, bytes], may_write: bool = True, secret: Iterable[str] = ()) -> None:
        self.objects, self.reads = dict(objects), 0
        self._may_write, self._secret = may_write, frozenset(secret)
        self._lock = threading.Lock()

    def size(self, url: str) -> int:
        return len(self._object(url))

    def read(self, url: str, start: int, length: int) -> bytes:
        with self._lock:
            self.reads += 1
        return self._object(url)[start : start + length]

    def write(self, url: str, body: bytes | BinaryIO, content_type: str) -> None:
        del content_type
        if not self._may_write:
            raise Forbidden(f"The integration may not write {url}.")
        self.objects[locate(url).url] = body if isinstance(body, bytes) else body.read()

    def signed_get(self, url: str, seconds: int) -> str:
        return f"https://media.invalid/{locate(url).key}?seconds={seconds}"

    def listed(self, prefix: str, after: str | None) -> Iterator[Listed]:
        place = locate_prefix(prefix)
        held = {each.key: url for each, url in self._located() if each.bucket == place.bucket}
        if not held:
            raise NotFound(f"There is no bucket for {prefix}.")
        last = locate(after).key.encode() if after else b""
        for key in sorted(held, key=str.encode):
            if key.startswith(place.key) and key.encode() > last:
                body = self.objects[held[key]]
                yield Listed(held[key], len(body), hashlib.md5(body, usedforsecurity=False).hexdigest(), MADE_AT)

    def _located(self) -> list[tuple[Location, str]]:
        return [(locate(url), url) for url in list(self.objects)]

    def _object(self, url: str) -> bytes:
        if url in self._secret:
            raise Forbidden(f"The integration may not read {url}.")
        found = self.objects.get(locate(url).url)
        if found is None:
            raise NotFound(f"There is no object at {url}.")
        return found

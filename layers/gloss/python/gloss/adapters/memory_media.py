"""Customers' media in memory, by canonical URL."""

import threading
from collections.abc import Iterable, Mapping

from gloss.domain.errors import Forbidden, NotFound
from gloss.domain.locations import locate


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

    def write(self, url: str, body: bytes, content_type: str) -> None:
        del content_type
        if not self._may_write:
            raise Forbidden(f"The integration may not write {url}.")
        self.objects[locate(url).url] = body

    def signed_get(self, url: str, seconds: int) -> str:
        return f"https://media.invalid/{locate(url).key}?seconds={seconds}"

    def _object(self, url: str) -> bytes:
        if url in self._secret:
            raise Forbidden(f"The integration may not read {url}.")
        found = self.objects.get(locate(url).url)
        if found is None:
            raise NotFound(f"There is no object at {url}.")
        return found

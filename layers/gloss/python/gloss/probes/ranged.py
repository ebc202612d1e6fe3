"""A file that is read in ranges only: what was fetched is kept for a while and counted."""

import io
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from gloss.domain.errors import Invalid

BLOCK = 2**15
KEPT_BLOCKS = 128
_SMALL = 4 * BLOCK
MAX_FETCHED = 32 * 2**20


class Ranges(Protocol):
    """Where a probe's bytes come from."""

    name: str

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        ...

    @property
    def bytes_read(self) -> int:
        """Bytes that were fetched so far."""
        ...

    def read(self, start: int, length: int) -> bytes:
        """Up to `length` bytes from `start`; short only at the end."""
        ...


class Ranged:
    """Ranges of one object, fetched in whole blocks; raises Invalid before a header costs more than 32 MiB."""

    def __init__(self, name: str, fetch: Callable[[int, int], bytes], measure: Callable[[], int]) -> None:
        self.name = name
        self._fetch, self._measure = fetch, measure
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._size: int | None = None
        self.bytes_read = 0

    @property
    def size(self) -> int:
        if self._size is None:
            self._size = self._measure()
        return self._size

    def read(self, start: int, length: int) -> bytes:
        if length <= 0:
            return b""
        first, last = start // BLOCK, (start + length - 1) // BLOCK
        if last - first >= KEPT_BLOCKS:
            return self._take(start, length)
        self._ensure(first, last)
        whole = b"".join(self._blocks.get(number, b"") for number in range(first, last + 1))
        return whole[start - first * BLOCK :][:length]

    def _ensure(self, first: int, last: int) -> None:
        """Fetch the missing blocks between two in one request, and forget those that were not used for long."""
        wanted = [number for number in range(first, last + 1) if number not in self._blocks]
        if wanted:
            self._keep(wanted[0], wanted[-1])
        while len(self._blocks) > max(KEPT_BLOCKS, last - first + 1):
            self._blocks.popitem(last=False)

    def _keep(self, first: int, last: int) -> None:
        body = self._take(first * BLOCK, (last - first + 1) * BLOCK)
        for number in range(first, last + 1):
            self._blocks[number] = body[(number - first) * BLOCK : (number - first + 1) * BLOCK]
            self._blocks.move_to_end(number)

    def _take(self, start: int, length: int) -> bytes:
        """One request; what is asked for is counted before, so that no answer is larger than memory."""
        wanted = length if length <= _SMALL else min(length, max(0, self.size - start))
        if self.bytes_read + wanted > MAX_FETCHED:
            raise Invalid(f"{self.name}: its header could not be found within {MAX_FETCHED >> 20} MiB.")
        body = self._fetch(start, length)
        self.bytes_read += len(body)
        return body


class RangedFile(io.RawIOBase):
    """Ranges as a seekable file that can only be read, for libraries that want one."""

    def __init__(self, ranges: Ranges) -> None:
        super().__init__()
        self._ranges, self._position = ranges, 0
        self.name = ranges.name

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position}.get(whence)
        self._position = max(0, offset + (self._ranges.size if base is None else base))
        return self._position

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._ranges.size - self._position)
        body = self._ranges.read(self._position, left if size is None or size < 0 else min(size, left))
        self._position += len(body)
        return body

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        body = self.read(len(buffer))
        buffer[: len(body)] = body
        return len(body)

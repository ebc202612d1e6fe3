"""A customer's object as a file: blocks are read when they are needed, the latest few are kept."""

import io
from collections import OrderedDict

from gloss.ports import Media

_BLOCK = 1 << 20
_KEPT = 16


class RangedFile(io.RawIOBase):
    """Read and seek over ranged reads of one object."""

    def __init__(self, media: Media, url: str) -> None:
        super().__init__()
        self._media, self._url = media, url
        self._size = media.size(url)
        self._at = 0
        self._blocks: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        wanted = self._size - self._at if size is None or size < 0 else size
        end, parts = min(self._size, self._at + wanted), []
        while self._at < end:
            block = self._block(self._at // _BLOCK)
            part = block[self._at % _BLOCK : self._at % _BLOCK + end - self._at]
            if not part:
                break
            parts.append(part)
            self._at += len(part)
        return b"".join(parts)

    def _block(self, number: int) -> bytes:
        if number not in self._blocks:
            self._blocks[number] = self._media.read(self._url, number * _BLOCK, _BLOCK)
            if len(self._blocks) > _KEPT:
                self._blocks.popitem(last=False)
        self._blocks.move_to_end(number)
        return self._blocks[number]

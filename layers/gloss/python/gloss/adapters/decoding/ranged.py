"""A customer's object as a file: blocks are read when they are needed, the latest few are kept."""

import io
from collections import OrderedDict
from typing import TYPE_CHECKING

from gloss.ports import Media

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

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

    def readinto(self, buffer: "Buffer") -> int:
        view = memoryview(buffer).cast("B")
        filled = 0
        while filled < len(view) and self._at < self._size:
            part = self._block(self._at // _BLOCK)[self._at % _BLOCK :][: len(view) - filled]
            if not part:
                break
            view[filled : filled + len(part)] = part
            filled, self._at = filled + len(part), self._at + len(part)
        return filled

    def _block(self, number: int) -> bytes:
        if number not in self._blocks:
            self._blocks[number] = self._media.read(self._url, number * _BLOCK, _BLOCK)
            if len(self._blocks) > _KEPT:
                self._blocks.popitem(last=False)
        self._blocks.move_to_end(number)
        return self._blocks[number]

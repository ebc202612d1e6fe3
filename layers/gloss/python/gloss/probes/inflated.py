"""What a deflated part of a file unpacks to, as ranges; unpacked only as far as it is read, and never without bound."""

import zlib
from typing import Final

from gloss.domain.errors import Invalid
from gloss.probes.ranged import BLOCK, Ranges

MAX_UNPACKED: Final = 16 * 2**20
_STEP: Final = 2**18


class Inflated:
    """Ranges of the raw deflated stream that begins at `start`; raises Invalid beyond 16 MiB, and when it is broken."""

    def __init__(self, file: Ranges, start: int) -> None:
        self.name = file.name
        self._file, self._at = file, start
        self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        self._body, self._left = bytearray(), b""

    @property
    def size(self) -> int:
        """Bytes that were unpacked so far."""
        return len(self._body)

    @property
    def bytes_read(self) -> int:
        return self._file.bytes_read

    def read(self, start: int, length: int) -> bytes:
        while len(self._body) < start + length and self._more():
            if len(self._body) > MAX_UNPACKED:
                raise Invalid(f"{self.name} is packed, and its header unpacks to more than {MAX_UNPACKED >> 20} MiB.")
        return bytes(self._body[start : start + length])

    def _more(self) -> bool:
        """Unpack a little; False at the end."""
        if self._unpacker.eof:
            return False
        packed = self._left or self._file.read(self._at, BLOCK)
        self._at += 0 if self._left else len(packed)
        try:
            unpacked = self._unpacker.decompress(packed, _STEP)
        except zlib.error:
            raise Invalid(f"{self.name} is packed, but cannot be unpacked.") from None
        self._left = self._unpacker.unconsumed_tail
        self._body += unpacked
        return bool(unpacked or self._left or packed)

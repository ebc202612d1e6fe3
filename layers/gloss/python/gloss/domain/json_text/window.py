"""A window on a text that comes in chunks: what is read is forgotten, positions are kept as line and column."""

import re
from collections.abc import Iterable
from typing import NamedTuple

MAX_ELEMENT_BYTES = 16 * 2**20
BLOCK_BYTES = 2**17  # what its values take fits into a processor's cache
TAIL_BYTES = 2**14
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

#: What stands between two objects of an array, with the braces of both.
BETWEEN = re.compile(rb"\}\s*+,\s*+\{")
_LAST_BETWEEN = re.compile(rb"\}\s*,(?=\s*\{)")


class Place(NamedTuple):
    """Where something stands, both counted from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


START = Place(1, 1)


class Source:
    """A window on the chunks that grows until a pattern matches, and forgets what was skipped.

    Chunks that begin within a text say at which byte, and at which place.
    """

    def __init__(self, chunks: Iterable[bytes], offset: int = 0, place: Place = START) -> None:
        self._chunks = iter(chunks)
        self._buffer = b""
        self._lines_before = place.line - 1
        self._counted = (0, 0)
        self._column_before = place.column - 1
        self._forgotten = offset
        self._ended = False
        self.position = 0
        self._fill()
        if offset == 0 and self._buffer.startswith(BYTE_ORDER_MARK):
            self._buffer, self._forgotten = self._buffer[3:], 3

    def match(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """The pattern at the present position, reading on as far as it needs; None when it cannot match."""
        found = pattern.match(self._buffer, self.position)
        while found is None and not self._ended and len(self._buffer) - self.position < MAX_ELEMENT_BYTES:
            self._fill()
            found = pattern.match(self._buffer, self.position)
        return found

    def try_match(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """The pattern at the present position in what is at hand, without reading on."""
        return pattern.match(self._buffer, self.position)

    @property
    def offset(self) -> int:
        """The position counted from the beginning of the text."""
        return self._forgotten + self.position

    def block(self) -> bytes:
        """What is at hand up to the last `}` that a comma and a `{` follow; empty when there is none."""
        at_hand = self._buffer[self.position : self.position + BLOCK_BYTES]
        cuts = list(_LAST_BETWEEN.finditer(at_hand, max(0, len(at_hand) - TAIL_BYTES)))
        return at_hand[: cuts[-1].start() + 1] if cuts else b""

    def skip_block(self, block: bytes) -> None:
        """Go on after the comma that follows the block."""
        self.position += len(block)
        if block:
            self.position = self._buffer.index(b",", self.position) + 1

    def skip(self, found: re.Match[bytes]) -> None:
        self.position = found.end()

    def skip_to(self, position: int) -> None:
        self.position = position

    def rest(self) -> bytes:
        return self._buffer[self.position :]

    def line(self, position: int) -> int:
        """The line of a position in the window; for positions that come in order, no part is counted twice."""
        until, feeds = self._counted if self._counted[0] <= position else (0, 0)
        self._counted = (position, feeds + self._buffer.count(b"\n", until, position))
        return 1 + self._lines_before + self._counted[1]

    def place(self, position: int) -> Place:
        """Line and column of a position in the window."""
        line_start = self._buffer.rfind(b"\n", 0, position) + 1
        before = 0 if line_start else self._column_before
        return Place(self.line(position), 1 + before + position - line_start)

    def _fill(self) -> None:
        """Drop what was skipped, then at least double the window, so that long elements are read in linear time."""
        wanted = max(2**16, len(self._buffer) - self.position)
        self._forget()
        parts, got = [self._buffer], 0
        for chunk in self._chunks:
            parts.append(chunk)
            got += len(chunk)
            if got >= wanted:
                break
        else:
            self._ended = True
        self._buffer = b"".join(parts)

    def _forget(self) -> None:
        here = self.place(self.position)
        self._lines_before, self._column_before = here.line - 1, here.column - 1
        self._forgotten += self.position
        self._buffer, self.position, self._counted = self._buffer[self.position :], 0, (0, 0)

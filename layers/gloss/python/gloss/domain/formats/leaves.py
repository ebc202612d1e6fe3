"""JSON of any length as its leaves: each value with the path to it, of which no more than one is in memory."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from gloss.domain.errors import Malformed
from gloss.domain.json_text.reader import VALUE, Reader
from gloss.domain.json_text.window import MAX_ELEMENT_BYTES, Place

Path = tuple[int | str, ...]
_LEAF: Final = re.compile(rb"\s*+" + VALUE + rb"(?=\s*+(?:[,\]}]|\Z))", re.DOTALL)
_EMPTY: Final = re.compile(rb"\{\s*+\}|\[\s*+\]")
_CLOSING: Final = {b"{": b"}", b"[": b"]"}


def leaves(chunks: Iterable[bytes], opens: Callable[[Path], bool]) -> Iterator[tuple[Path, Any]]:
    """Every value whose path `opens` does not take apart, in order; raises Malformed with line and column.

    A leaf has at most 16 MiB and 24 levels. An empty object or list is always a leaf.
    """
    return _Walk(chunks, opens).leaves()


class _Walk:
    """Where a walk through JSON is: the path, and what closes each level."""

    def __init__(self, chunks: Iterable[bytes], opens: Callable[[Path], bool]) -> None:
        self._reader, self._opens = Reader(chunks, _malformed), opens
        self._source = self._reader.source
        self._path: list[int | str] = []
        self._closings: list[bytes] = []

    def leaves(self) -> Iterator[tuple[Path, Any]]:
        while True:
            path = tuple(self._path)
            if self._is_entered(path):
                continue
            yield path, self._leaf()
            if not self._is_onward():
                return

    def _is_entered(self, path: Path) -> bool:
        """Step into what is to be taken apart."""
        bracket = self._reader.peek()
        if bracket not in _CLOSING or not self._opens(path) or self._source.match(_EMPTY):
            return False
        self._reader.closes(bracket)
        self._closings.append(_CLOSING[bracket])
        self._path.append(0 if bracket == b"[" else self._reader.key())
        return True

    def _is_onward(self) -> bool:
        """To the next value: behind a comma, after as many levels as close here; False at the end of the text."""
        while self._path:
            if self._reader.comma_or(self._closings[-1]) == b",":
                last = self._path[-1]
                self._path[-1] = last + 1 if isinstance(last, int) else self._reader.key()
                return True
            self._path.pop()
            self._closings.pop()
        self._reader.end("nothing may follow the end of the JSON")
        return False

    def _leaf(self) -> Any:
        found = self._source.match(_LEAF)
        if found is None:
            too_much = f"this is no JSON, or more than {MAX_ELEMENT_BYTES // 2**20} MiB in one piece"
            raise self._reader.broken(too_much)
        value = self._reader.value(found[1], found.start(1))
        self._source.skip(found)
        return value


def _malformed(reason: str, place: Place) -> Malformed:
    return Malformed(f"The labels are not JSON at {place}: {reason}.")

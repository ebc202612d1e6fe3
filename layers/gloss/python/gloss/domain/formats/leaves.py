"""JSON of any length as its leaves: each value with the path to it, of which no more than one is in memory."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from pydantic_core import from_json

from gloss.domain.errors import Malformed
from gloss.domain.manifest.scanning import KEY, TOKEN, VALUE
from gloss.domain.manifest.window import MAX_ELEMENT_BYTES, Source

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
        self._source, self._opens = Source(chunks), opens
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
        bracket = self._peek()
        if bracket not in _CLOSING or not self._opens(path) or self._source.match(_EMPTY):
            return False
        self._skip()
        self._closings.append(_CLOSING[bracket])
        self._path.append(0 if bracket == b"[" else self._key())
        return True

    def _is_onward(self) -> bool:
        """To the next value: behind a comma, after as many levels as close here; False at the end of the text."""
        while self._path:
            mark, closing = self._peek(), self._closings[-1]
            if mark not in (b",", closing):
                raise self._broken(f"',' or '{closing.decode()}' was expected")
            self._skip()
            if mark == b",":
                last = self._path[-1]
                self._path[-1] = last + 1 if isinstance(last, int) else self._key()
                return True
            self._path.pop()
            self._closings.pop()
        if self._source.match(TOKEN):
            raise self._broken("nothing may follow the end of the JSON")
        return False

    def _leaf(self) -> Any:
        found = self._source.match(_LEAF)
        if found is None:
            raise self._broken(f"this is no JSON, or more than {MAX_ELEMENT_BYTES // 2**20} MiB in one piece")
        try:
            value = from_json(found[1], allow_inf_nan=False, cache_strings="keys")
        except ValueError as error:
            raise self._broken(str(error)) from None
        self._source.skip(found)
        return value

    def _key(self) -> str:
        found = self._source.match(KEY)
        if found is None:
            raise self._broken("a quoted key and a colon were expected")
        self._source.skip(found)
        return str(from_json(found[1]))

    def _peek(self) -> bytes:
        found = self._source.match(TOKEN)
        if found is None:
            raise self._broken("the text ends too early")
        self._source.skip_to(found.start(1))
        return found[1]

    def _skip(self) -> None:
        self._source.skip_to(self._source.position + 1)

    def _broken(self, reason: str) -> Malformed:
        return Malformed(f"The labels are not JSON at {self._source.place(self._source.position)}: {reason}.")

"""JSON of any length as its leaves: each value with the path to it, of which no more than one is in memory."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from gloss.domain.errors import Malformed
from gloss.domain.json_text.reader import STRING, VALUE, Reader
from gloss.domain.json_text.window import MAX_ELEMENT_BYTES, START, Place, Source
from gloss.domain.model import Value

Path = tuple[int | str, ...]
_LEAF: Final = re.compile(rb"\s*+" + VALUE + rb"(?=\s*+(?:[,\]}]|\Z))", re.DOTALL)
_EMPTY: Final = re.compile(rb"\{\s*+\}|\[\s*+\]")
#: The next member of an object, whole, where a comma follows it, so that it is not cut off.
_MEMBER: Final = re.compile(rb"\s*+,\s*+(" + STRING + rb")\s*+:\s*+" + VALUE + rb"(?=\s*+,)", re.DOTALL)
_CLOSING: Final = {b"{": b"}", b"[": b"]"}


class Bookmark(Value):
    """Behind which leaf a walk stands: the byte and its place in the text, the leaf's path, what closes each level."""

    offset: int
    line: int
    column: int
    path: tuple[int | str, ...]
    closings: str


def leaves(chunks: Iterable[bytes], opens: Callable[[Path], bool]) -> Iterator[tuple[Path, Any]]:
    """Every value whose path `opens` does not take apart, in order; raises Malformed with line and column.

    A leaf has at most 16 MiB and 24 levels. An empty object or list is always a leaf.
    """
    return Walk(chunks, opens).leaves()


class Walk:
    """A walk through JSON, or through the rest of it behind a bookmark, where the chunks begin then."""

    def __init__(self, chunks: Iterable[bytes], opens: Callable[[Path], bool], at: Bookmark | None = None) -> None:
        self._source = Source(chunks, at.offset, Place(at.line, at.column)) if at else Source(chunks, 0, START)
        self._reader, self._opens = Reader(self._source, _malformed), opens
        self._path: list[int | str] = list(at.path) if at else []
        self._closings: list[bytes] = [b"%c" % it for it in at.closings.encode()] if at else []
        self._is_begun = at is not None

    @property
    def bookmark(self) -> Bookmark:
        """Where the walk stands, behind the leaf that it told last."""
        line, column = self._source.place(self._source.position)
        closings = b"".join(self._closings).decode()
        return Bookmark(offset=self.offset, line=line, column=column, path=tuple(self._path), closings=closings)

    @property
    def offset(self) -> int:
        """So many bytes were read."""
        return self._source.offset

    def leaves(self) -> Iterator[tuple[Path, Any]]:
        """Each value with its path, from here on."""
        going = self._is_onward() if self._is_begun else True
        while going:
            path = tuple(self._path)
            if self._is_entered(path):
                continue
            yield path, self._leaf()
            yield from self._siblings(path)
            going = self._is_onward()

    def _siblings(self, path: Path) -> Iterator[tuple[Path, Any]]:
        """The members that follow in the same object, as long as nothing of them is to be taken apart."""
        while path and isinstance(path[-1], str) and (found := self._source.try_match(_MEMBER)):
            path = (*path[:-1], str(self._reader.value(found[1], found.start(1))))
            if self._opens(path):
                return
            value = self._reader.value(found[2], found.start(2))
            self._path[-1] = path[-1]
            self._source.skip(found)
            yield path, value

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

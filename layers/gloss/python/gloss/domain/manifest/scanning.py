"""A JSON object of arrays, read as a stream: each array element by itself, in bounded memory, with its position."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from pydantic_core import from_json

from gloss.domain.errors import Fault, Malformed
from gloss.domain.json_text.reader import KEY, MAX_DEPTH, STRING, TOKEN, VALUE, Reader
from gloss.domain.json_text.window import Place, Source
from gloss.domain.manifest.elements import elements

NOTHING_MORE: Final = "nothing may follow the closing '}'"


class Members(NamedTuple):
    """Consecutive elements of a top-level array, or one top-level value; `opens` on the first of an array's.

    `texts` are the elements as they stand, one for each value, or none where they were not told apart; `lines` are
    those on which an array's elements begin.
    """

    key: str
    values: list[Any]
    in_array: bool = True
    opens: bool = False
    texts: Sequence[bytes] = ()
    lines: tuple[int, ...] = ()


_ELEMENT = re.compile(rb"\s*+" + VALUE + rb"\s*+([,\]])", re.DOTALL)
_LAST = re.compile(rb"\s*+" + VALUE + rb"\s*+(?=[,}])", re.DOTALL)
_TRAILING_COMMA = re.compile(rb"(" + STRING + rb")|,(?=\s*+[\]}])", re.DOTALL)


class Scanner:
    """The members of a JSON object in order; `lenient` overlooks trailing commas.

    Raises Malformed with line and column as soon as the text stops being JSON.
    """

    def __init__(self, chunks: Iterable[bytes], lenient: bool = False) -> None:
        self._reader = Reader(Source(chunks), malformed)
        self._source = self._reader.source
        self._lenient = lenient
        self._one_by_one_until = 0

    def members(self) -> Iterator[Members]:
        """Every array's elements and every other value; a key that comes twice is simply read twice."""
        self._reader.expect(b"{", "a manifest is one JSON object")
        if self._reader.closes(b"}"):
            return self._reader.end(NOTHING_MORE)
        while True:
            key = self._reader.key()
            yield from self._array(key) if self._reader.peek() == b"[" else self._single(key)
            if self._comma_or(b"}"):
                return self._reader.end(NOTHING_MORE)

    def _array(self, key: str) -> Iterator[Members]:
        self._reader.expect(b"[", "an array was expected")
        yield Members(key, [], opens=True)
        closed = self._reader.closes(b"]")
        while not closed:
            yield self._block(key)
            found = self._source.match(_ELEMENT)
            if found is None:
                raise self._unreadable(key)
            yield Members(key, [self._parsed(found)], lines=(self._source.line(found.start(1)),))
            self._source.skip(found)
            closed = found[2] == b"]" or (self._lenient and self._reader.closes(b"]"))

    def _block(self, key: str) -> Members:
        """Many elements at once: what lies before a `},{` is read as an array, and is one exactly if that succeeds."""
        if self._lenient or self._source.offset < self._one_by_one_until:
            return Members(key, [])
        block = self._source.block()
        try:
            values: list[Any] = from_json(b"[" + block + b"]", allow_inf_nan=False, cache_strings="keys")
        except ValueError:
            self._one_by_one_until = self._source.offset + len(block)
            return Members(key, [])
        told = elements(block, values, self._source.line(self._source.position))
        self._source.skip_block(block)
        return Members(key, values, texts=told.texts, lines=told.lines)

    def _single(self, key: str) -> Iterator[Members]:
        found = self._source.match(_LAST)
        if found is None:
            raise self._unreadable(key)
        yield Members(key, [self._parsed(found)], in_array=False)
        self._source.skip(found)

    def _parsed(self, found: re.Match[bytes]) -> Any:
        text = found[1]
        if self._lenient:
            text = _TRAILING_COMMA.sub(lambda comma: comma[1] or b"", text)
        return self._reader.value(text, found.start(1))

    def _comma_or(self, closing: bytes) -> bool:
        if self._reader.comma_or(closing) == closing:
            return True
        return self._lenient and self._reader.closes(closing)

    def _unreadable(self, path: str) -> Malformed:
        """Why an element did not match: let the parser say it, or find what stands behind a good element."""
        first = self._reader.peek()
        if first in b",]}":
            return self._reader.broken(f"a value was expected, but {first.decode()!r} found (a comma too many?)")
        whole = self._source.match(re.compile(rb"\s*+" + VALUE, re.DOTALL))
        if whole is None:
            try:
                from_json(self._source.rest())
            except ValueError as error:
                return self._reader.wrong(error, self._source.position)
            return self._reader.broken(f"{path} is larger than 16 MiB or nested deeper than {MAX_DEPTH}")
        self._parsed(whole)
        self._source.skip(whole)
        self._reader.peek()
        return self._reader.broken("',' was expected between two values")


def malformed(reason: str, place: Place) -> Malformed:
    """The refusal of a text that is not JSON, with the position."""
    return Malformed(f"The manifest is not valid JSON at {place}: {reason}.", [Fault(str(place), reason)])


def member_text(text: str, key: str) -> bytes | None:
    """The text of one top-level value as it stands, with its own duplicate keys; None when there is none.

    The text must be a JSON object that was read before.
    """
    body = text.encode()
    source = Source([body])
    source.skip_to(body.index(b"{") + 1)
    found: bytes | None = None
    while (name := source.match(KEY)) is not None:
        source.skip(name)
        value = source.match(_LAST)
        if value is None:
            return None
        found = value[1] if from_json(name[1]) == key else found
        source.skip_to(value.end())
        comma = source.match(TOKEN)
        if comma is not None:
            source.skip(comma)
    return found

"""A JSON object of arrays, read as a stream: each array element by itself, in bounded memory, with its position."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from pydantic_core import from_json

from gloss.domain.errors import Fault, Malformed
from gloss.domain.manifest.elements import elements
from gloss.domain.manifest.window import Place, Source

MAX_DEPTH = 24


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


STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_SCALAR = rb'[^\s"\[\]{},:]++'


def _nested(depth: int) -> bytes:
    inner = b"|" + _nested(depth - 1) if depth else b""
    return rb'[\[{][^"\[\]{}]*+(?:(?:' + STRING + inner + rb')[^"\[\]{}]*+)*+[\]}]'


VALUE = b"(" + _nested(MAX_DEPTH) + b"|" + STRING + b"|" + _SCALAR + b")"
_ELEMENT = re.compile(rb"\s*+" + VALUE + rb"\s*+([,\]])", re.DOTALL)
_LAST = re.compile(rb"\s*+" + VALUE + rb"\s*+(?=[,}])", re.DOTALL)
KEY = re.compile(rb"\s*+(" + STRING + rb")\s*+:\s*+(?=\S)", re.DOTALL)
TOKEN = re.compile(rb"\s*+(\S)")
_TRAILING_COMMA = re.compile(rb"(" + STRING + rb")|,(?=\s*+[\]}])", re.DOTALL)
_PARSER_PLACE = re.compile(r" at line (\d+) column (\d+)$")


class Scanner:
    """The members of a JSON object in order; `lenient` overlooks trailing commas.

    Raises Malformed with line and column as soon as the text stops being JSON.
    """

    def __init__(self, chunks: Iterable[bytes], lenient: bool = False) -> None:
        self._source = Source(chunks)
        self._lenient = lenient
        self._one_by_one_until = 0

    def members(self) -> Iterator[Members]:
        """Every array's elements and every other value; a key that comes twice is simply read twice."""
        self._expect(b"{", "a manifest is one JSON object")
        if self._closes(b"}"):
            return self._end()
        while True:
            key = self._key()
            yield from self._array(key) if self._peek() == b"[" else self._single(key)
            if self._comma_or(b"}"):
                return self._end()

    def _array(self, key: str) -> Iterator[Members]:
        self._expect(b"[", "an array was expected")
        yield Members(key, [], opens=True)
        closed = self._closes(b"]")
        while not closed:
            yield self._block(key)
            found = self._source.match(_ELEMENT)
            if found is None:
                raise self._unreadable(key)
            yield Members(key, [self._parsed(found)], lines=(self._source.line(found.start(1)),))
            self._source.skip(found)
            closed = found[2] == b"]" or (self._lenient and self._closes(b"]"))

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
        try:
            return from_json(text, allow_inf_nan=False, cache_strings="keys")
        except ValueError as error:
            raise self._wrong(error, found.start(1)) from None

    def _key(self) -> str:
        found = self._source.match(KEY)
        if found is None:
            self._peek()
            raise self._broken("a quoted key and a colon were expected")
        key = self._parsed(found)
        self._source.skip(found)
        return str(key)

    def _comma_or(self, closing: bytes) -> bool:
        if self._peek() not in (b",", closing):
            raise self._broken(f"',' or '{closing.decode()}' was expected")
        if self._closes(closing):
            return True
        self._expect(b",", "',' was expected")
        return self._lenient and self._closes(closing)

    def _expect(self, token: bytes, otherwise: str) -> None:
        if not self._closes(token):
            raise self._broken(otherwise)

    def _closes(self, token: bytes) -> bool:
        found = self._source.match(TOKEN)
        if found is None or found[1] != token:
            return False
        self._source.skip(found)
        return True

    def _peek(self) -> bytes:
        found = self._source.match(TOKEN)
        if found is None:
            raise self._broken("the text ends too early")
        self._source.skip_to(found.start(1))
        return found[1]

    def _end(self) -> None:
        if self._source.match(TOKEN):
            self._peek()
            raise self._broken("nothing may follow the closing '}'")

    def _unreadable(self, path: str) -> Malformed:
        """Why an element did not match: let the parser say it, or find what stands behind a good element."""
        first = self._peek()
        if first in b",]}":
            return self._broken(f"a value was expected, but {first.decode()!r} found (a comma too many?)", path)
        whole = self._source.match(re.compile(rb"\s*+" + VALUE, re.DOTALL))
        if whole is None:
            try:
                from_json(self._source.rest())
            except ValueError as error:
                return self._wrong(error, self._source.position)
            return self._broken(f"{path} is larger than 16 MiB or nested deeper than {MAX_DEPTH}", path)
        self._parsed(whole)
        self._source.skip(whole)
        self._peek()
        return self._broken("',' was expected between two values", path)

    def _wrong(self, error: ValueError, start: int) -> Malformed:
        place, reason = self._source.place(start), str(error)
        found = _PARSER_PLACE.search(reason)
        if found:
            line, column = int(found[1]), int(found[2])
            place = Place(place.line + line - 1, column if line > 1 else place.column + max(column, 1) - 1)
            reason = reason[: found.start()]
        return malformed(reason, place)

    def _broken(self, reason: str, path: str = "") -> Malformed:
        del path
        return malformed(reason, self._source.place(self._source.position))


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

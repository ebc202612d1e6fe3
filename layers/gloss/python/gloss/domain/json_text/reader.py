"""What a value, a key and a token of JSON look like, and a reader that goes from one to the next."""

import re
from collections.abc import Callable
from typing import Any, Final

from pydantic_core import from_json

from gloss.domain.errors import Malformed
from gloss.domain.json_text.window import Place, Source

MAX_DEPTH: Final = 24
STRING: Final = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_SCALAR: Final = rb'[^\s"\[\]{},:]++'


def _nested(depth: int) -> bytes:
    inner = b"|" + _nested(depth - 1) if depth else b""
    return rb'[\[{][^"\[\]{}]*+(?:(?:' + STRING + inner + rb')[^"\[\]{}]*+)*+[\]}]'


VALUE: Final = b"(" + _nested(MAX_DEPTH) + b"|" + STRING + b"|" + _SCALAR + b")"
KEY: Final = re.compile(rb"\s*+(" + STRING + rb")\s*+:\s*+(?=\S)", re.DOTALL)
TOKEN: Final = re.compile(rb"\s*+(\S)")
_PARSER_PLACE: Final = re.compile(r" at line (\d+) column (\d+)$")


class Reader:
    """A place in JSON text; `refuse` makes the refusal of what is wrong at a place, in the words of whoever reads."""

    def __init__(self, source: Source, refuse: Callable[[str, Place], Malformed]) -> None:
        self.source = source
        self._refuse = refuse

    def peek(self) -> bytes:
        """The next token, which is gone to; raises Malformed at the end of the text."""
        found = self.source.match(TOKEN)
        if found is None:
            raise self.broken("the text ends too early")
        self.source.skip_to(found.start(1))
        return found[1]

    def closes(self, token: bytes) -> bool:
        """Go past the token, if it is the next one."""
        found = self.source.match(TOKEN)
        if found is None or found[1] != token:
            return False
        self.source.skip(found)
        return True

    def expect(self, token: bytes, otherwise: str) -> None:
        """Go past the token; raises Malformed."""
        if not self.closes(token):
            raise self.broken(otherwise)

    def comma_or(self, closing: bytes) -> bytes:
        """Go past a comma or what closes the level; which it was. Raises Malformed."""
        mark = self.peek()
        if mark not in (b",", closing):
            raise self.broken(f"',' or '{closing.decode()}' was expected")
        self.source.skip_to(self.source.position + 1)
        return mark

    def key(self) -> str:
        """Go past a key and its colon; raises Malformed."""
        found = self.source.match(KEY)
        if found is None:
            self.peek()
            raise self.broken("a quoted key and a colon were expected")
        key = self.value(found[1], found.start(1))
        self.source.skip(found)
        return str(key)

    def value(self, text: bytes, start: int) -> Any:
        """What the text is that starts there in the window; raises Malformed."""
        try:
            return from_json(text, allow_inf_nan=False, cache_strings="keys")
        except ValueError as error:
            raise self.wrong(error, start) from None

    def end(self, otherwise: str) -> None:
        """Demand that nothing follows; raises Malformed."""
        if self.source.match(TOKEN):
            self.peek()
            raise self.broken(otherwise)

    def wrong(self, error: ValueError, start: int) -> Malformed:
        """The parser's refusal of a text that starts there, with the place in the whole."""
        place, reason = self.source.place(start), str(error)
        found = _PARSER_PLACE.search(reason)
        if found:
            line, column = int(found[1]), int(found[2])
            place = Place(place.line + line - 1, column if line > 1 else place.column + max(column, 1) - 1)
            reason = reason[: found.start()]
        return self._refuse(reason, place)

    def broken(self, reason: str) -> Malformed:
        """The refusal of what stands here."""
        return self._refuse(reason, self.source.place(self.source.position))

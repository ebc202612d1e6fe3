"""The elements of a block of JSON told apart: the text of each, and the line on which it begins."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Any, Final, NamedTuple

from gloss.domain.json_text.window import BETWEEN

_BETWEEN_KEPT = re.compile(rb"\}(\s*+,\s*+)\{")
_STEP = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|([\[{])|([\]}])|(,\s*+)', re.DOTALL)
_OPENS, _CLOSES, _COMMA = 1, 2, 3
_DEEPER: Final = {_OPENS: 1, _CLOSES: -1}


class Elements(NamedTuple):
    """What a block is made of: the line of each element, and its text, or no texts where they were not told apart."""

    texts: Sequence[bytes]
    lines: tuple[int, ...]


def elements(block: bytes, values: Sequence[Any], line: int) -> Elements:
    """The elements of a block that begins on a line and was read as these values.

    Every comma between two elements stands between two braces. So when there is one such comma fewer than elements,
    these are all of them, and none lies inside an element (in a list of objects, or in a string).
    """
    if b"\n" in block:
        return _on_lines(block, values, line)
    return Elements(_texts(_split(BETWEEN, block, values), values), (line,) * len(values))


def _on_lines(block: bytes, values: Sequence[Any], line: int) -> Elements:
    parts = _split(_BETWEEN_KEPT, block, values)
    texts = _texts(parts[::2], values)
    return Elements(texts, _lines_of(parts, line + _feeds_before(block)) if texts else _searched(block, line))


def _split(between: re.Pattern[bytes], block: bytes, values: Sequence[Any]) -> list[bytes]:
    return between.split(block.strip()[1:-1]) if values and set(map(type, values)) == {dict} else []


def _texts(inner: Sequence[bytes], values: Sequence[Any]) -> list[bytes]:
    return [b"{%b}" % text for text in inner] if len(inner) == len(values) else []


def _lines_of(parts: Sequence[bytes], line: int) -> tuple[int, ...]:
    """The lines of elements from the line feeds in them and between them."""
    return tuple(accumulate([part.count(b"\n") for part in parts], initial=line))[:-1:2]


def _feeds_before(block: bytes) -> int:
    return block.count(b"\n", 0, len(block) - len(block.lstrip()))


def _searched(block: bytes, line: int) -> tuple[int, ...]:
    """The lines of elements that only their depth tells apart."""
    feeds = (block.count(b"\n", start, end) for start, end in pairwise([0, *_starts(block)]))
    return tuple(accumulate(feeds, initial=line))[1:]


def _starts(block: bytes) -> Iterator[int]:
    yield len(block) - len(block.lstrip())
    depth = 0
    for step in _STEP.finditer(block):
        depth += _DEEPER.get(step.lastindex or 0, 0)
        if depth == 0 and step.lastindex == _COMMA:
            yield step.end()

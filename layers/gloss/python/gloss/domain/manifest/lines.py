"""NDJSON manifests: one row a line, each for itself; a line that cannot be read is that row's fault alone."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, takewhile
from typing import Any

from pydantic_core import from_json

from gloss.domain.json_text.window import BETWEEN, BLOCK_BYTES, BYTE_ORDER_MARK, MAX_ELEMENT_BYTES
from gloss.domain.manifest.plain import Origin, Part, told_apart
from gloss.domain.manifest.reading import FLAGS, Flags, flag
from gloss.domain.manifest.units import RowFault

TOO_LONG = f"the line is longer than {MAX_ELEMENT_BYTES // 2**20} MiB"
_PARSER_PLACE = re.compile(r" at line 1 column (\d+)$")


class NdjsonManifest:
    """An NDJSON manifest: a row's number is its line; empty lines are left out. The first line may be flags alone."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._blocks = _blocks(chunks)
        self.flags = Flags()
        self.warnings: list[str] = []

    def parts(self) -> Iterator[Part]:
        """One unit or fault for each line, plain ones in runs; raises Invalid when a flag is neither true nor false."""
        number, begun = 1, False
        for lines in self._blocks:
            lines[0] = lines[0].removeprefix(BYTE_ORDER_MARK) if number == 1 else lines[0]
            skipped = 0 if begun else self._head(lines)
            begun = begun or any(map(bytes.strip, lines))
            yield from _parts(lines[skipped:], number + skipped)
            number += len(lines)

    def _head(self, lines: Sequence[bytes]) -> int:
        """How many lines come before the first row: empty ones, then perhaps the flags."""
        empty = sum(1 for _ in takewhile(lambda line: not line.strip(), lines))
        first = lines[empty : empty + 1]
        return empty + sum(self._are_flags(_value(line, 1)) for line in first)

    def _are_flags(self, value: Any) -> bool:
        if not isinstance(value, dict) or not value or not FLAGS.keys() >= value.keys():
            return False
        self.flags = Flags(**{FLAGS[key]: flag(key, said) for key, said in value.items()})
        return True


def _parts(lines: Sequence[bytes], number: int) -> Iterator[Part]:
    values = _together(lines)
    if values is not None:
        yield from told_apart(values, lines, Origin(None, number))
        return
    for empty, group in groupby(enumerate(lines, number), lambda each: not each[1].strip()):
        numbers, texts = zip(*group, strict=True)
        if not empty:
            yield from told_apart(list(map(_value, texts, numbers)), texts, Origin(None, numbers[0]))


def _together(lines: Sequence[bytes]) -> list[Any] | None:
    """The values of many lines by one call of the parser; None unless each line is one object and nothing else.

    The lines are read as an array. When none of them holds a comma between two braces, every comma between two of the
    array's objects joins two lines. So as many objects as lines, and each line is one of them.
    """
    text = b"\n".join(lines)
    if BETWEEN.search(text) or max(map(len, lines), default=0) > MAX_ELEMENT_BYTES:
        return None
    try:
        values: list[Any] = from_json(b"[%b]" % text.replace(b"\n", b","), allow_inf_nan=False, cache_strings="keys")
    except ValueError:
        return None
    return values if len(values) == len(lines) and set(map(type, values)) == {dict} else None


def _value(line: bytes, number: int) -> Any:
    """What a line says, or the fault that it cannot be read."""
    if len(line) > MAX_ELEMENT_BYTES:
        return _fault(number, TOO_LONG)
    try:
        return from_json(line, allow_inf_nan=False)
    except ValueError as error:
        return _fault(number, _not_utf8(line) or _not_json(str(error)))


def _fault(number: int, reason: str) -> RowFault:
    return RowFault(row=number, path=f"line {number}", reason=reason, line=number)


def _not_utf8(line: bytes) -> str | None:
    try:
        line.decode()
    except UnicodeDecodeError as error:
        return f"column {error.start + 1}: the line is not UTF-8"
    return None


def _not_json(said: str) -> str:
    found = _PARSER_PLACE.search(said)
    return f"column {found[1]}: {said[: found.start()]}" if found else said


def _blocks(chunks: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The lines that end in each block; of a line that is too long, no more than shows that it is."""
    pending = b""
    for block in (chunk[at : at + BLOCK_BYTES] for chunk in chunks for at in range(0, len(chunk), BLOCK_BYTES)):
        *lines, pending = (pending + block).split(b"\n")
        pending = pending[: MAX_ELEMENT_BYTES + 1]
        if lines:
            yield lines
    if pending:
        yield [pending]

"""The elements of a DICOM header that are wanted, in file order; all others are passed without being looked at."""

import struct
from collections.abc import Callable, Collection, Iterator
from typing import Final, NamedTuple

from gloss.probes.ranged import BLOCK, Ranges

UNDEFINED: Final = 0xFFFFFFFF
MAX_VALUE_BYTES: Final = 2**14
MAX_STEPS: Final = 500_000
MAX_DEPTH: Final = 40
_LONGEST_HEAD: Final = 12
_ENDLESS: Final = 2**63
_MAX_WINDOW: Final = 2**20
_ITEM: Final = 0xFFFEE000
_ITEM_END: Final = 0xFFFEE00D
_SEQUENCE_END: Final = 0xFFFEE0DD
# DICOM PS3.5 7.1.2: these have four bytes of length behind two that are reserved, the others have two bytes of length.
_LONG: Final = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
_SHORT: Final = frozenset(b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split())
_SEQUENCES: Final = (b"SQ", b"UN", None)


class Unfamiliar(Exception):
    """The header is written in a way that is not read here; a whole DICOM library may know it."""


class Head(NamedTuple):
    """An element's tag and value representation (None when it is implicit), and where its value lies."""

    tag: int
    vr: bytes | None
    start: int
    length: int


class Syntax(NamedTuple):
    """How elements are written: `read` gives tag, value representation, bytes of head, and length at an offset."""

    explicit: bool
    order: str
    read: Callable[[bytes, int], tuple[int, bytes | None, int, int]]


class Span(NamedTuple):
    """A dataset: where it begins and must have ended, and how its elements are written."""

    at: int
    end: int
    syntax: Syntax


def explicit(order: str) -> Syntax:
    """Explicit value representations in a byte order, "<" or ">"."""
    head, longer = struct.Struct(order + "HH2sH").unpack_from, struct.Struct(order + "L").unpack_from

    def read(body: bytes, at: int) -> tuple[int, bytes | None, int, int]:
        group, element, vr, length = head(body, at)
        if vr in _SHORT:
            return group << 16 | element, vr, 8, length
        if vr in _LONG:
            return group << 16 | element, vr, 12, longer(body, at + 8)[0]
        if group == 0xFFFE:
            return group << 16 | element, None, 8, length
        raise Unfamiliar(f"value representation {vr!r}")

    return Syntax(True, order, read)


def _implicit() -> Syntax:
    head = struct.Struct("<HHL").unpack_from

    def read(body: bytes, at: int) -> tuple[int, bytes | None, int, int]:
        group, element, length = head(body, at)
        return group << 16 | element, None, 8, length

    return Syntax(False, "<", read)


EXPLICIT_LITTLE: Final = explicit("<")
EXPLICIT_BIG: Final = explicit(">")
IMPLICIT_LITTLE: Final = _implicit()


def _letters(vr: bytes) -> bool:
    return vr.isalpha() and vr.isupper()


class Elements:
    """Elements of one file by ranges: what is passed is not fetched, unless it lies in a block with what is wanted."""

    def __init__(self, file: Ranges) -> None:
        self._file = file
        self._body, self._base, self._final = b"", 0, -1
        self._moves = self._steps = 0

    def wanted(self, span: Span, tags: Collection[int], last: int = UNDEFINED) -> Iterator[Head]:
        """The wanted elements of a dataset in file order, and from `last` on all of them, for the caller to stop.

        Raises Unfamiliar for tags that do not ascend, and what `Syntax.read` does not know.
        """
        at, end, syntax = span
        read, before = syntax.read, -1
        while at < end:
            if not self._base <= at <= self._final and not self._moved(at):
                return
            tag, vr, head, length = read(self._body, at - self._base)
            if tag == _ITEM_END:
                return
            if tag <= before:
                raise Unfamiliar(f"tag {tag:08X} after {before:08X}")
            before, start = tag, at + head
            if tag in tags or tag > last:
                yield Head(tag, vr, start, length)
            at = start + length if length != UNDEFINED else self._past(start, vr, syntax, 0)
            self._step()

    def value(self, head: Head) -> bytes:
        """The bytes of a wanted element; raises Unfamiliar for one that is too long, or cut off."""
        if head.length > MAX_VALUE_BYTES:
            raise Unfamiliar(f"{head.length} bytes in {head.tag:08X}")
        at = head.start - self._base
        body = self._body[at : at + head.length]
        if at < 0 or len(body) < head.length:
            body = self._file.read(head.start, head.length)
        if len(body) < head.length:
            raise Unfamiliar(f"{head.tag:08X} is cut off")
        return body

    def first_item(self, sequence: Head, syntax: Syntax) -> Iterator[Span]:
        """The first item of a sequence; nothing when there is no item."""
        if sequence.vr not in _SEQUENCES:
            raise Unfamiliar(f"{sequence.tag:08X} as {sequence.vr!r}")
        if sequence.length:
            tag, length, at = self._item(sequence.start, syntax)
            if tag == _ITEM:
                yield Span(at, _ENDLESS if length == UNDEFINED else at + length, self._within(at, syntax))

    def dataset(self, at: int, syntax: Syntax) -> Span:
        """The dataset that begins at `at`; raises Unfamiliar when it is written otherwise, or begins before group 8."""
        if self._beyond(at) and not self._moved(at):
            raise Unfamiliar("no dataset")
        body = self._body[at - self._base :][:6]
        group = int.from_bytes(body[:2], "little" if syntax.order == "<" else "big")
        if group < 8 or _letters(body[4:6]) is not syntax.explicit:
            raise Unfamiliar("another way of writing than it says")
        return Span(at, _ENDLESS, syntax)

    def _past(self, at: int, vr: bytes | None, syntax: Syntax, depth: int) -> int:
        """The end of a value of undefined length, which must be a sequence."""
        if vr not in _SEQUENCES or depth > MAX_DEPTH:
            raise Unfamiliar(f"{vr!r} of undefined length")
        while True:
            tag, length, at = self._item(at, syntax)
            if tag == _SEQUENCE_END:
                return at
            if tag != _ITEM:
                raise Unfamiliar(f"{tag:08X} where an item should be")
            at = at + length if length != UNDEFINED else self._past_item(at, self._within(at, syntax), depth)

    def _past_item(self, at: int, syntax: Syntax, depth: int) -> int:
        while True:
            if self._beyond(at) and not self._moved(at):
                raise Unfamiliar("an item is cut off")
            tag, vr, head, length = syntax.read(self._body, at - self._base)
            at += head
            if tag == _ITEM_END:
                return at
            at = at + length if length != UNDEFINED else self._past(at, vr, syntax, depth + 1)
            self._step()

    def _item(self, at: int, syntax: Syntax) -> tuple[int, int, int]:
        """Tag and length of an item or a delimiter, and where it goes on."""
        self._step()
        if self._beyond(at) and not self._moved(at):
            raise Unfamiliar("a sequence is cut off")
        group, element, length = struct.unpack_from(syntax.order + "HHL", self._body, at - self._base)
        return group << 16 | element, length, at + 8

    def _step(self) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise Unfamiliar(f"more than {MAX_STEPS} elements")

    def _within(self, at: int, syntax: Syntax) -> Syntax:
        """Items of an explicit sequence are implicit now and then (DICOM PS3.5 6.2.2); their first element shows it."""
        if not syntax.explicit or (self._beyond(at) and not self._moved(at)):
            return syntax
        vr = self._body[at - self._base + 4 : at - self._base + 6]
        return syntax if _letters(vr) else IMPLICIT_LITTLE

    def _beyond(self, at: int) -> bool:
        return not self._base <= at <= self._final

    def _moved(self, at: int) -> bool:
        """Look at what lies from `at` on, farther each time that the header just goes on; False at the file's end."""
        near = at <= self._base + len(self._body) + BLOCK
        self._moves = self._moves + 1 if near else 0
        span = min(BLOCK << max(0, self._moves - 2), _MAX_WINDOW)
        body = self._file.read(at, BLOCK * ((at + _LONGEST_HEAD) // BLOCK) + span - at)
        self._base, self._body = at, body + bytes(_LONGEST_HEAD - len(body) if 8 <= len(body) < _LONGEST_HEAD else 0)
        self._final = at + len(self._body) - _LONGEST_HEAD
        return len(body) >= 8

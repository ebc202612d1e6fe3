"""The size of an AVIF image out of its boxes (ISO/IEC 23008-12): the spatial extent of the primary item."""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from gloss.probes.heads import Cut, Head, Strange
from gloss.probes.ranged import Ranges

MAX_META_BYTES: Final = 2**20
MAX_BOXES: Final = 1000
_BRANDS: Final = (b"avif", b"avis")


class _Box(NamedTuple):
    name: bytes
    at: int
    end: int


def head(file: Ranges) -> Head | None:
    """None for what is no AVIF; raises Strange for one without size, Cut for one that ends within a box."""
    if not _is_avif(file):
        return None
    found: _Box | None = None
    for box in _top(file):
        found = box if box.name == b"meta" and found is None else found
        if box.end > file.size:
            raise Cut
    if found is None or found.end - found.at > MAX_META_BYTES:
        raise Strange
    return _meta(file.read(found.at, found.end - found.at))


def _is_avif(file: Ranges) -> bool:
    body = file.read(0, 64)
    brands = body[8 : int.from_bytes(body[:4], "big")]
    return body[4:8] == b"ftyp" and any(brands[at : at + 4] in _BRANDS for at in (0, *range(8, len(brands), 4)))


def _top(file: Ranges) -> Iterator[_Box]:
    at = 0
    for _ in range(MAX_BOXES):
        if at >= file.size:
            return
        length, name = struct.unpack(">I4s", file.read(at, 8))
        body = at + 8
        if length == 1:
            length, body = struct.unpack(">Q", file.read(at + 8, 8))[0], at + 16
        end = file.size if length == 0 else at + length
        yield _Box(name, body, end)
        at = max(end, body)


def _boxes(body: bytes, at: int, end: int) -> Iterator[_Box]:
    while at + 8 <= end:
        length, name = struct.unpack_from(">I4s", body, at)
        if length < 8:
            raise Strange
        yield _Box(name, at + 8, min(at + length, end))
        at += length


def _meta(body: bytes) -> Head:
    """The primary item's extent; alpha is an auxiliary picture beside it."""
    parts = {box.name: box for box in _boxes(body, 4, len(body))}
    wide = body[parts[b"pitm"].at] if b"pitm" in parts else _strange()
    primary = int.from_bytes(body[parts[b"pitm"].at + 4 :][: 4 if wide else 2], "big")
    inner = {box.name: box for box in _boxes(body, *_inside(parts, b"iprp"))}
    properties = list(_boxes(body, *_inside(inner, b"ipco")))
    numbers = _properties_of(body, primary, *_inside(inner, b"ipma"))
    own = {box.name: box for box in (properties[number - 1] for number in numbers if 0 < number <= len(properties))}
    at, _ = _inside(own, b"ispe")
    width, height = struct.unpack_from(">II", body, at + 4)
    gray = b"pixi" in own and body[own[b"pixi"].at + 4] == 1
    return Head("AVIF", width, height, 4 if _has_alpha(body, properties) else 1 if gray else 3)


def _inside(boxes: dict[bytes, _Box], name: bytes) -> tuple[int, int]:
    if name not in boxes:
        raise Strange
    return boxes[name].at, boxes[name].end


def _properties_of(body: bytes, item: int, at: int, end: int) -> Iterator[int]:
    """The numbers of an item's properties, from 1 on."""
    version, large = body[at], body[at + 3] & 1
    named, step = (4, 2 if large else 1) if version else (2, 2 if large else 1)
    at += 8
    while at + named < end:
        count, own = body[at + named], int.from_bytes(body[at : at + named], "big")
        at += named + 1
        if own == item:
            mask = 0x7FFF if large else 0x7F
            yield from (int.from_bytes(body[at + n * step :][:step], "big") & mask for n in range(count))
        at += count * step


def _has_alpha(body: bytes, properties: list[_Box]) -> bool:
    return any(box.name == b"auxC" and b"alpha" in body[box.at : box.end] for box in properties)


def _strange() -> int:
    raise Strange

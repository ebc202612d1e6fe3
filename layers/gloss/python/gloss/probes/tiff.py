"""The size of a TIFF or BigTIFF: a few entries of its first directory, wherever that lies."""

import struct
from typing import Final, NamedTuple

from gloss.probes.heads import Cut, Head, Strange
from gloss.probes.ranged import Ranges

MAX_ENTRIES: Final = 4096
_WIDTH, _HEIGHT, _SAMPLES = 256, 257, 277
#: Offsets of strips or tiles, and their lengths: the last of them shows whether the file is whole.
_PIECES: Final = ((273, 279), (324, 325))
_FORMS: Final = {1: "B", 3: "H", 4: "I", 16: "Q"}


class _Layout(NamedTuple):
    """Byte order, and the shapes of counts, entries and offsets: TIFF 6.0, or BigTIFF with eight bytes of each."""

    order: str
    counted: str
    entry: str
    offset: str
    first_at: int


class _Entry(NamedTuple):
    """One entry: the type and number of its values, and where they lie."""

    form: str
    values: int
    at: int


def head(file: Ranges) -> Head:
    """Raises Strange without size, and Cut when its last strip or tile ends behind the file."""
    layout = _layout(file.read(0, 16))
    entries = _entries(file, layout, _one(file, layout.order + layout.offset, layout.first_at))
    if _WIDTH not in entries or _HEIGHT not in entries:
        raise Strange
    _demand_whole(file, layout, entries)
    width, height = (_last(file, layout, entries[tag]) for tag in (_WIDTH, _HEIGHT))
    return Head("TIFF", width, height, _last(file, layout, entries[_SAMPLES]) if _SAMPLES in entries else 1)


def _layout(body: bytes) -> _Layout:
    order = "<" if body[:2] == b"II" else ">"
    big = 43 in body[2:4]
    return _Layout(order, "Q", "HHQ8s", "Q", 8) if big else _Layout(order, "H", "HHI4s", "I", 4)


def _entries(file: Ranges, layout: _Layout, at: int) -> dict[int, _Entry]:
    count, form = _one(file, layout.order + layout.counted, at), layout.order + layout.entry
    if count > MAX_ENTRIES:
        raise Strange
    at, step = at + struct.calcsize(layout.order + layout.counted), struct.calcsize(form)
    body, found = file.read(at, count * step), {}
    for number, (tag, kind, values, place) in enumerate(struct.iter_unpack(form, body[: len(body) // step * step])):
        if kind in _FORMS and values:
            found[tag] = _placed(layout, _FORMS[kind], values, place, at + number * step + step - len(place))
    return found


def _placed(layout: _Layout, form: str, values: int, place: bytes, within: int) -> _Entry:
    """Values that fit into the entry lie in it; others where it says."""
    inside = struct.calcsize("=" + form) * values <= len(place)
    return _Entry(form, values, within if inside else struct.unpack(layout.order + layout.offset, place)[0])


def _demand_whole(file: Ranges, layout: _Layout, entries: dict[int, _Entry]) -> None:
    for offsets, lengths in _PIECES:
        if offsets in entries and lengths in entries:
            end = _last(file, layout, entries[offsets]) + _last(file, layout, entries[lengths])
            if end > file.size:
                raise Cut


def _last(file: Ranges, layout: _Layout, entry: _Entry) -> int:
    """The last value of an entry, which is its only one where it matters."""
    return _one(file, layout.order + entry.form, entry.at + (entry.values - 1) * struct.calcsize("=" + entry.form))


def _one(file: Ranges, form: str, at: int) -> int:
    body = file.read(at, struct.calcsize(form))
    if len(body) < struct.calcsize(form):
        raise Cut
    return int(struct.unpack(form, body)[0])

"""Plain rows: one URL, perhaps a title and metadata. Most rows are plain, so they are told from others at once and kept
as the text that they are; they become units only in their batch, as any row does.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby, repeat
from typing import Any, NamedTuple

from pydantic_core import from_json

from gloss.domain.manifest.checking import ARRAYS, KINDS, unit_of, unit_of_line
from gloss.domain.manifest.units import MAX_TITLE, MAX_URL, RowFault, Spot, Unit
from gloss.domain.media import MediaKind
from gloss.domain.metadata import LEGACY_KEYFRAMES, PLATFORM_KEY, metadata_faults

_OF_ONE_FILE = frozenset(
    (
        *(MediaKind.VIDEO, MediaKind.IMAGE, MediaKind.AUDIO, MediaKind.PDF),
        *(MediaKind.TEXT, MediaKind.NIFTI, MediaKind.TIME_SERIES),
    )
)
_OF_ONE_FILE_NAMES = frozenset(name for name, kind in KINDS.items() if kind in _OF_ONE_FILE)
_PLAIN_KEYS = frozenset({"objectUrl", "title", "clientMetadata"})
_NOTHING: dict[str, Any] = {}


class Origin(NamedTuple):
    """Where rows stand: the key of their array, the number of the first, its place in the array, and their lines.

    Without an array the rows are lines that name their kind, and a row's number is its line.
    """

    array: str | None
    row: int
    place: int = 0
    lines: tuple[int, ...] = ()

    def part(self, start: int, end: int | None = None) -> "Origin":
        """Where some of the rows stand."""
        return Origin(self.array, self.row + start, self.place + start, self.lines[start:end])

    def unit(self, raw: Any, at: int) -> Unit | RowFault:
        """The row that stands so many after the first."""
        if self.array is None:
            return unit_of_line(raw, self.row + at)
        line = self.lines[at] if self.lines else None
        return unit_of(ARRAYS[self.array], raw, Spot(self.row + at, f"{self.array}[{self.place + at}]", line))


class Run(NamedTuple):
    """Plain rows that follow each other, as the JSON texts that they are."""

    origin: Origin
    texts: Sequence[bytes]

    def rows(self) -> Iterator[Unit | RowFault]:
        """The same as units."""
        return (self.origin.unit(from_json(text), at) for at, text in enumerate(self.texts))

    def parted(self, count: int) -> "tuple[Run, Run]":
        """The first few of the rows, and the rest."""
        first, rest = self.origin.part(0, count), self.origin.part(count)
        return Run(first, self.texts[:count]), Run(rest, self.texts[count:])


Part = Run | Unit | RowFault


def told_apart(values: Sequence[Any], texts: Sequence[bytes], origin: Origin) -> Iterator[Part]:
    """Rows in order: plain ones in runs of their texts, each other one as its unit or fault.

    A value that is a fault already stays as it is. Without texts, each row is read for itself.
    """
    kept = list(_kept(values, texts, origin))
    if kept and all(kept):
        yield Run(origin, texts)
        return
    start = 0
    for together, group in groupby(kept):
        end = start + len(list(group))
        if together:
            yield Run(origin.part(start, end), texts[start:end])
        else:
            yield from (_read(values[at], at, origin) for at in range(start, end))
        start = end


def _kept(values: Sequence[Any], texts: Sequence[bytes], origin: Origin) -> Iterable[bool]:
    if not texts:
        return repeat(False, len(values))
    if origin.array is None:
        return map(is_plain_line, values)
    return map(is_plain, values) if ARRAYS[origin.array] in _OF_ONE_FILE else repeat(False, len(values))


def _read(value: Any, at: int, origin: Origin) -> Unit | RowFault:
    return value if isinstance(value, RowFault) else origin.unit(value, at)


def is_plain(raw: Any) -> bool:
    """Whether an element of an array of single files surely becomes a unit; False only says: look closer."""
    return type(raw) is dict and _are_plain_keys(tuple(raw)) and _has_plain_values(raw)


def is_plain_line(raw: Any) -> bool:
    """The same of a line that names its kind."""
    return (
        type(raw) is dict
        and _are_plain_line_keys(tuple(raw))
        and type(kind := raw["kind"]) is str
        and kind in _OF_ONE_FILE_NAMES
        and _has_plain_values(raw)
    )


@lru_cache(maxsize=1024)
def _are_plain_keys(keys: tuple[str, ...]) -> bool:
    """Kept for the few sets of keys that the rows of one manifest have."""
    return "objectUrl" in keys and _PLAIN_KEYS.issuperset(keys)


@lru_cache(maxsize=1024)
def _are_plain_line_keys(keys: tuple[str, ...]) -> bool:
    return "kind" in keys and _are_plain_keys(tuple(key for key in keys if key != "kind"))


@lru_cache(maxsize=1024)
def _are_plain_metadata_keys(keys: tuple[str, ...]) -> bool:
    return PLATFORM_KEY not in keys and LEGACY_KEYFRAMES not in keys and not metadata_faults(dict.fromkeys(keys))


def _has_plain_values(raw: dict[str, Any]) -> bool:
    """What the models of single files ask of these three, written out because it is asked of every row."""
    url, title, said = raw["objectUrl"], raw.get("title"), raw.get("clientMetadata", _NOTHING)
    return (
        type(url) is str
        and 0 < len(url) <= MAX_URL
        and (title is None or (type(title) is str and 0 < len(title) <= MAX_TITLE))
        and type(said) is dict
        and _are_plain_metadata_keys(tuple(said))
        and (list not in map(type, said.values()) or not metadata_faults(said))
    )

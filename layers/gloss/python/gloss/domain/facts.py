"""Client metadata as typed facts that can be filtered: text, number, boolean, moment or place, as the schema says.

A key without an entry, or a value that its type does not fit, is taken by what it is; a text that reads as ISO 8601
is a moment besides only then.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic_core import to_json

from gloss.domain.metadata_schema import Types
from gloss.domain.metadata_types import GeospatialType, KeyType, TombstoneType, Unfit, VariantType, moment_of
from gloss.domain.model import Value, iso

_LONGEST_TEXT = 4096
#: Lists of numbers without a schema entry are text, and rarely worth more of it.
_LONGEST_LIST = 256

Fields = dict[str, Any]


class Fact(Value):
    """One value of one frame's metadata; `moment` in UTC, `latitude` and `longitude` in degrees."""

    id: str
    key: str
    type: str
    text: str | None = None
    number: float | None = None
    moment: str | None = None
    latitude: float | None = None
    longitude: float | None = None


def facts_of(frame: str, metadata: Mapping[str, Any], types: Types) -> Iterator[Fact]:
    """All facts of a frame by the schema's types.

    Without a type, lists of texts give one fact an entry, lists of numbers one text, objects nest with dots, nulls give
    none; keys that the schema deleted give none either.
    """
    for key, value in metadata.items():
        kind = types.get(key)
        fields = None if kind is None or value is None else _typed(kind, value)
        found = _guessed(key, value) if fields is None else [(key, fields)]
        if not isinstance(kind, TombstoneType):
            yield from (Fact(id=frame, key=name, **each) for name, each in found)


def _typed(kind: KeyType, value: Any) -> Fields | None:
    """What a type makes of a value; None when it does not fit, so that the value speaks for itself."""
    make = _MAKE.get(kind.hint if isinstance(kind, VariantType) else kind.ty)
    return None if make is None else make(value)


def _text(value: Any) -> Fields | None:
    return {"type": "text", "text": value[:_LONGEST_TEXT]} if isinstance(value, str) else None


def _number(value: Any) -> Fields | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool)
    return {"type": "number", "number": float(value)} if fits else None


def _boolean(value: Any) -> Fields | None:
    return {"type": "boolean", "text": str(value).lower()} if isinstance(value, bool) else None


def _moment(value: Any) -> Fields | None:
    moment = moment_of(value)
    return None if moment is None else {"type": "text", "text": value, "moment": iso(moment)}


def _place(value: Any) -> Fields | None:
    try:
        return {"type": "place", **GeospatialType().read(value)}
    except Unfit:
        return None


_MAKE: Mapping[str, Callable[[Any], Fields | None]] = {
    "number": _number,
    "boolean": _boolean,
    "datetime": _moment,
    "geospatial": _place,
    **dict.fromkeys(("varchar", "text", "uuid", "enum", "user"), _text),
}


def _guessed(key: str, value: Any) -> Iterator[tuple[str, Fields]]:
    for name, inner in _flat(key, value):
        fields = _boolean(inner) or _number(inner) or _moment(inner) or _text(inner)
        if fields is not None:
            yield name, fields


def _flat(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(f"{key}.{name}", inner)
    elif isinstance(value, list | tuple) and value and set(map(type, value)) <= {int, float}:
        yield key, to_json(value[:_LONGEST_LIST]).decode()[:_LONGEST_LIST]
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _flat(key, inner)
    else:
        yield key, value

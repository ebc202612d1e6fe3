"""Client metadata as typed facts that can be filtered: dotted keys, and text, number, boolean or moment as value."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from gloss.domain.model import Value, iso

_LONGEST_TEXT = 4096


class Fact(Value):
    """One value of one frame's metadata; a moment is a text that reads as ISO 8601."""

    id: str
    key: str
    type: str
    text: str | None = None
    number: float | None = None
    moment: str | None = None


def facts_of(frame: str, metadata: Mapping[str, Any]) -> Iterator[Fact]:
    """All facts of a frame; lists give one fact an entry, objects nest with dots, nulls give none."""
    for key, value in _flat("", metadata):
        if isinstance(value, bool):
            yield Fact(id=frame, key=key, type="boolean", text=str(value).lower())
        elif isinstance(value, int | float):
            yield Fact(id=frame, key=key, type="number", number=float(value))
        elif isinstance(value, str):
            yield Fact(id=frame, key=key, type="text", text=value[:_LONGEST_TEXT], moment=_moment(value))


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(f"{prefix}.{key}" if prefix else str(key), inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _flat(prefix, inner)
    else:
        yield prefix, value


def _moment(text: str) -> str | None:
    if not text[:4].isdigit() or len(text) > 40:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return iso(moment if moment.tzinfo else moment.replace(tzinfo=UTC))

"""The stored shape of a record and of an event, shared by the store's adapters."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, TypeVar

from gloss.domain.errors import Malformed
from gloss.domain.events import Event
from gloss.domain.model import Value
from gloss.ports import Change, Demand, Erase, Key, Kind, Overwrite

M = TypeVar("M", bound=Value)
INDEXES = ("by_parent", "by_owner", "by_state")
MAX_CHANGES = 100
ABSENT = 0


@dataclass(frozen=True)
class Stored:
    """A record as it lies in a table: keys and version apart, the model as JSON text."""

    key: Key
    kind: str
    version: int
    body: str
    index_keys: dict[str, Key]


def stored(kind: Kind[M], model: M) -> Stored:
    """The stored shape of a model under its kind."""
    placed = {name: place(model) for name, place in kind.indexes.items()}
    keys = {name: key for name, key in placed.items() if key is not None}
    return Stored(kind.key(model), kind.name, version_of(model), model.model_dump_json(), keys)


def version_of(model: Value) -> int:
    """The model's version; 1 for a model that never changes."""
    return int(getattr(model, "version", 1))


def demanded_version(change: Change) -> int | None:
    """The version that must be stored before the change; ABSENT: none; None: whatever there is."""
    if isinstance(change, Overwrite):
        return None
    version = version_of(change.model)
    return version if isinstance(change, Erase | Demand) else version - 1


def event_key(event: Event) -> Key:
    """Where an event lies in the outbox."""
    return Key(f"EVENT#{event.id}", "EVENT")


def write_token(parts: list[str]) -> str:
    """A page token: where to go on, opaque to clients."""
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def read_token(token: str, length: int) -> list[str]:
    """The parts of a page token; raises Malformed when it is not one of ours."""
    try:
        parts: Any = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError) as broken:
        raise Malformed("The page token is not one that this API gave out.") from broken
    if not isinstance(parts, list) or len(parts) != length or not all(isinstance(part, str) for part in parts):
        raise Malformed("The page token is not one that this list gave out.")
    return parts

"""The stored shape of a record and of an event, shared by the store's adapters."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, TypeVar

from gloss.domain.errors import Invalid, Malformed, TooLarge
from gloss.domain.events import Event
from gloss.domain.model import Value, cut
from gloss.ports import Change, Demand, Erase, Key, Kind, Overwrite, Query

M = TypeVar("M", bound=Value)
INDEXES = ("by_parent", "by_owner", "by_state")
#: Indexes of keys alone; what they list is read from the table.
LEAN_INDEXES = ("by_stage",)
MAX_CHANGES = 100
ABSENT = 0
LONGEST_PARTITION = 2_048
LONGEST_SORT = 1_024
LARGEST_RECORD = 380_000


@dataclass(frozen=True)
class Stored:
    """A record as it lies in a table: keys and version apart, the model as JSON text."""

    key: Key
    kind: str
    version: int
    body: str
    index_keys: dict[str, Key]


def stored(kind: Kind[M], model: M) -> Stored:
    """The stored shape of a model under its kind; raises TooLarge, or Invalid for a key that a table cannot take."""
    placed = {name: place(model) for name, place in kind.indexes.items()}
    keys = {name: Key(key.partition, cut(key.sort, LONGEST_SORT)) for name, key in placed.items() if key is not None}
    record = Stored(kind.key(model), kind.name, version_of(model), kind.text(model), keys)
    if not all(map(fits, [record.key, *keys.values()])):
        raise Invalid(f"This {kind.name} has an id that is too long.")
    if len(record.body.encode()) > LARGEST_RECORD:
        raise TooLarge(f"This {kind.name} would take more than {LARGEST_RECORD} bytes; make it smaller.")
    return record


def fits(key: Key) -> bool:
    """Whether a table can hold such a key at all; what it cannot hold is not there."""
    partition, sort = len(key.partition.encode()), len(key.sort.encode())
    return 0 < partition <= LONGEST_PARTITION and 0 < sort <= LONGEST_SORT


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
    except (binascii.Error, ValueError, RecursionError) as broken:
        raise Malformed("The page token is not one that this API gave out.") from broken
    if not isinstance(parts, list) or len(parts) != length or not all(isinstance(part, str) for part in parts):
        raise Malformed("The page token is not one that this list gave out.")
    return parts


def read_position(partition: str, query: Query) -> tuple[str, Key]:
    """Where a page goes on: the place in its order, and the record there; raises Malformed for another list's token."""
    place, base_partition, base_sort = read_token(query.after or "", 3)
    base = Key(base_partition, base_sort)
    inside = place.startswith(query.prefix) and (query.index is not None or base == Key(partition, place))
    if not (inside and fits(base) and fits(Key(partition, place))):
        raise Malformed("The page token is not one that this list gave out.")
    return place, base

"""The metadata schema of an organisation: which type a key has, how that may change, and how metadata are read by it.

A key without an entry is kept as it came. Reading gives the values as they are kept, or names every fault.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pydantic import Field
from pydantic_core import to_json

from gloss.domain.errors import Fault, Invalid
from gloss.domain.media import Metadata
from gloss.domain.metadata import PLATFORM_KEY, RESERVED, frame_marks, key_reason, metadata_faults
from gloss.domain.metadata_types import EmbeddingType, KeyType, TombstoneType, Unfit, VariantType
from gloss.domain.model import OrgId, Timestamp, UserId, Value, Versioned
from gloss.domain.parsing import joined

MAX_SCHEMA_BYTES = 256 * 1024

Types = Mapping[str, KeyType]


class MetadataSchema(Versioned):
    """The types of an organisation's metadata keys; version 0 is the one that nobody has written."""

    version: int = Field(default=0, ge=0)
    org_id: OrgId
    types: dict[str, KeyType] = Field(default_factory=dict)
    changed_at: Timestamp | None = None
    changed_by: UserId | None = None


class PastSchema(Value):
    """A version of a schema, kept for the jobs that began under it."""

    org_id: OrgId
    number: int
    types: dict[str, KeyType]


class Read(NamedTuple):
    """Metadata as they are kept, and what the schema found wrong with them."""

    values: Metadata
    faults: tuple[Fault, ...]


def replaced(stored: MetadataSchema, types: Types, by: UserId, now: Timestamp) -> MetadataSchema:
    """The next version with these types; a key that is left out becomes a soft tombstone.

    Raises Invalid for bad names, for a change of type (only from a variant or a soft tombstone), for a deleted key
    that comes back, and for a schema of more than 256 KiB.
    """
    wanted = {**types, **dict(_left_out(stored.types, types))}
    found = [*_name_faults(types), *_change_faults(stored.types, wanted)]
    if found:
        raise Invalid("The metadata schema breaks a rule; see the errors.", found)
    if len(to_json(wanted)) > MAX_SCHEMA_BYTES:
        raise Invalid(f"The metadata schema takes more than {MAX_SCHEMA_BYTES} bytes; give it fewer keys or values.")
    return stored.changed(types=wanted, changed_at=now, changed_by=by)


def read(said: Metadata, types: Types) -> Read:
    """Metadata of one thing by the schema; null says nothing of any type, so that it may remove a key."""
    values: Metadata = {}
    found: list[Fault] = []
    for key, value in said.items():
        kind = types.get(key)
        try:
            values[key] = value if kind is None or value is None else kind.read(value)
        except Unfit as unfit:
            found.append(Fault(key, str(unfit)))
    return Read(values, tuple(found))


def read_row(said: Metadata, types: Types) -> Read:
    """The same for a row of a manifest: its own values, and those of every frame under `$encord.frames`."""
    plain = {key: value for key, value in said.items() if key not in RESERVED}
    own = read(plain, types)
    marks = frame_marks(said)
    frames = marks.get("frames") if isinstance(marks, Mapping) else None
    if not isinstance(frames, Mapping):
        return Read({**said, **own.values}, own.faults)
    parts = {ref: read_frame(content, types) for ref, content in frames.items() if isinstance(content, dict)}
    found = [Fault(joined(PLATFORM_KEY, ("frames", ref, fault.path)), fault.reason) for ref, fault in _each(parts)]
    told = {**marks, "frames": {**frames, **{ref: part.values for ref, part in parts.items()}}}
    return Read({**said, **own.values, PLATFORM_KEY: told}, (*own.faults, *found))


def read_frame(said: Metadata, types: Types) -> Read:
    """Metadata of one frame, with the rules for keys besides."""
    part = read(said, types)
    reserved = tuple(Fault(key, "this key is reserved") for key in said if key in RESERVED)
    return Read(part.values, (*metadata_faults(said), *reserved, *part.faults))


def _each(parts: Mapping[str, Read]) -> Iterator[tuple[str, Fault]]:
    return ((ref, fault) for ref, part in parts.items() for fault in part.faults)


def _left_out(stored: Types, types: Types) -> Iterator[tuple[str, KeyType]]:
    for key, kind in stored.items():
        if key not in types:
            yield key, kind if isinstance(kind, TombstoneType) else TombstoneType(deleted_ty=kind)


def _name_faults(types: Types) -> Iterator[Fault]:
    return (Fault(joined("types", (key,)), reason) for key in types if (reason := key_reason(key)))


def _change_faults(stored: Types, wanted: Types) -> Iterator[Fault]:
    for key, old in stored.items():
        reason = _change_reason(old, wanted[key])
        if reason:
            yield Fault(joined("types", (key,)), reason)


def _change_reason(old: KeyType, new: KeyType) -> str | None:
    """Why a key may not go from one type to another; None when it may."""
    if isinstance(old, TombstoneType):
        gone = old.deleted_ty is None and new != old
        return "this key was deleted for good and never comes back" if gone else None
    if isinstance(new, TombstoneType):
        wrong = new.deleted_ty is not None and new.deleted_ty.ty != old.ty
        return f"deleted_ty must be what the key was: {old.ty}" if wrong else None
    if isinstance(old, VariantType):
        return None
    if new.ty != old.ty:
        return f"the type of a key does not change from {old.ty} to {new.ty}; delete the key first"
    if isinstance(old, EmbeddingType) and isinstance(new, EmbeddingType) and old.size != new.size:
        return f"the size of an embedding does not change from {old.size} to {new.size}; delete the key first"
    return None


def in_row(path: str, found: tuple[Fault, ...], most: int) -> tuple[str, str]:
    """Faults of a row as the path of the first and one reason that names `most` of them, with what is left counted."""
    first, *others = [Fault(joined(path, (fault.path,) if fault.path else ()), fault.reason) for fault in found]
    more = [f"{fault.path}: {fault.reason}" for fault in others[: most - 1]]
    left = len(found) - most
    return first.path, "; ".join([first.reason, *more, *([f"and {left} more"] if left > 0 else [])])


def demand(said: Metadata, types: Types, path: str = "metadata") -> Metadata:
    """Metadata as they are kept; raises Invalid with every fault in their keys and values."""
    part = read_row(said, types)
    found = (*metadata_faults(said), *part.faults)
    if found:
        named = [Fault(joined(path, (fault.path,) if fault.path else ()), fault.reason) for fault in found]
        raise Invalid("The metadata break a rule; see the errors.", named)
    return part.values

"""Sidecars of a synced folder: files of metadata, attached to the items of the files that they are named after."""

from functools import partial
from typing import Any, Final, NamedTuple

from gloss import bodies
from gloss.domain import metadata_schema
from gloss.domain.errors import GlossError, Invalid
from gloss.domain.media import Item
from gloss.domain.metadata import RESERVED
from gloss.domain.metadata_schema import Types
from gloss.domain.syncing import Entry, SyncBatch, Told, Tracked
from gloss.domain.tally import went
from gloss.domain.told import retold
from gloss.kinds.register import ITEMS
from gloss.kinds.syncing import SYNCS, TRACKED, sync_key
from gloss.ports import Blobs, Change, Erase, Ports, Save
from gloss.services import describing
from gloss.services.batching import Decided, Decision, Held, SyncBatchRef, Work, carry_out
from gloss.services.registering import MediaOf
from gloss.services.stowing import stow, unstow

LARGEST_SIDECAR: Final = 256 * 1024
NO_MARKS: Final[dict[str, Any]] = {"keyframes": (), "sampling_rate": None, "frame_metadata": {}, "frame_embeddings": {}}


class Sidecar(NamedTuple):
    """A sidecar as it was read: the client metadata in it, or why there is none."""

    metadata: dict[str, Any]
    fault: str | None
    bytes_read: int


def attach(ref: SyncBatchRef, media_of: MediaOf, ports: Ports) -> SyncBatch:
    """Attach the sidecars of a batch; a bad one is a warning that names it, and is tried again by the next sync."""
    org_id = ports.store.get(SYNCS, sync_key(ref.sync_id)).org_id
    types = describing.schema_of(org_id, ports.store).types
    return carry_out(ref, partial(_look, types), media_of, ports)


def without_sidecar(tracked: Tracked, item: Item | None, blobs: Blobs) -> list[Change]:
    """Take back what a sidecar gave an item."""
    if item is None or not tracked.given:
        return []
    return [Save(ITEMS, stow(_stripped(unstow(item, blobs), tracked), blobs).changed())]


def _look(types: Types, entry: Entry, _: Held, work: Work) -> Decision:
    return partial(_decided, entry, _read(entry, types, work), work)


def _read(entry: Entry, types: Types, work: Work) -> Sidecar:
    if work.sync.link.sidecars is None or work.sync.link.sidecars.paused:
        return Sidecar({}, None, 0)
    if entry.size_bytes > LARGEST_SIDECAR:
        return Sidecar({}, f"it has {entry.size_bytes} bytes, and a sidecar at most {LARGEST_SIDECAR}", 0)
    try:
        body = work.media.read(entry.url, 0, LARGEST_SIDECAR)
    except GlossError as refused:
        return Sidecar({}, refused.message, 0)
    return _parsed(body, types)


def _parsed(body: bytes, types: Types) -> Sidecar:
    try:
        said = bodies.read(body.decode("utf-8-sig"))
        if isinstance(said, dict):
            return Sidecar(metadata_schema.demand(said, types), None, len(body))
    except GlossError as refused:
        reasons = "; ".join(f"{fault.path}: {fault.reason}" for fault in refused.faults[:5])
        return Sidecar({}, reasons or refused.message, len(body))
    except ValueError as broken:
        return Sidecar({}, f"it is not JSON: {broken}", len(body))
    return Sidecar({}, "it holds no object of metadata", len(body))


def _decided(entry: Entry, sidecar: Sidecar, work: Work, held: Held) -> Decided:
    sidecars = work.sync.link.sidecars
    if sidecars is None or sidecars.paused:
        return _hiding(Decided(_told(entry, "kept"), _forgotten(held.tracked)), held, work)
    if sidecar.fault is not None:
        return _hiding(Decided(_warned(entry, sidecar.fault)), held, work)
    if held.described is None or held.described.deleted_at is not None:
        return _hiding(Decided(_warned(entry, "there is no item of the file that it is named after")), held, work)
    return _hiding(_paired(entry, sidecar, work, held), held, work)


def _hiding(decided: Decided, held: Held, work: Work) -> Decided:
    """A sidecar that was an item of its own, before the folder had sidecars, is one no longer."""
    if held.item is None or held.item.deleted_at is not None:
        return decided
    hidden = held.item.changed(deleted_at=work.now)
    return Decided(decided.told, [Save(ITEMS, hidden), *decided.changes], went([held.item]))


def _paired(entry: Entry, sidecar: Sidecar, work: Work, held: Held) -> Decided:
    item = held.described
    if item is None or _is_done(entry, held):
        return Decided(_told(entry, "attached"))
    try:
        renewed, warnings = _renewed(item, sidecar, held.tracked, work.blobs)
    except Invalid as refused:
        return Decided(_warned(entry, refused.message))
    told = _told(entry, "attached", item, "; ".join(warnings) or None, sidecar.bytes_read)
    return Decided(told, [Save(ITEMS, renewed), Save(TRACKED, _noted(entry, sidecar, held, item))])


def _renewed(item: Item, sidecar: Sidecar, tracked: Tracked | None, blobs: Blobs) -> tuple[Item, tuple[str, ...]]:
    """The item with the sidecar's metadata instead of what the sidecar gave before; what people wrote stays."""
    before = unstow(item, blobs)
    own = before if tracked is None else _stripped(before, tracked)
    after, warnings = retold(own, sidecar.metadata)
    return stow(after, blobs).changed(), warnings


def _stripped(item: Item, tracked: Tracked) -> Item:
    """An item without what a sidecar gave it."""
    given = set(tracked.given)
    metadata = {key: value for key, value in item.metadata.items() if key not in given}
    embeddings = {key: value for key, value in item.embeddings.items() if key not in given}
    marks = NO_MARKS if given & RESERVED else {}
    return item.model_copy(update={"metadata": metadata, "embeddings": embeddings, **marks})


def _noted(entry: Entry, sidecar: Sidecar, held: Held, item: Item) -> Tracked:
    given = tuple(sorted(sidecar.metadata))
    said = {"etag": entry.etag, "size_bytes": entry.size_bytes, "item_id": None, "given": given}
    if held.tracked is not None:
        return held.tracked.changed(**said)
    return Tracked(folder_id=item.folder_id, key=entry.key, **said)


def _forgotten(tracked: Tracked | None) -> list[Change]:
    return [] if tracked is None else [Erase(TRACKED, tracked)]


def _is_done(entry: Entry, held: Held) -> bool:
    tracked = held.tracked
    if tracked is None or tracked.item_id is not None:
        return False
    return tracked.shows(entry.etag, entry.size_bytes)


def _told(entry: Entry, status: str, item: Item | None = None, reason: str | None = None, bytes_read: int = 0) -> Told:
    said = {"status": status, "item_id": item.id if item else None, "reason": reason, "bytes_read": bytes_read}
    return Told.model_validate({"key": entry.key, "url": entry.url, **said})


def _warned(entry: Entry, reason: str) -> Told:
    return _told(entry, "warned", None, f"The sidecar {entry.url} was not attached: {reason}.".replace("..", "."))

"""Files of a synced folder: new ones become items, and changed ones are read again."""

from functools import partial
from typing import Any, Literal

from gloss.domain.errors import GlossError, Invalid
from gloss.domain.locations import fingerprint
from gloss.domain.manifest.checking import unit_of
from gloss.domain.manifest.units import RowFault, Spot, Unit
from gloss.domain.media import Item, MediaKind
from gloss.domain.syncing import Entry, Finding, SyncBatch, Told, Tracked, synced_item_id
from gloss.kinds.register import ITEMS
from gloss.kinds.syncing import TRACKED
from gloss.ports import Change, Ports, Save
from gloss.services.batching import Decided, Decision, Held, SyncBatchRef, Work, carry_out, difference, refusing
from gloss.services.composing import Source, composed
from gloss.services.probing import probed
from gloss.services.registering import MediaOf


def mirror(ref: SyncBatchRef, media_of: MediaOf, ports: Ports) -> SyncBatch:
    """Register the new files of a batch and read the changed ones again; an error of one file is that file's."""
    return carry_out(ref, _look, media_of, ports)


def _look(entry: Entry, held: Held, work: Work) -> Decision:
    """Probe a file, unless an earlier try of this batch saved it."""
    if _is_done(entry, held):
        return lambda _: Decided(_told(entry, 0))
    try:
        item, bytes_read = _probed(entry, work)
    except GlossError as refused:
        return refusing(entry, refused)
    return partial(_mirrored, entry, item, bytes_read)


def _probed(entry: Entry, work: Work) -> tuple[Item, int]:
    unit = _unit(entry)
    if entry.finding is Finding.CHANGED:
        # A reader that is still warm knows the size of the old file; one byte of the new one puts that right.
        work.media.read(entry.url, 0, 1)
    found = probed(unit, (entry.url,), work.media, {})
    item_id = synced_item_id(work.sync.folder_id, entry.key)
    source = Source((entry.url,), fingerprint(unit.kind, [entry.url]), item_id, {})
    made = composed(unit, source, found, work.job, work.now)
    return made.visible.model_copy(update={"row": None}), found.bytes_read


def _unit(entry: Entry) -> Unit:
    unit = unit_of(entry.kind or MediaKind.TEXT, {"objectUrl": entry.url}, Spot(0, entry.key))
    if isinstance(unit, RowFault):
        raise Invalid(f"{unit.path}: {unit.reason}")
    return unit


def _mirrored(entry: Entry, item: Item, bytes_read: int, held: Held) -> Decided:
    if _is_done(entry, held):
        return Decided(_told(entry, 0))
    renewed = _renewed(item, held.item)
    changes: list[Change] = [Save(ITEMS, renewed), Save(TRACKED, _noted(entry, item, held))]
    return Decided(_told(entry, bytes_read, item), changes, difference(held.item, renewed))


def _renewed(item: Item, known: Item | None) -> Item:
    """A new item, or the one that the folder has with the facts of the file as it is now; a tombstone is lifted."""
    if known is None:
        return item
    return known.changed(facts=item.facts, kind=item.kind, url=item.url, deleted_at=None)


def _noted(entry: Entry, item: Item, held: Held) -> Tracked:
    said: dict[str, Any] = {"etag": entry.etag, "size_bytes": entry.size_bytes, "item_id": item.id, "given": ()}
    if held.tracked is not None:
        return held.tracked.changed(**said)
    return Tracked(folder_id=item.folder_id, key=entry.key, **said)


def _is_done(entry: Entry, held: Held) -> bool:
    tracked, item = held.tracked, held.item
    if tracked is None or tracked.item_id is None or item is None or item.deleted_at is not None:
        return False
    return tracked.shows(entry.etag, entry.size_bytes)


def _told(entry: Entry, bytes_read: int, item: Item | None = None) -> Told:
    status: Literal["new", "changed"] = "new" if entry.finding is Finding.NEW else "changed"
    return Told(key=entry.key, url=entry.url, status=status, item_id=item and item.id, bytes_read=bytes_read)

"""What is gone from a synced folder's cloud: its items get tombstones, and sidecars take back what they gave."""

from functools import partial

from gloss.domain.errors import GlossError, NotFound
from gloss.domain.syncing import Entry, SyncBatch, Told
from gloss.domain.tally import went
from gloss.kinds.register import ITEMS
from gloss.kinds.syncing import TRACKED
from gloss.ports import Change, Erase, Ports, Save
from gloss.services.batching import Decided, Decision, Held, SyncBatchRef, Work, carry_out, keeping, refusing
from gloss.services.pairing import without_sidecar
from gloss.services.registering import MediaOf


def sweep(ref: SyncBatchRef, media_of: MediaOf, ports: Ports) -> SyncBatch:
    """Tombstone what a complete scan did not find, after asking for each once more."""
    return carry_out(ref, _look, media_of, ports)


def _look(entry: Entry, held: Held, work: Work) -> Decision:
    """Ask the cloud for what its listing did not have: it may have come back, or be hidden from us."""
    if held.tracked is None:
        return partial(_tombstoned, entry, work)
    try:
        work.media.read(entry.url, 0, 1)
    except NotFound:
        return partial(_tombstoned, entry, work)
    except GlossError as refused:
        return refusing(entry, refused)
    return keeping(entry)


def _tombstoned(entry: Entry, work: Work, held: Held) -> Decided:
    """What the folder holds no more, an earlier try of this batch let go."""
    tracked = held.tracked
    told = Told(key=entry.key, url=entry.url, status="gone", item_id=tracked and tracked.item_id)
    if tracked is None:
        return Decided(told)
    if tracked.etag != entry.etag:
        return keeping(entry)(held)
    changes: list[Change] = [Erase(TRACKED, tracked)]
    if tracked.item_id is None:
        return Decided(told, changes + without_sidecar(tracked, held.described, work.blobs))
    if held.item is None or held.item.deleted_at is not None:
        return Decided(told, changes)
    removed = held.item.changed(deleted_at=work.now)
    return Decided(told, [Save(ITEMS, removed), *changes], went([held.item]))

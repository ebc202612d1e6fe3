"""Records of cloud-synced folders: syncs, what became of their batches, and what a folder holds of each key."""

from gloss.domain.model import iso
from gloss.domain.syncing import CurrentSync, Sync, SyncBatch, Tracked
from gloss.ports import Key, Kind

#: A sync by id; the syncs of a folder, by time (by_parent).
SYNCS = Kind(
    "sync",
    Sync,
    lambda it: sync_key(it.id),
    {"by_parent": lambda it: Key(syncs_of(it.folder_id), f"{iso(it.created_at)}#{it.id}")},
)

#: The latest sync of a folder, which decides that there is one at a time.
CURRENT_SYNCS = Kind("current sync", CurrentSync, lambda it: current_sync_key(it.folder_id))

#: What became of each batch of a sync.
SYNC_BATCHES = Kind("sync batch", SyncBatch, lambda it: sync_batch_key(it.sync_id, it.name))

#: What a synced folder holds of a key; all of it in the order of keys, which is the order of the cloud's listing.
TRACKED = Kind("synced file", Tracked, lambda it: tracked_key(it.folder_id, it.key))


def sync_key(sync_id: str) -> Key:
    """Where a sync lies."""
    return Key(f"SYNC#{sync_id}")


def syncs_of(folder_id: str) -> str:
    """The partition of a folder's syncs in the index by_parent."""
    return f"FOLDER#{folder_id}#SYNCS"


def current_sync_key(folder_id: str) -> Key:
    """Where it is noted which sync of a folder is the latest."""
    return Key(f"FOLDER#{folder_id}", "SYNC")


def sync_batches_of(sync_id: str) -> str:
    """The partition of a sync's batches."""
    return f"SYNC#{sync_id}#BATCHES"


def sync_batch_key(sync_id: str, name: str) -> Key:
    """Where one batch lies."""
    return Key(sync_batches_of(sync_id), name)


def tracked_of(folder_id: str) -> str:
    """The partition of what a synced folder holds."""
    return f"FOLDER#{folder_id}#SYNCED"


def tracked_key(folder_id: str, key: str) -> Key:
    """Where it lies what a folder holds of one key."""
    return Key(tracked_of(folder_id), key)

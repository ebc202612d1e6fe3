"""Ids and shapes of what a registration makes: the same row of the same job is always the same item."""

from uuid import UUID, uuid5

from gloss.domain.media import Item
from gloss.domain.model import FolderId, ItemId, JobId, Versioned

_ITEMS = UUID("5d2f8c31-90b7-4f0e-8d4a-6b1c7e2a9d53")


class Registered(Versioned):
    """That a folder has an item for a kind and canonical URLs; what `skip_duplicate_urls` looks up.

    It counts only while that item is there and in that folder; then another item may take its place.
    """

    folder_id: FolderId
    fingerprint: str
    item_id: ItemId


def item_id_of(job_id: JobId, row: int) -> ItemId:
    """The id of the item of a job's row (rulings 4)."""
    return ItemId(str(uuid5(_ITEMS, f"{job_id}/{row}")))


def first_id_of(folder_id: FolderId, fingerprint: str) -> ItemId:
    """The id under which a job that skips duplicates registers URLs, so that two such jobs can only make one item."""
    return ItemId(str(uuid5(_ITEMS, f"{folder_id}#{fingerprint}")))


def next_id_of(gone: ItemId) -> ItemId:
    """The id that the URLs of an item get when that item is gone from its folder."""
    return ItemId(str(uuid5(_ITEMS, f"{gone}#next")))


def member_id_of(item_id: ItemId, at: int) -> ItemId:
    """The id of the n-th file of a group or series."""
    return ItemId(str(uuid5(_ITEMS, f"{item_id}/{at}")))


def cluster_id_of(item_id: ItemId, at: int) -> ItemId:
    """The id of the group of those images of a split group that have the size of its n-th."""
    return ItemId(str(uuid5(_ITEMS, f"{item_id}@{at}")))


def is_listed(item: Item) -> bool:
    """Whether a folder shows the item."""
    return not item.hidden and item.deleted_at is None

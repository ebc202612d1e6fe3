"""Letting the files of groups and series stay as items of their own, before the whole is deleted.

Some files are written in one transaction, which demands that the whole is still as it was. Where it breaks off, the
whole is still there, and the next try goes on with the files that are left.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Final

from gloss.domain.access import Caller
from gloss.domain.errors import Invalid
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import ItemId
from gloss.domain.tally import came
from gloss.kinds.register import ITEMS, item_key
from gloss.ports import Demand, Ports, Save
from gloss.services import combining, enrolling, recognising, tallying
from gloss.services.situating import persistently

MOST_FILES: Final = 2000
#: Each file is written with the note of its URL; the whole and a tally come on top.
AT_ONCE: Final = 45
WHOLES: Final = frozenset({MediaKind.IMAGE_GROUP, MediaKind.DICOM_SERIES})


def release(items: Sequence[Item], caller: Caller, ports: Ports) -> None:
    """Make the files of these groups and series visible items of their folders; a film keeps no images to release.

    Raises Invalid for more files than a request can write, Conflict for what a data group keeps from being deleted.
    """
    wholes = [it for it in items if it.kind in WHOLES]
    if sum(it.member_count for it in wholes) > MOST_FILES:
        raise Invalid(f"At most {MOST_FILES} files can be kept in a request; delete these groups with their files.")
    combining.demand_free(wholes, [it.id for it in items], caller, ports.store)
    for whole in wholes:
        for ids in _batches(enrolling.members(whole, ports.blobs)):
            persistently(partial(_released, whole.id, ids, ports))


def _released(whole_id: ItemId, ids: Sequence[ItemId], ports: Ports) -> None:
    """Files that other series took over belong to those, and stay where they are."""
    whole, *files = ports.store.get_many(ITEMS, [item_key(id_) for id_ in (whole_id, *ids)])
    theirs = [it for it in files if it.part_of == whole.id]
    if whole.deleted_at is not None or not theirs:
        return
    freed = [it.changed(hidden=False, part_of=None, folder_id=whole.folder_id) for it in theirs]
    notes = recognising.taking_place(recognising.notes_of(freed, whole.folder_id), ports.store)
    tally = tallying.tally(whole.folder_id, f"{freed[0].id}#{freed[0].version}", came(freed))
    ports.store.commit([*(Save(ITEMS, it) for it in freed), *notes, tally, Demand(ITEMS, whole)])


def _batches(ids: Iterator[ItemId]) -> Iterator[list[ItemId]]:
    while some := list(islice(ids, AT_ONCE)):
        yield some

"""Where an item is used: the group that it is a part of, and the datasets that hold it."""

from collections import defaultdict
from collections.abc import Sequence

from gloss.domain.access import Caller
from gloss.domain.dataset import DataRow, Dataset
from gloss.domain.folder import Folder
from gloss.domain.media import Item
from gloss.domain.model import DatasetId, ItemId, Timestamp
from gloss.kinds.catalog import DATA_ROWS, DATASETS, data_units_of
from gloss.kinds.register import FOLDERS, ITEMS, folder_key, item_key
from gloss.ports import Key, Ports, Query, Store
from gloss.sdk.storage.group_shapes import GroupLayoutDto
from gloss.sdk.storage.item_shapes import ITEM_TYPES
from gloss.sdk.wire import Wire
from gloss.services import authorising, combining, viewing


class GroupDto(Wire):
    """A group that an item is a part of."""

    uuid: str
    name: str
    parent_uuid: str
    parent_name: str
    item_type: str


class DatasetUse(Wire):
    """A dataset that holds an item, with the data units that it backs there."""

    dataset_hash: str
    backing_folder_uuid: str | None
    title: str
    data_hashes: tuple[str, ...]
    data_units_created_at: Timestamp

    @classmethod
    def of(cls, dataset: Dataset, rows: list[DataRow]) -> "DatasetUse":
        return cls(
            dataset_hash=dataset.id,
            backing_folder_uuid=dataset.folder_id,
            title=dataset.title,
            data_hashes=tuple(row.id for row in rows),
            data_units_created_at=min(row.attached_at for row in rows),
        )


class ItemSummaryDto(Wire):
    """Where an item is used; of datasets and groups only those that the caller may see."""

    frame_in_groups: int
    accessible_group_items: tuple[GroupDto, ...]
    used_in_datasets: int
    accessible_datasets: tuple[DatasetUse, ...]
    group_layout: GroupLayoutDto | None = None


def summary(item: Item, caller: Caller, ports: Ports) -> ItemSummaryDto:
    """Where an item is used."""
    held = _rows(item.id, ports.store)
    roles = authorising.roles_on(caller, [f"dataset:{id_}" for id_ in held], ports.store)
    seen = [id_ for id_ in held if f"dataset:{id_}" in roles]
    datasets = ports.store.get_many(DATASETS, [Key(f"DATASET#{id_}") for id_ in seen])
    groups = _groups(item, ports.store)
    return ItemSummaryDto(
        frame_in_groups=len(groups),
        accessible_group_items=_shown(item, groups, caller, ports.store),
        used_in_datasets=len(held),
        accessible_datasets=tuple(DatasetUse.of(it, held[it.id]) for it in datasets),
        group_layout=GroupLayoutDto.of(item),
    )


def _rows(item_id: ItemId, store: Store) -> dict[DatasetId, list[DataRow]]:
    rows = defaultdict[DatasetId, list[DataRow]](list)
    for row in store.every(DATA_ROWS, data_units_of(item_id), Query(index="by_owner", limit=1000)):
        rows[row.dataset_id].append(row)
    return dict(rows)


def _groups(item: Item, store: Store) -> list[Item]:
    """The whole that the item is a part of, and the data groups that it is a member of."""
    whole = None if item.part_of is None else store.find(ITEMS, item_key(item.part_of))
    return [*([] if whole is None else [whole]), *combining.groups_of(item, store)]


def _shown(item: Item, groups: Sequence[Item], caller: Caller, store: Store) -> tuple[GroupDto, ...]:
    """Those that the caller may see: the whole is seen wherever its part is, a data group by its own folder."""
    others = viewing.visible([it.id for it in groups if it.id != item.part_of], caller, store)
    seen = [it for it in groups if it.id == item.part_of or it.id in others]
    folders = {it.id: it for it in store.get_many(FOLDERS, [folder_key(it.folder_id) for it in seen])}
    return tuple(_group(it, folders[it.folder_id]) for it in seen if it.folder_id in folders)


def _group(whole: Item, folder: Folder) -> GroupDto:
    said = {"uuid": whole.id, "name": whole.title, "parent_uuid": folder.id, "parent_name": folder.title}
    return GroupDto(**said, item_type=ITEM_TYPES[whole.kind])

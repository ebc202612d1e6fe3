"""Items to another folder, and with them out of the dataset that their folder backs and into that of the other."""

from collections.abc import Iterable, Sequence

from gloss.domain.access import Caller
from gloss.domain.dataset import DataRow, first_data_id
from gloss.domain.folder import Folder
from gloss.domain.media import Item
from gloss.domain.model import DatasetId, FolderId, ItemId
from gloss.kinds.catalog import DATA_ROWS, DATASETS, data_row_key, data_units_of
from gloss.kinds.register import FOLDERS, ITEMS, folder_key, item_key
from gloss.ports import Key, Ports, Query, Store
from gloss.services import attaching, refiling
from gloss.services.attaching import Arrival
from gloss.services.refiling import MovingItems, Refiled


def move(wanted: MovingItems, caller: Caller, ports: Ports) -> Refiled:
    """Move items, each or not; those that moved are data units of what their new folder backs, and of the old no more.

    Asked again after it broke off, it makes the data units that were missing.
    """
    before = ports.store.get_many(ITEMS, [item_key(id_) for id_ in dict.fromkeys(wanted.item_ids)])
    moved = refiling.move(wanted, caller, ports)
    datasets = _backed({it.folder_id for it in before} | {wanted.folder_id}, ports.store)
    went = [it for it in before if it.id in set(moved.done)]
    _take_in(datasets.get(wanted.folder_id), went, caller, ports)
    for folder_id, dataset_id in datasets.items():
        if folder_id != wanted.folder_id:
            let_go(dataset_id, [it.id for it in went if it.folder_id == folder_id], caller, ports)
    return moved


def move_out(left: Folder, wanted: MovingItems, caller: Caller, ports: Ports) -> Refiled:
    """The same out of one folder, whose dataset lets go of the items even if they had moved before it broke off."""
    moved = move(wanted, caller, ports)
    if left.dataset_id is not None and left.id != wanted.folder_id:
        let_go(left.dataset_id, moved.done, caller, ports)
    return moved


def let_go(dataset_id: DatasetId, item_ids: Iterable[ItemId], caller: Caller, ports: Ports) -> None:
    """Take the data units of these items out of a dataset."""
    rows = [row for item_id in item_ids for row in _units(dataset_id, item_id, ports.store)]
    attaching.detach_all(dataset_id, [row.id for row in rows], caller, ports)


def _units(dataset_id: DatasetId, item_id: ItemId, store: Store) -> list[DataRow]:
    """The first is looked up by its own id, since an index may be late with it; further ones are found there."""
    query = Query(index="by_owner", prefix=dataset_id, limit=1000)
    found = (row.id for row in store.every(DATA_ROWS, data_units_of(item_id), query))
    ids = dict.fromkeys([first_data_id(dataset_id, item_id), *found])
    return store.get_many(DATA_ROWS, [data_row_key(dataset_id, id_) for id_ in ids])


def _backed(folder_ids: Iterable[FolderId], store: Store) -> dict[FolderId, DatasetId]:
    """The datasets that these folders back."""
    found = store.get_many(FOLDERS, [folder_key(id_) for id_ in sorted(folder_ids)])
    return {it.id: it.dataset_id for it in found if it.dataset_id is not None}


def _take_in(dataset_id: DatasetId | None, items: Sequence[Item], caller: Caller, ports: Ports) -> None:
    if dataset_id is not None and items:
        dataset = ports.store.get(DATASETS, Key(f"DATASET#{dataset_id}"))
        attaching.take_in(Arrival(dataset, items), caller, ports)

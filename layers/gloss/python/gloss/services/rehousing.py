"""Items to another folder, and with them out of the dataset that their folder backs and into that of the other."""

from collections.abc import Iterable

from gloss.domain.access import Caller, Permission
from gloss.domain.folder import Folder
from gloss.domain.model import DatasetId, ItemId
from gloss.kinds.catalog import DATA_ROWS, DATASETS, data_units_of
from gloss.kinds.register import FOLDERS, folder_key
from gloss.ports import Key, Ports, Query
from gloss.services import attaching, authorising, refiling, viewing
from gloss.services.attaching import Arrival
from gloss.services.refiling import MovingItems, Refiled


def move(left: Folder, wanted: MovingItems, caller: Caller, ports: Ports) -> Refiled:
    """Items to another folder, and with them out of the dataset that the one backs and into that of the other.

    They are in the new dataset before they are in its folder: what breaks off between is set right by the next try.
    """
    target = ports.store.find(FOLDERS, folder_key(wanted.folder_id))
    if target is not None and target.dataset_id is not None and target.org_id == caller.org_id:
        authorising.require(caller, f"folder:{target.id}", Permission.RESOURCE_ADMIN, ports.store)
        dataset = ports.store.get(DATASETS, Key(f"DATASET#{target.dataset_id}"))
        items = viewing.seen(wanted.item_ids, caller, ports.store)
        attaching.take_in(Arrival(dataset, items), caller, ports)
    moved = refiling.move(wanted, caller, ports)
    if left.dataset_id is not None and left.id != wanted.folder_id:
        _let_go(left.dataset_id, moved.done, caller, ports)
    return moved


def _let_go(dataset_id: DatasetId, item_ids: Iterable[ItemId], caller: Caller, ports: Ports) -> None:
    for item_id in item_ids:
        query = Query(index="by_owner", prefix=dataset_id, limit=1000)
        for row in ports.store.every(DATA_ROWS, data_units_of(item_id), query):
            attaching.detach(dataset_id, row.id, caller, ports)

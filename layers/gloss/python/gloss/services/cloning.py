"""Cloning the data units of a project: which there are to copy, and one new dataset of all of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final
from uuid import UUID, uuid5

from gloss.domain.access import Caller
from gloss.domain.dataset import DataRow, Dataset, first_data_id
from gloss.domain.errors import Fault, Invalid, TooLarge
from gloss.domain.model import DataId, DatasetId, ItemId
from gloss.domain.project import Project
from gloss.kinds.catalog import DATA_ROWS, DATASETS, data_row_key, data_rows_of
from gloss.ports import Ports, Store
from gloss.services import attaching, making
from gloss.services.attaching import IN_REQUEST

Units = Mapping[DatasetId, Sequence[DataId]]
"""Chosen data units by their datasets; empty: all of the project's."""

MAP: Final = "datasets_to_data_hashes_map"


def demand_few(units: Units) -> None:
    """Let so many named data units pass as one request clones; raises TooLarge."""
    if sum(map(len, units.values())) > IN_REQUEST:
        raise TooLarge(f"One request clones at most {IN_REQUEST} data units: name fewer in {MAP}.")


def chosen(project: Project, units: Units, store: Store) -> list[DataRow]:
    """The data units, at most one more than a request copies; raises Invalid for one that the project has not."""
    if not units:
        return list(islice(_all(project, store), IN_REQUEST + 1))
    strange = [Fault(f"{MAP}.{it}", "is no dataset of the project") for it in units if it not in project.dataset_ids]
    if strange:
        raise Invalid("A copy gets data units of the project only.", strange[:100])
    return [row for dataset_id, ids in units.items() for row in _named(dataset_id, list(dict.fromkeys(ids)), store)]


def clone(wanted: Dataset, rows: Sequence[DataRow], caller: Caller, ports: Ports) -> Mapping[DataId, DataRow]:
    """Save a dataset that nobody has a role on yet, with a data unit of its own for each row; by the rows' ids.

    Asked again for the same dataset, it goes on where it stopped.
    """
    dataset = making.once(DATASETS, wanted, ports.store)
    taken: set[DataId] = set()
    made = {row.id: _cloned(dataset, row, taken, caller) for row in rows}
    keys = [data_row_key(dataset.id, row.id) for row in made.values()]
    there = {row.id for row in ports.store.get_many(DATA_ROWS, keys)}
    attaching.put(dataset, [row for row in made.values() if row.id not in there], ports)
    return made


def _all(project: Project, store: Store) -> Iterator[DataRow]:
    for dataset_id in project.dataset_ids:
        yield from store.every(DATA_ROWS, data_rows_of(dataset_id))


def _named(dataset_id: DatasetId, ids: Sequence[DataId], store: Store) -> Iterable[DataRow]:
    rows = {row.id: row for row in store.get_many(DATA_ROWS, [data_row_key(dataset_id, id_) for id_ in ids])}
    missing = [place for place, id_ in enumerate(ids) if id_ not in rows]
    if missing:
        faults = [Fault(f"{MAP}.{dataset_id}[{place}]", "is no data unit of the dataset") for place in missing[:100]]
        raise Invalid("A copy gets data units of the project only.", faults)
    return [rows[id_] for id_ in ids]


def _cloned(dataset: Dataset, row: DataRow, taken: set[DataId], caller: Caller) -> DataRow:
    id_ = _id_of(dataset.id, row.item_id, row.id, taken)
    taken.add(id_)
    said = {"id": id_, "dataset_id": dataset.id, "org_id": dataset.org_id, "attached_by": caller.user_id}
    return row.model_copy(update={**said, "version": 1, "attached_at": dataset.created_at, "last_edited_at": None})


def _id_of(dataset_id: DatasetId, item_id: ItemId, data_id: DataId, taken: set[DataId]) -> DataId:
    """That of the item's first data unit in the new dataset; if it has come before, one that follows from the old."""
    first = first_data_id(dataset_id, item_id)
    return DataId(str(uuid5(UUID(first), data_id))) if first in taken else first

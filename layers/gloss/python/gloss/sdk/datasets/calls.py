"""What the SDK asks of datasets."""

from collections.abc import Iterable, Sequence
from typing import Any

from gloss.domain.access import Caller
from gloss.domain.dataset import DataRow, Dataset, Duplicates
from gloss.domain.model import DatasetId, ItemId
from gloss.domain.parsing import parsed
from gloss.kinds.catalog import DATA_ROWS, data_rows_of
from gloss.kinds.register import INTEGRATIONS, ITEMS, integration_key, item_key
from gloss.ports import Ports, Query, Store
from gloss.sdk.datasets.shapes import DatasetPayload, dataset_dict, row_dict
from gloss.sdk.operations import Asked, Payload
from gloss.sdk.storage.item_shapes import location_of
from gloss.services import attaching, cataloguing
from gloss.services.attaching import Attaching
from gloss.services.cataloguing import NewDataset


class AccessSettings(Payload):
    """How much of a dataset's data units is wanted."""

    fetch_client_metadata: bool = False
    fetch_rows: bool = True


class DatasetQuery(Payload):
    """Which of it is wanted."""

    dataset_access_settings: AccessSettings = AccessSettings()


class LinkPayload(Payload):
    """Items to link."""

    item_uuids: tuple[ItemId, ...]
    duplicates_behavior: str = "SKIP"


def make(payload: DatasetPayload, caller: Caller, ports: Ports) -> Dataset:
    """A new dataset, with a folder that backs it unless that is not wanted."""
    wanted = NewDataset(title=payload.title, description=payload.description or "")
    return cataloguing.make_dataset(wanted, caller, ports)


def get(asked: Asked, ports: Ports) -> dict[str, Any]:
    """A dataset with its data units."""
    payload = parsed(DatasetQuery, asked.values.payload or {}, "payload")
    dataset = cataloguing.dataset(asked.resource_id, ports.store)
    wanted = payload.dataset_access_settings.fetch_rows
    query = Query(index="by_parent", limit=1000)
    rows = ports.store.every(DATA_ROWS, data_rows_of(dataset.id), query) if wanted else ()
    return dataset_dict(dataset, row_dicts(rows, ports.store))


def link(asked: Asked, ports: Ports) -> list[dict[str, Any]]:
    """Make data units of items; those that were made, or that stood there already where these are passed over."""
    payload = parsed(LinkPayload, asked.values.payload, "payload")
    wanted = Attaching(item_ids=payload.item_uuids, duplicates=Duplicates(payload.duplicates_behavior.lower()))
    rows = attaching.link(DatasetId(asked.resource_id), wanted, asked.caller, ports)
    return row_dicts(rows, ports.store)


def row_dicts(rows: Iterable[DataRow], store: Store) -> list[dict[str, Any]]:
    """Data units with the facts of their items, read at once."""
    found = list(rows)
    items = {it.id: it for it in store.get_many(ITEMS, [item_key(id_) for id_ in dict.fromkeys(_items(found))])}
    wanted = dict.fromkeys(it.integration_id for it in items.values() if it.integration_id is not None)
    known = {it.id: it for it in store.get_many(INTEGRATIONS, [integration_key(id_) for id_ in wanted])}
    dicts = []
    for row in found:
        item = items.get(row.item_id)
        integration = known.get(item.integration_id) if item and item.integration_id else None
        dicts.append(row_dict(row, item, location_of(integration, None if item is None else item.url)))
    return dicts


def _items(rows: Sequence[DataRow]) -> Iterable[ItemId]:
    return (row.item_id for row in rows)

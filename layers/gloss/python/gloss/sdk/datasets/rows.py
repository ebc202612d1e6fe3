"""Data units on the legacy wire: listed, looked at one by one, renamed, taken out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from gloss.domain.access import UNSEEN
from gloss.domain.dataset import DataRow
from gloss.domain.errors import Fault, Invalid, NotFound
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import DataId, DatasetId, ItemId, Timestamp, Title
from gloss.domain.parsing import parsed
from gloss.domain.told import client_metadata_of
from gloss.kinds.catalog import DATA_ROWS, data_row_key, data_rows_of
from gloss.kinds.register import ITEMS, item_key
from gloss.ports import Ports, Query, Store
from gloss.sdk.datasets.shapes import DATA_TYPES, RowShown, image_dicts, row_dict
from gloss.sdk.labels.filters import like
from gloss.sdk.operations import Asked, Payload
from gloss.sdk.storage.item_calls import ItemPatches, change_items
from gloss.sdk.storage.item_shapes import ItemPatch, location_of
from gloss.sdk.wire import MOST_IN_BULK
from gloss.services import attaching, enrolling, stowing, viewing
from gloss.services.rationing import Ration
from gloss.services.registering import MediaOf

AT_ONCE: Final = 500
#: Metadata may lie in the bucket, each by itself.
METADATA_WEIGHT: Final = 5


class AccessSettings(Payload):
    """How much of a dataset's data units is wanted."""

    fetch_client_metadata: bool = False
    fetch_rows: bool = True


class RowsQuery(Payload):
    """Which data units are wanted."""

    title_eq: str | None = None
    title_like: str | None = None
    created_before: Timestamp | None = None
    created_after: Timestamp | None = None
    data_types: tuple[str, ...] | None = None
    data_hashes: tuple[DataId, ...] | None = None
    dataset_access_settings: AccessSettings = AccessSettings()

    def fits(self, row: DataRow) -> bool:
        """Whether a data unit is one of those."""
        return (
            (self.title_eq is None or row.title == self.title_eq)
            and (self.data_types is None or DATA_TYPES[row.media_kind] in self.data_types)
            and (self.created_before is None or row.attached_at < self.created_before)
            and (self.created_after is None or row.attached_at > self.created_after)
        )


class Additional(Payload):
    """What is wanted of one data unit besides."""

    signed_url: bool = False
    images_data_fetch_options: dict[str, bool] | None = None
    client_metadata: bool = False


class RowQuery(Payload):
    """One data unit."""

    additional_data: Additional = Additional()


class RowPatch(Payload):
    """What to change of a data unit; its metadata are those of its item."""

    data_title: Title | None = None
    client_metadata: dict[str, Any] | None = None


class NewTitle(Payload):
    """A data unit's new title."""

    video_hash: DataId
    title: Title


def listed(asked: Asked, ports: Ports) -> Iterator[dict[str, Any]]:
    """The data units that fit, in the order of attachment; raises Overlong to look at more than the ration."""
    wanted = parsed(RowsQuery, asked.values.payload or {}, "payload")
    alike: Callable[[str], Any] = like(wanted.title_like) if wanted.title_like is not None else bool
    rows = _all(asked, wanted.data_hashes, ports.store)
    fitting = (row for row in rows if wanted.fits(row) and (wanted.title_like is None or alike(row.title)))
    return told(fitting, wanted.dataset_access_settings, asked.ration, ports)


def in_order(dataset_id: DatasetId, ration: Ration, store: Store) -> list[DataRow]:
    """All data units in the order of attachment, those too that came a moment ago: an index would be late with them."""
    rows = ration.counted(store.every(DATA_ROWS, data_rows_of(dataset_id), Query(limit=1000)))
    return sorted(rows, key=lambda row: (row.attached_at, row.title, row.id))


def told(rows: Iterable[DataRow], settings: AccessSettings, ration: Ration, ports: Ports) -> Iterator[dict[str, Any]]:
    """Data units with the facts of their items, some hundreds at a time."""
    left = iter(rows)
    while some := list(islice(left, AT_ONCE)):
        ration.take(len(some) * METADATA_WEIGHT if settings.fetch_client_metadata else 0)
        yield from dicts(some, settings, ports)


def dicts(rows: Iterable[DataRow], settings: AccessSettings, ports: Ports) -> list[dict[str, Any]]:
    """Data units with the facts of their items, read at once."""
    found = list(rows)
    items = _items((row.item_id for row in found), ports.store)
    known = viewing.integrations([it for it in items.values() if viewing.cloud_of(it.url) is None], ports.store)
    shown = []
    for row in found:
        item = items.get(row.item_id)
        told = {"client_metadata": _metadata(item, ports)} if settings.fetch_client_metadata and item else {}
        integration = known.get(item.integration_id) if item and item.integration_id else None
        location = location_of(integration, None if item is None else item.url)
        shown.append(row_dict(row, RowShown(item, location, told)))
    return shown


def shown(asked: Asked, media_of: MediaOf, ports: Ports) -> dict[str, Any]:
    """One data unit, with a signed URL, the images of a group, and metadata if they are asked for."""
    wanted = parsed(RowQuery, asked.values.payload or {}, "payload").additional_data
    row = _one(asked, ports.store)
    told = dicts([row], AccessSettings(fetch_client_metadata=wanted.client_metadata), ports)[0]
    item = _items([row.item_id], ports.store).get(row.item_id)
    if item is None:
        return told
    if wanted.signed_url:
        told["signed_url"] = viewing.signed(item, viewing.surroundings([item], ports.store), media_of)
    if wanted.images_data_fetch_options is not None and item.kind is MediaKind.IMAGE_GROUP:
        signs = wanted.images_data_fetch_options.get("fetch_signed_urls", False)
        told["images_data"] = _images(row, item, media_of if signs else None, ports)
    return told


def changed(asked: Asked, ports: Ports) -> dict[str, Any]:
    """A data unit with another title, or its item with other metadata."""
    wanted = parsed(RowPatch, asked.values.payload or {}, "payload")
    row = _one(asked, ports.store)
    if wanted.client_metadata is not None:
        patch = ItemPatch(client_metadata=wanted.client_metadata)
        change_items(ItemPatches(item_patches={row.item_id: patch}), asked.caller, ports)
    if wanted.data_title is not None:
        row = attaching.retitle(row, wanted.data_title, ports)
    settings = AccessSettings(fetch_client_metadata=wanted.client_metadata is not None)
    return {"updated_fields": sorted(wanted.model_fields_set), "data_row": dicts([row], settings, ports)[0]}


def retitled(asked: Asked, ports: Ports) -> dict[str, bool]:
    """Data units with other titles; raises Invalid or NotFound before the first is changed."""
    said = asked.values.payload
    if not isinstance(said, list) or len(said) > MOST_IN_BULK:
        raise Invalid("This is no list of titles.", [Fault("payload", f"is no list of at most {MOST_IN_BULK} titles")])
    wanted = {it.video_hash: it.title for it in (parsed(NewTitle, it, f"payload[{at}]") for at, it in enumerate(said))}
    rows = ports.store.get_many(DATA_ROWS, [data_row_key(asked.resource_id, id_) for id_ in wanted])
    if len(rows) < len(wanted):
        raise NotFound(UNSEEN)
    for row in rows:
        attaching.retitle(row, wanted[row.id], ports)
    return {"success": True}


def taken_out(asked: Asked, ports: Ports) -> bool:
    """Data units taken out of the dataset, all of them; raises NotFound, changing nothing, when one is not there."""
    uid = asked.values.uid
    ids = [DataId(each) for each in ([uid] if isinstance(uid, str) else uid or []) if isinstance(each, str)]
    attaching.detach_all(DatasetId(asked.resource_id), ids, asked.caller, ports)
    return True


def _all(asked: Asked, ids: Sequence[DataId] | None, store: Store) -> Iterator[DataRow]:
    dataset_id = DatasetId(asked.resource_id)
    if ids is not None:
        wanted = asked.ration.counted(dict.fromkeys(ids))
        yield from store.get_many(DATA_ROWS, [data_row_key(dataset_id, id_) for id_ in wanted])
    else:
        yield from in_order(dataset_id, asked.ration, store)


def _one(asked: Asked, store: Store) -> DataRow:
    row = store.find(DATA_ROWS, data_row_key(asked.resource_id, str(asked.values.uid)))
    if row is None:
        raise NotFound(UNSEEN)
    return row


def _items(ids: Iterable[ItemId], store: Store) -> dict[ItemId, Item]:
    return {it.id: it for it in store.get_many(ITEMS, [item_key(id_) for id_ in dict.fromkeys(ids)])}


def _metadata(item: Item, ports: Ports) -> dict[str, Any]:
    return client_metadata_of(stowing.unstow(item, ports.blobs))


def _images(row: DataRow, group: Item, media_of: MediaOf | None, ports: Ports) -> list[dict[str, Any]]:
    images = ports.store.get_many(ITEMS, [item_key(id_) for id_ in enrolling.members(group, ports.blobs)])
    around = viewing.surroundings(images, ports.store)
    urls = [None if media_of is None else viewing.signed(image, around, media_of) for image in images]
    return image_dicts(row, images, urls)

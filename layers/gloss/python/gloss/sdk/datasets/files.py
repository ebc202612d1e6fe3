"""The files of a data unit as a project shows them, on the legacy wire."""

from typing import Any

from gloss.domain.access import UNSEEN
from gloss.domain.dataset import DataRow
from gloss.domain.errors import NotFound
from gloss.domain.formats.facts import member_id
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import DataId
from gloss.domain.parsing import parsed
from gloss.kinds.catalog import DATA_ROWS, data_units_by_id
from gloss.kinds.register import ITEMS, item_key
from gloss.ports import Ports, Query
from gloss.sdk.operations import Asked, Payload
from gloss.services import enrolling, projecting, viewing
from gloss.services.registering import MediaOf

PICTURES = frozenset({MediaKind.IMAGE, MediaKind.IMAGE_GROUP})


class Wanted(Payload):
    """Which data unit, and whether its links are to be signed."""

    data_hash: DataId
    get_signed_url: bool = False


def shown(asked: Asked, media_of: MediaOf, ports: Ports) -> dict[str, Any]:
    """The images of an image or group, or the one file of anything else; raises NotFound for other projects' units."""
    wanted = parsed(Wanted, asked.values.uid, "uid")
    row = _row(wanted.data_hash, asked.resource_id, ports)
    item = ports.store.get(ITEMS, item_key(row.item_id))
    files = [item] if item.kind is not MediaKind.IMAGE_GROUP else _images(item, ports)
    around = viewing.surroundings(files, ports.store)
    links = [viewing.signed(it, around, media_of) if wanted.get_signed_url else it.url for it in files]
    told: dict[str, Any] = {"data_hash": row.id, "video": None, "images": None}
    if item.kind in PICTURES:
        return told | {"images": [_image(row, item, at, files[at], links[at]) for at in range(len(files))]}
    return told | {"video": {**_named(row, item, links[0]), "backing_item_uuid": item.id}}


def _row(data_id: DataId, project_id: str, ports: Ports) -> DataRow:
    found = ports.store.page(DATA_ROWS, data_units_by_id(data_id), Query(index="by_state", limit=1)).entries
    if not found or found[0].dataset_id not in projecting.get(project_id, ports.store).dataset_ids:
        raise NotFound(UNSEEN)
    return found[0]


def _images(group: Item, ports: Ports) -> list[Item]:
    return ports.store.get_many(ITEMS, [item_key(id_) for id_ in enrolling.members(group, ports.blobs)])


def _image(row: DataRow, item: Item, place: int, image: Item, link: str | None) -> dict[str, Any]:
    hash_ = row.id if item.kind is MediaKind.IMAGE else member_id(row.id, place)
    return {**_named(row, image, link), "image_hash": hash_}


def _named(row: DataRow, item: Item, link: str | None) -> dict[str, Any]:
    return {"data_hash": row.id, "title": item.title, "file_link": link}

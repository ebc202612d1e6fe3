"""The files of a data unit as a project shows them, on the legacy wire."""

from typing import Any

from gloss.domain.formats.facts import member_id
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import DataId, ProjectId
from gloss.domain.parsing import parsed
from gloss.domain.workflow.label_rows import MAIN
from gloss.domain.workflow.task import Task
from gloss.kinds.register import ITEMS, item_key
from gloss.ports import Ports
from gloss.sdk.operations import Asked, Payload
from gloss.services import enrolling, locating, viewing
from gloss.services.locating import Outlook
from gloss.services.registering import MediaOf

PICTURES = frozenset({MediaKind.IMAGE, MediaKind.IMAGE_GROUP})


class Wanted(Payload):
    """Which data unit, and whether its links are to be signed."""

    data_hash: DataId
    get_signed_url: bool = False


def shown(asked: Asked, media_of: MediaOf, ports: Ports) -> dict[str, Any]:
    """The images of an image or group, or the one file of anything else; raises NotFound for other projects' units,
    and for those whose tasks the caller does not see."""
    wanted = parsed(Wanted, asked.values.uid, "uid")
    task = _task(wanted.data_hash, asked, ports)
    item = ports.store.get(ITEMS, item_key(task.item_id))
    files = [item] if item.kind is not MediaKind.IMAGE_GROUP else _images(item, ports)
    around = viewing.surroundings(files, ports.store)
    links = [viewing.signed(it, around, media_of) if wanted.get_signed_url else it.url for it in files]
    told: dict[str, Any] = {"data_hash": task.data_id, "video": None, "images": None}
    if item.kind in PICTURES:
        return told | {"images": [_image(task, item, at, files[at], links[at]) for at in range(len(files))]}
    return told | {"video": {**_named(task, item, links[0]), "backing_item_uuid": item.id}}


def _task(data_id: DataId, asked: Asked, ports: Ports) -> Task:
    """The data unit's task, unless a stage hides it from who asks."""
    outlook = Outlook.of(ProjectId(asked.resource_id), asked.caller, ports)
    (row,) = locating.demand_all(locating.by_data([data_id], MAIN, outlook, ports.store), 1)
    return row.task


def _images(group: Item, ports: Ports) -> list[Item]:
    return ports.store.get_many(ITEMS, [item_key(id_) for id_ in enrolling.members(group, ports.blobs)])


def _image(task: Task, item: Item, place: int, image: Item, link: str | None) -> dict[str, Any]:
    hash_ = task.data_id if item.kind is MediaKind.IMAGE else member_id(task.data_id, place)
    return {**_named(task, image, link), "image_hash": hash_}


def _named(task: Task, item: Item, link: str | None) -> dict[str, Any]:
    return {"data_hash": task.data_id, "title": item.title, "file_link": link}

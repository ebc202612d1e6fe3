"""Groups, series and sequences so long that their members do not fit into their record."""

import gc
from typing import Any

from gloss.adapters.memory_media import MemoryMedia
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import ItemId
from gloss.kinds.register import ITEMS, item_key
from gloss.ports import Ports, Query, Save
from gloss.services import unrolling
from gloss.services.stowing import stow
from tests.builders_catalog import an_item
from tests.builders_media import an_image, dicom_files
from tests.builders_register import CALLER, Desk, a_desk
from tests.doorway import House

IMAGE, SLICE = an_image(size=(20, 10)), dicom_files()[0]
LARGER = an_image(size=(30, 10))


class Alike(MemoryMedia):
    """Media in which every key holds the same image or slice; keys with `large` in them hold a larger image."""

    def _object(self, url: str) -> bytes:
        if url.endswith(".mp4"):
            return super()._object(url)
        return SLICE if url.endswith(".dcm") else LARGER if "large" in url else IMAGE


def a_long_desk(ports: Ports | None = None) -> Desk:
    """A desk with such media."""
    desk = a_desk({}, ports=ports)
    desk.media = Alike({})
    return desk


def a_group(count: int, **more: Any) -> dict[str, Any]:
    """A manifest of one group; its every third image is larger if it is split."""
    large = "large" if more.get("clusterByResolution") else ""
    images = [{"url": f"s3://bkt/{large if at % 3 == 1 else ''}{at:06}.png"} for at in range(count)]
    return {"image_groups": [{"title": "rig", "images": images, **more}]}


def a_series(first: int, count: int, **flags: bool) -> dict[str, Any]:
    """A manifest of one series of files from the n-th on."""
    files = [{"url": f"s3://bkt/{at:06}.dcm"} for at in range(first, first + count)]
    return {"dicom_series": [{"title": "mr", "dicomFiles": files}], **flags}


def member_titles(item: Item, desk: Desk, page: int = 1000) -> list[str]:
    """What the pages of an item's members name, one after the other."""
    found, token = list[str](), None
    while True:
        answer = unrolling.members(item.id, Query(limit=page, after=token), CALLER, desk.ports)
        found, token = [*found, *(it.title for it in answer.entries)], answer.next_token
        if token is None:
            return found


def a_stored_group(house: House, count: int) -> ItemId:
    """A group whose members lie beside it in the folder of `a_dataset`; returns its id."""
    for at in range(count):
        url = f"s3://media/{at:06}.png"
        an_item(house, id=member_id(at), hidden=True, part_of=ItemId("item-7"), title=f"{at:06}.png", url=url)
    members = tuple(member_id(at) for at in range(count))
    group = an_item(house, 7, kind=MediaKind.IMAGE_GROUP, url=None, members=members, row=7)
    store = house.ports.store
    store.commit([Save(ITEMS, stow(store.get(ITEMS, item_key(group)), house.ports.blobs).changed())])
    return group


def member_id(at: int) -> ItemId:
    """As long as ids are in life."""
    return ItemId(f"member-{at:029}")


def peak_mb() -> float:
    """The greatest memory of this process since it was last asked to forget it, in MB."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def forget_peak() -> None:
    """Measure the greatest memory from here on."""
    gc.collect()
    with open("/proc/self/clear_refs", "w") as peak:
        peak.write("5")

"""What the SDK asks of items."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, NamedTuple

from pydantic import Field

from gloss.domain.access import Caller, Permission
from gloss.domain.errors import IllegalAction
from gloss.domain.media import Item, MediaKind, Metadata
from gloss.domain.metadata import PLATFORM_KEY
from gloss.domain.model import FolderId, ItemId
from gloss.domain.search import ItemSearch
from gloss.domain.told import client_metadata_of
from gloss.ports import Ports
from gloss.sdk.asking import Asking, PageAsking
from gloss.sdk.refusing import as_illegal
from gloss.sdk.storage.folder_calls import ORDERS
from gloss.sdk.storage.item_dtos import Dtos, Wanted
from gloss.sdk.storage.item_shapes import KINDS, ItemDto, ItemPatch
from gloss.sdk.wire import MOST_IN_BULK, Results, Wire
from gloss.services import (
    authorising,
    enrolling,
    filing,
    refiling,
    rehousing,
    releasing,
    retelling,
    searching,
    stowing,
    viewing,
)
from gloss.services.refiling import MOST, NamedItems, Refiled
from gloss.services.retelling import Saying
from gloss.services.situating import persistently

ALL_OF_IT: Final = Wanted()


class ItemsAsking(PageAsking):
    """Which items, and how much of them."""

    search: str | None = None
    is_recursive: bool = False
    is_in_dataset: bool | None = None
    item_types: tuple[str, ...] = ()
    sign_urls: bool = False
    include_client_metadata: bool = True
    client_metadata_as_signed_url: bool = False

    @property
    def wanted(self) -> Wanted:
        """How much of each."""
        return Wanted(**{name: getattr(self, name) for name in Wanted.model_fields})


class ItemAsking(Asking):
    """One item, or the parts of one."""

    sign_url: bool = False
    sign_urls: bool = False


class Spot(NamedTuple):
    """An item by the folder that the client believes it in."""

    folder_id: FolderId
    item_id: ItemId


class BulkPayload(Wire):
    """Items by their ids."""

    item_uuids: Annotated[tuple[ItemId, ...], Field(max_length=MOST_IN_BULK)]
    sign_urls: bool = False


class ItemPatches(Wire):
    """What to change of which item."""

    item_patches: Annotated[dict[ItemId, ItemPatch], Field(max_length=MOST_IN_BULK)]


class MovingItems(Wire):
    """Items of a folder, and the one they go to; those that leave a folder that backs a dataset leave that too."""

    item_uuids: Annotated[tuple[ItemId, ...], Field(max_length=MOST_IN_BULK)]
    new_parent_uuid: FolderId
    allow_synced_dataset_move: bool = False


class Deleting(Wire):
    """Items of a folder; the files of a group or series go with it, or stay in its folder as items of their own."""

    child_uuids: Annotated[tuple[ItemId, ...], Field(max_length=MOST_IN_BULK)]
    remove_unused_frames: bool = True


def get(item_id: ItemId, asking: ItemAsking, caller: Caller, dtos: Dtos, ports: Ports) -> ItemDto:
    """One item; raises NotFound."""
    found = viewing.seen([item_id], caller, ports.store)
    return dtos.of(found, Wanted(sign_urls=asking.sign_url))[0]


def get_bulk(payload: BulkPayload, caller: Caller, dtos: Dtos, ports: Ports) -> Results[ItemDto]:
    """The items of these ids, as many and in this order; raises NotFound when one of them is not visible."""
    found = viewing.seen(payload.item_uuids, caller, ports.store)
    return Results(results=dtos.of(found, Wanted(sign_urls=payload.sign_urls)))


def listed(folder_id: str | None, asking: ItemsAsking, caller: Caller, dtos: Dtos, ports: Ports) -> Results[ItemDto]:
    """A page of a folder's items, or of all that one may see; of kinds that Gloss does not have there are none."""
    kinds = tuple(KINDS[name] for name in asking.item_types if name in KINDS)
    if asking.item_types and not kinds:
        return Results(results=[])
    page = searching.items(_search(folder_id, asking, kinds), caller, ports.store)
    shown = [it for it in dtos.of(page.entries, asking.wanted) if _is_wanted(it, asking.is_in_dataset)]
    return Results(results=shown, next_page_token=page.next_token)


def children(spot: Spot, asking: ItemAsking, caller: Caller, dtos: Dtos, ports: Ports) -> Results[ItemDto]:
    """The parts of a group or series in frame order, all at once: the client asks for no second page."""
    whole = found(spot, ports)
    if whole.kind is MediaKind.DATA_GROUP:
        there = viewing.visible(whole.members, caller, ports.store)
        return Results(
            results=dtos.of([there[id_] for id_ in whole.members if id_ in there], Wanted(sign_urls=asking.sign_urls))
        )
    ids = list(enrolling.members(whole, ports.blobs))
    parts = [it.model_copy(update={"folder_id": spot.folder_id}) for it in viewing.parts(ids, ports.store)]
    return Results(results=dtos.of(parts, Wanted(sign_urls=asking.sign_urls)))


def change(spot: Spot, patch: ItemPatch, dtos: Dtos, caller: Caller, ports: Ports) -> ItemDto:
    """One item with another name, description or other metadata; raises Invalid for metadata that break a rule."""
    changed = persistently(lambda: _changed([found(spot, ports)], {spot.item_id: patch}, caller, ports))
    return dtos.of(changed, ALL_OF_IT)[0]


def change_all(wanted: ItemPatches, caller: Caller, dtos: Dtos, ports: Ports) -> Results[ItemDto]:
    """Several items as they are when they were changed."""
    return Results(results=dtos.of(change_items(wanted, caller, ports), ALL_OF_IT))


def change_items(wanted: ItemPatches, caller: Caller, ports: Ports) -> list[Item]:
    """Change all or, when one of them cannot be changed, none; metadata replace what was said before."""
    return persistently(lambda: _changed(_mine(wanted, caller, ports), wanted.item_patches, caller, ports))


def _mine(wanted: ItemPatches, caller: Caller, ports: Ports) -> list[Item]:
    items = viewing.seen(list(wanted.item_patches), caller, ports.store)
    for folder_id in {it.folder_id for it in items}:
        authorising.require(caller, f"folder:{folder_id}", Permission.RESOURCE_ADMIN, ports.store)
    return items


def _changed(before: Sequence[Item], patches: Mapping[ItemId, ItemPatch], caller: Caller, ports: Ports) -> list[Item]:
    sayings = [_saying(stowing.unstow(it, ports.blobs), patches[it.id]) for it in before]
    return retelling.retell_all(before, sayings, caller, ports)


def move(folder_id: FolderId, wanted: MovingItems, caller: Caller, ports: Ports) -> None:
    """Items of a folder to another one; raises IllegalAction for what the folders do not allow.

    The other folder is looked into only for who may fill it: NotFound or Forbidden comes first.
    """
    authorising.require(caller, f"folder:{wanted.new_parent_uuid}", Permission.RESOURCE_ADMIN, ports.store)
    viewing.in_folders((folder_id, wanted.new_parent_uuid), wanted.item_uuids, ports.store)
    left = filing.folder(folder_id, ports.store)
    if left.dataset_id is not None and not wanted.allow_synced_dataset_move:
        raise IllegalAction("This folder backs a dataset; pass allow_synced_dataset_move to take items out of both.")
    with as_illegal():
        for ids in _cut(wanted.item_uuids):
            moving = refiling.MovingItems(item_ids=ids, folder_id=wanted.new_parent_uuid)
            _demand_done(rehousing.move_out(left, moving, caller, ports))


def delete(folder_id: FolderId, wanted: Deleting, caller: Caller, ports: Ports) -> None:
    """Tombstones in place of items of a folder."""
    found = viewing.in_folder(folder_id, wanted.child_uuids, ports.store)
    with as_illegal():
        if not wanted.remove_unused_frames:
            releasing.release(found, caller, ports)
        for ids in _cut(wanted.child_uuids):
            _demand_done(refiling.delete(NamedItems(item_ids=ids), caller, ports))


def found(spot: Spot, ports: Ports) -> Item:
    """The item there, for who may look into the folder; raises NotFound when it is elsewhere."""
    return viewing.in_folder(spot.folder_id, [spot.item_id], ports.store)[0]


def _search(folder_id: str | None, asking: ItemsAsking, kinds: tuple[MediaKind, ...]) -> ItemSearch:
    return ItemSearch(
        folder_id=None if folder_id is None else FolderId(folder_id),
        recursive=asking.is_recursive,
        order=ORDERS.get((asking.order, asking.desc), ORDERS["name", False]),
        kinds=kinds,
        title_contains=asking.search or None,
        limit=asking.page_size,
        token=asking.page_token,
    )


def _is_wanted(item: ItemDto, in_dataset: bool | None) -> bool:
    return in_dataset is None or (item.backed_data_units_count > 0) is in_dataset


def _saying(item: Item, patch: ItemPatch) -> Saying:
    said = {} if patch.client_metadata is None else _replacing(client_metadata_of(item), patch.client_metadata)
    view = {"view": patch.timeseries_settings} if "timeseries_settings" in patch.model_fields_set else {}
    return Saying(item_id=item.id, title=patch.name, description=patch.description, metadata=said, **view)


def _replacing(old: Mapping[str, Any], new: Metadata) -> Metadata:
    """What to merge into the old metadata so that the new ones are left: a null takes a key away."""
    gone: dict[str, Any] = {key: None for key in old if key not in new}
    return {**gone, **new, **({PLATFORM_KEY: {}} if PLATFORM_KEY in gone else {})}


def _demand_done(refiled: Refiled) -> None:
    if refiled.refused:
        first = refiled.refused[0]
        raise IllegalAction(f"{len(refiled.refused)} of the items were refused; {first.item_id}: {first.reason}")


def _cut(ids: Sequence[ItemId]) -> list[tuple[ItemId, ...]]:
    return [tuple(ids[start : start + MOST]) for start in range(0, len(ids), MOST)]

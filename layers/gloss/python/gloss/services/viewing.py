"""Showing many items at once: those that one may see, who made them, what uses them, and links to their files."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gloss.domain.access import UNSEEN, Caller
from gloss.domain.errors import Conflict, Forbidden, Invalid, NotFound
from gloss.domain.integration import Integration
from gloss.domain.locations import Cloud, locate
from gloss.domain.media import Item
from gloss.domain.model import FolderId, IntegrationId, ItemId
from gloss.domain.uploads import is_upload
from gloss.kinds.register import INTEGRATIONS, ITEMS, integration_key, item_key
from gloss.ports import Store
from gloss.services import authorising, nesting, using
from gloss.services.filing import SIGNED_S
from gloss.services.registering import MediaOf


class Surroundings(NamedTuple):
    """What belongs to some items: integrations by id, and how many data units each item backs."""

    integrations: dict[IntegrationId, Integration]
    data_units: dict[ItemId, int]


def seen(item_ids: Sequence[ItemId], caller: Caller, store: Store) -> list[Item]:
    """The items of these ids, in their order, one for each; raises NotFound when one is not there or not visible."""
    there = visible(item_ids, caller, store)
    if any(id_ not in there for id_ in item_ids):
        raise NotFound(UNSEEN)
    return [there[id_] for id_ in item_ids]


def visible(item_ids: Sequence[ItemId], caller: Caller, store: Store) -> dict[ItemId, Item]:
    """Those of the items that are there and that the caller may see."""
    found = {it.id: it for it in store.get_many(ITEMS, [item_key(id_) for id_ in dict.fromkeys(item_ids)])}
    wholes = _wholes(found, store)
    open_to = _open(wholes.values(), caller, store)
    return {id_: placed(it, wholes) for id_, it in found.items() if _is_there(it, wholes, open_to)}


def in_folder(folder_id: FolderId, item_ids: Sequence[ItemId], store: Store) -> list[Item]:
    """The same for items of a folder that the caller is known to see; raises NotFound when one lies elsewhere."""
    return in_folders((folder_id,), item_ids, store)


def in_folders(folder_ids: Sequence[FolderId], item_ids: Sequence[ItemId], store: Store) -> list[Item]:
    """The same for items of any of these folders."""
    found = {it.id: it for it in store.get_many(ITEMS, [item_key(id_) for id_ in dict.fromkeys(item_ids)])}
    wholes = _wholes(found, store)
    open_to = set(folder_ids) - nesting.gone(folder_ids, store).keys()
    if not all(_is_there(found.get(id_), wholes, open_to) for id_ in item_ids):
        raise NotFound(UNSEEN)
    return [placed(found[id_], wholes) for id_ in item_ids]


def parts(item_ids: Sequence[ItemId], store: Store) -> list[Item]:
    """The parts of a group or series that the caller is known to see; a part goes only with the whole."""
    return store.get_many(ITEMS, [item_key(id_) for id_ in item_ids])


def placed(item: Item, wholes: Mapping[ItemId, Item]) -> Item:
    """A part of a group or series in the folder where the whole lies."""
    whole = None if item.part_of is None else wholes.get(item.part_of)
    return item if whole is None else item.model_copy(update={"folder_id": whole.folder_id})


def surroundings(items: Sequence[Item], store: Store, signs: bool = True) -> Surroundings:
    """What is told of items beside themselves; integrations of those alone whose URLs do not tell where they lie."""
    items_read = items if signs else [it for it in items if cloud_of(it.url) is None]
    return Surroundings(integrations(items_read, store), using.counts((it.id for it in items), store))


def cloud_of(url: str | None) -> Cloud | None:
    """The cloud that a URL names; None: an uploaded file, or a server that only its integration knows."""
    try:
        found = None if url is None or is_upload(url) else locate(url).cloud
    except Invalid:
        return None
    return None if found is Cloud.HTTPS else found


def integrations(items: Sequence[Item], store: Store) -> dict[IntegrationId, Integration]:
    """The integrations that read these items."""
    wanted = dict.fromkeys(it.integration_id for it in items if it.integration_id is not None)
    return {it.id: it for it in store.get_many(INTEGRATIONS, [integration_key(id_) for id_ in wanted])}


def signed(item: Item, around: Surroundings, media_of: MediaOf) -> str | None:
    """A URL of the item's file that anybody may read for an hour; None where there is none, or none can be signed."""
    if item.url is None:
        return None
    integration = around.integrations.get(item.integration_id) if item.integration_id else None
    if item.integration_id is not None and integration is None:
        return None
    try:
        return media_of(integration).signed_get(item.url, SIGNED_S)
    except (NotFound, Forbidden, Conflict):
        return None


def _wholes(found: dict[ItemId, Item], store: Store) -> dict[ItemId, Item]:
    """These items, and those that some of them are parts of."""
    parts = {it.part_of for it in found.values() if it.part_of is not None} - found.keys()
    return found | {it.id: it for it in store.get_many(ITEMS, [item_key(id_) for id_ in sorted(parts)])}


def _open(items: Iterable[Item], caller: Caller, store: Store) -> set[FolderId]:
    """Those of the items' folders that are there and that the caller may look into."""
    folders = dict.fromkeys(it.folder_id for it in items)
    roles = authorising.roles_on(caller, [f"folder:{id_}" for id_ in folders], store)
    return {id_ for id_ in folders if roles.get(f"folder:{id_}") is not None} - nesting.gone(folders, store).keys()


def _is_there(item: Item | None, wholes: dict[ItemId, Item], open_to: set[FolderId]) -> bool:
    whole = None if item is None else wholes.get(item.part_of or item.id)
    if item is None or whole is None or item.deleted_at is not None or whole.deleted_at is not None:
        return False
    return whole.folder_id in open_to

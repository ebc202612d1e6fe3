"""Collections of items: made below a folder, filled and emptied by id, title or preset, and thrown away."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Final, TypeVar

from gloss.domain.access import Caller, Permission
from gloss.domain.errors import TooLarge
from gloss.domain.item_collections import CollectedItem, ItemCollection, Preset, item_filters
from gloss.domain.media import Item
from gloss.domain.model import CollectionId, Description, FolderId, ItemId, Title, Value
from gloss.domain.search import ItemOrder, ItemSearch
from gloss.kinds.collections import COLLECTED_ITEMS, ITEM_COLLECTIONS, collected_key, collected_of, item_collection_key
from gloss.kinds.register import FOLDERS, folder_key
from gloss.ports import Demand, Erase, Overwrite, Page, Ports, Query, Save, Store
from gloss.services import authorising, making, nesting, searching, viewing
from gloss.services.situating import persistently

T = TypeVar("T")

AT_ONCE: Final = 95
#: So many items below a folder are looked at for titles and presets while the request waits.
MOST_LOOKED_AT: Final = 20_000
A_PAGE: Final = 1_000


class NewItemCollection(Value):
    """A collection to make."""

    name: Title
    description: Description = ""


class ChangedItemCollection(Value):
    """What to change of a collection; what is left out stays."""

    name: Title | None = None
    description: Description | None = None


class Titles(Value):
    """What came of titles: those of one item, of several, and of none; and the items that could not be added."""

    matched: tuple[str, ...]
    ambiguous: tuple[str, ...]
    unmatched: tuple[str, ...]
    failed: tuple[ItemId, ...]


def make(folder_id: FolderId, wanted: NewItemCollection, caller: Caller, ports: Ports) -> ItemCollection:
    """A collection of nothing; raises NotFound or Forbidden for the folder."""
    _demand(folder_id, Permission.RESOURCE_USE, caller, ports.store)
    now = ports.clock.now()
    made = ItemCollection(
        id=CollectionId(ports.ids.new()),
        org_id=caller.org_id,
        folder_id=folder_id,
        name=wanted.name,
        description=wanted.description,
        created_by=caller.user_id,
        created_at=now,
        edited_at=now,
    )
    return making.once(ITEM_COLLECTIONS, made, ports.store)


def readable(collection_id: str, caller: Caller, store: Store) -> ItemCollection:
    """A collection that the caller may read; raises NotFound."""
    collection = store.get(ITEM_COLLECTIONS, item_collection_key(collection_id))
    _demand(collection.folder_id, Permission.RESOURCE_READ, caller, store)
    return collection


def changeable(collection_id: str, caller: Caller, store: Store) -> ItemCollection:
    """A collection that the caller may change; raises NotFound or Forbidden."""
    collection = store.get(ITEM_COLLECTIONS, item_collection_key(collection_id))
    _demand(collection.folder_id, Permission.RESOURCE_USE, caller, store)
    return collection


def page(folder_id: FolderId | None, caller: Caller, query: Query, store: Store) -> Page[ItemCollection]:
    """A page of the collections below a folder, or of all that the caller may read."""
    if folder_id is None:
        index, partition = "by_owner", f"ORG#{caller.org_id}#COLLECTIONS"
    else:
        index, partition = "by_parent", f"FOLDER#{folder_id}#COLLECTIONS"
    asked = Query(index=index, limit=query.limit, after=query.after)
    found = store.page(ITEM_COLLECTIONS, partition, asked)
    return Page(tuple(_seen(found.entries, caller, store)), found.next_token)


def named(collection_ids: Sequence[str], caller: Caller, store: Store) -> list[ItemCollection]:
    """Those of the collections that there are and that the caller may read."""
    return _seen(store.get_many(ITEM_COLLECTIONS, list(map(item_collection_key, collection_ids))), caller, store)


def change(collection: ItemCollection, wanted: ChangedItemCollection, ports: Ports) -> ItemCollection:
    """Its next version."""
    said = {name: value for name, value in wanted if value is not None}
    changed = collection.changed(**said, edited_at=ports.clock.now())
    ports.store.commit([Save(ITEM_COLLECTIONS, changed)])
    return changed


def drop(collection: ItemCollection, store: Store) -> None:
    """Throw a collection away; its items stay. Cut off, it goes on when asked again."""
    for some in _in_parts(store.every(COLLECTED_ITEMS, collected_of(collection.id))):
        store.commit([Erase(COLLECTED_ITEMS, it) for it in some])
    store.commit([Erase(ITEM_COLLECTIONS, collection)])


def collected(collection: ItemCollection, query: Query, store: Store) -> Page[CollectedItem]:
    """A page of what is in a collection, whether it may be seen or not."""
    return store.page(COLLECTED_ITEMS, collected_of(collection.id), query)


def add(collection: ItemCollection, item_ids: Sequence[ItemId], caller: Caller, ports: Ports) -> list[ItemId]:
    """Put items in; returns those that the caller does not see or that lie elsewhere, which are left out."""
    asked = list(dict.fromkeys(item_ids))
    there = viewing.visible(asked, caller, ports.store)
    below = _below(collection, list(there.values()), ports.store)
    _put(collection, [id_ for id_ in asked if id_ in below], ports)
    return [id_ for id_ in asked if id_ not in below]


def take_out(collection: ItemCollection, item_ids: Sequence[ItemId], ports: Ports) -> list[ItemId]:
    """Take items out; returns those that were not in it."""
    asked = list(dict.fromkeys(item_ids))
    held = {it.item_id for it in _held(collection, asked, ports.store)}
    for some in _in_parts(iter(asked)):
        persistently(partial(_erase, collection, some, ports))
    return [id_ for id_ in asked if id_ not in held]


def add_titles(collection: ItemCollection, titles: Sequence[str], caller: Caller, ports: Ports) -> Titles:
    """Put in the items of these titles; one that several items have, or none, is told and left out."""
    wanted: dict[str, list[ItemId]] = {title: [] for title in titles}
    for item in _items(collection, caller, ports.store):
        if item.title in wanted:
            wanted[item.title].append(item.id)
    matched = {title: ids[0] for title, ids in wanted.items() if len(ids) == 1}
    failed = add(collection, list(matched.values()), caller, ports)
    return Titles(
        matched=tuple(matched),
        ambiguous=tuple(title for title, ids in wanted.items() if len(ids) > 1),
        unmatched=tuple(title for title, ids in wanted.items() if not ids),
        failed=tuple(failed),
    )


def add_preset(collection: ItemCollection, preset: Preset, caller: Caller, ports: Ports) -> None:
    """Put in all items that pass a preset; raises Invalid when Gloss cannot evaluate it, TooLarge in large folders."""
    _put(collection, _passing(collection, preset, caller, ports.store), ports)


def take_out_preset(collection: ItemCollection, preset: Preset, caller: Caller, ports: Ports) -> None:
    """Take out all items that pass a preset."""
    take_out(collection, _passing(collection, preset, caller, ports.store), ports)


def _passing(collection: ItemCollection, preset: Preset, caller: Caller, store: Store) -> list[ItemId]:
    filters = item_filters(preset)
    return [it.id for it in _items(collection, caller, store) if all(each.fits(it) for each in filters)]


def _items(collection: ItemCollection, caller: Caller, store: Store) -> Iterator[Item]:
    """All items below a collection's folder; raises TooLarge."""
    asked = ItemSearch(folder_id=collection.folder_id, recursive=True, order=ItemOrder.TITLE, limit=A_PAGE)
    token, looked_at = None, 0
    while looked_at == 0 or token is not None:
        page = searching.items(asked.model_copy(update={"token": token}), caller, store)
        yield from page.entries
        token, looked_at = page.next_token, looked_at + A_PAGE
        if token is not None and looked_at >= MOST_LOOKED_AT:
            raise TooLarge(f"More than {MOST_LOOKED_AT} items lie below this folder; add them by their ids.")


def _put(collection: ItemCollection, item_ids: Sequence[ItemId], ports: Ports) -> None:
    for some in _in_parts(iter(item_ids)):
        persistently(partial(_save, collection.id, some, ports))


def _save(collection_id: CollectionId, item_ids: Sequence[ItemId], ports: Ports) -> None:
    """Only as long as the collection is there: one that is thrown away meanwhile takes nothing more."""
    there = ports.store.get(ITEM_COLLECTIONS, item_collection_key(collection_id))
    now = ports.clock.now()
    inside = [CollectedItem(collection_id=collection_id, item_id=id_, added_at=now) for id_ in item_ids]
    ports.store.commit([Demand(ITEM_COLLECTIONS, there), *(Overwrite(COLLECTED_ITEMS, it) for it in inside)])


def _erase(collection: ItemCollection, item_ids: Sequence[ItemId], ports: Ports) -> None:
    held = _held(collection, item_ids, ports.store)
    if held:
        ports.store.commit([Erase(COLLECTED_ITEMS, it) for it in held])


def _held(collection: ItemCollection, item_ids: Sequence[ItemId], store: Store) -> list[CollectedItem]:
    return store.get_many(COLLECTED_ITEMS, [collected_key(collection.id, id_) for id_ in item_ids])


def _below(collection: ItemCollection, items: Sequence[Item], store: Store) -> set[ItemId]:
    """Those of the items that lie in the collection's folder or below it."""
    folders = store.get_many(FOLDERS, [folder_key(id_) for id_ in sorted({it.folder_id for it in items})])
    trails = nesting.trails(folders, store)
    inside = {id_ for id_, trail in trails.items() if any(up.id == collection.folder_id for up in trail)}
    return {it.id for it in items if it.folder_id in inside}


def _seen(found: Sequence[ItemCollection], caller: Caller, store: Store) -> list[ItemCollection]:
    own = [it for it in found if it.org_id == caller.org_id]
    folders = store.get_many(FOLDERS, [folder_key(id_) for id_ in sorted({it.folder_id for it in own})])
    there = {folder.id for folder in nesting.seen(folders, caller, store)}
    return [it for it in own if it.folder_id in there]


def _demand(folder_id: FolderId, permission: Permission, caller: Caller, store: Store) -> None:
    authorising.require(caller, f"folder:{folder_id}", permission, store)
    nesting.trail(folder_id, store)


def _in_parts(entries: Iterator[T]) -> Iterator[list[T]]:
    while some := list(islice(entries, AT_ONCE)):
        yield some

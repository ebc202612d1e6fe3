"""Items to other folders or away, many at once: each is done or refused by itself."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Annotated, TypeVar

from pydantic import Field
from pydantic_core import to_json

from gloss.domain.access import UNSEEN, Caller, Permission, allow_resource
from gloss.domain.errors import Conflict, GlossError, Invalid, NotFound
from gloss.domain.folder import Folder
from gloss.domain.loads import Load, loads
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import FolderId, ItemId, Value
from gloss.domain.tally import Tally, came, went
from gloss.kinds.register import FOLDERS, ITEMS, folder_key, item_key
from gloss.ports import Change, Ports, Save, Store
from gloss.services import authorising, combining, enrolling, linking, nesting, recognising, tallying
from gloss.services.sharing import shared
from gloss.services.situating import persistently

MOST = 1000
TOGETHER = Load(30, 2_000_000)
FILES_AT_ONCE = 90

T = TypeVar("T")
Writes = Callable[[Sequence[Item]], list[Change]]


class NamedItems(Value):
    """Which items."""

    item_ids: Annotated[tuple[ItemId, ...], Field(min_length=1, max_length=MOST)]


class MovingItems(NamedItems):
    """Which items, and the folder they go to."""

    folder_id: FolderId


class RefusedItem(Value):
    """An item that stayed as it was, and why."""

    item_id: ItemId
    reason: str


class Refiled(Value):
    """What became of each item."""

    done: tuple[ItemId, ...]
    refused: tuple[RefusedItem, ...]


def move(wanted: MovingItems, caller: Caller, ports: Ports) -> Refiled:
    """Items to another folder, with what that folder notes of their URLs; the caller is Admin of both folders.

    An item that is there already is done; one of a synced folder is refused. Raises NotFound or Forbidden for the
    folder they go to, Conflict when that is synced.
    """
    target = linking.demand_filled_by_hand(nesting.parents_for(wanted.folder_id, caller, ports.store)[0])
    return _each(wanted, caller, ports, lambda items: _moved(items, target, ports))


def delete(wanted: NamedItems, caller: Caller, ports: Ports) -> Refiled:
    """Tombstones in place of items; files are never touched, and label rows of such items are exported as deleted.

    A member of a data group that the caller may delete is refused, unless the group goes with it.
    """
    now = ports.clock.now()

    def removed(items: Sequence[Item]) -> list[Change]:
        combining.demand_free(items, [item.id for item in items], caller, ports.store)
        gone = [item.changed(deleted_at=now) for item in items]
        return [*(Save(ITEMS, item) for item in gone), *_tallies(items, gone)]

    return _each(wanted, caller, ports, removed)


def delete_one(item_id: ItemId, caller: Caller, ports: Ports) -> Item:
    """The same for one item; raises NotFound, Forbidden, Conflict, or Invalid for a part of a group."""
    allowed = _allowed([item_id], caller, ports.store)[item_id]
    if isinstance(allowed, GlossError):
        raise allowed
    combining.demand_free([allowed], (), caller, ports.store)
    removed = allowed.changed(deleted_at=ports.clock.now())
    ports.store.commit([Save(ITEMS, removed), *_tallies([allowed], [removed])])
    return removed


def _each(wanted: NamedItems, caller: Caller, ports: Ports, change: Writes) -> Refiled:
    """Change those that may be, some in a transaction; when one of them cannot be, one by one."""
    ids = tuple(dict.fromkeys(wanted.item_ids))
    allowed = _allowed(ids, caller, ports.store)
    refused = {id_: it for id_, it in allowed.items() if isinstance(it, GlossError)}
    groups_first = sorted((it for it in allowed.values() if isinstance(it, Item)), key=_is_no_group)
    for some in loads(groups_first, _weight, TOGETHER):
        try:
            ports.store.commit(change(some))
        except Conflict:
            refused |= _one_by_one([item.id for item in some], caller, ports, change)
    done = tuple(id_ for id_ in ids if id_ not in refused)
    said = (RefusedItem(item_id=id_, reason=refused[id_].message) for id_ in ids if id_ in refused)
    return Refiled(done=done, refused=tuple(said))


def _one_by_one(ids: Iterable[ItemId], caller: Caller, ports: Ports, change: Writes) -> dict[ItemId, GlossError]:
    refused: dict[ItemId, GlossError] = {}
    for id_ in ids:
        try:
            persistently(lambda id_=id_: _alone(id_, caller, ports, change))  # type: ignore[misc]
        except GlossError as reason:
            refused[id_] = reason
    return refused


def _alone(item_id: ItemId, caller: Caller, ports: Ports, change: Writes) -> None:
    allowed = _allowed([item_id], caller, ports.store)[item_id]
    if isinstance(allowed, GlossError):
        raise allowed
    ports.store.commit(change([allowed]))


def _allowed(ids: Sequence[ItemId], caller: Caller, store: Store) -> dict[ItemId, Item | GlossError]:
    """Each item as it is stored, or why the caller may not change it."""
    items = {item.id: item for item in store.get_many(ITEMS, [item_key(id_) for id_ in ids])}
    folders = {item.folder_id for item in items.values()}
    closed: dict[FolderId, GlossError] = dict.fromkeys(nesting.gone(folders, store), NotFound(UNSEEN))
    roles = authorising.roles_on(caller, [f"folder:{id_}" for id_ in folders], store)
    for folder_id in folders - closed.keys():
        try:
            allow_resource(roles.get(f"folder:{folder_id}"), Permission.RESOURCE_ADMIN)
        except GlossError as refused:
            closed[folder_id] = refused
    return {id_: _judged(items.get(id_), closed) for id_ in ids}


def _judged(item: Item | None, closed: dict[FolderId, GlossError]) -> Item | GlossError:
    if item is None or item.deleted_at is not None:
        return NotFound(UNSEEN)
    if item.folder_id in closed:
        return closed[item.folder_id]
    return Invalid("It is a part of a group or series; name the whole.") if item.hidden else item


def _moved(items: Sequence[Item], target: Folder, ports: Ports) -> list[Change]:
    """The writes of a move; notes of a series' files come first, for they hold only once the series is there."""
    store = ports.store
    leaving = [item for item in items if item.folder_id != target.id]
    left = sorted({item.folder_id for item in leaving})
    for folder in store.get_many(FOLDERS, [folder_key(id_) for id_ in left]):
        linking.demand_filled_by_hand(folder)
    for series in (item for item in leaving if item.kind is MediaKind.DICOM_SERIES):
        _note_files(series, target, ports)
    arrived = [item.changed(folder_id=target.id) for item in leaving]
    notes = recognising.notes_of(arrived, target.id)
    saves = [Save(ITEMS, item) for item in arrived]
    demanded = nesting.as_read((target,)) if leaving else []
    return [*saves, *recognising.taking_place(notes, store), *_tallies(leaving, arrived), *demanded]


def _note_files(series: Item, target: Folder, ports: Ports) -> None:
    """Some files at a time, since there may be 200 000; a second try passes those that are noted."""

    def noted(ids: Sequence[ItemId]) -> None:
        files = ports.store.get_many(ITEMS, [item_key(id_) for id_ in ids])
        notes = recognising.notes_of([file for file in files if file.part_of == series.id], target.id)
        fresh = recognising.unsaid(notes, ports.store)
        persistently(lambda: ports.store.commit(recognising.taking_place(fresh, ports.store)))

    for _ in shared(noted, _some(enrolling.members(series, ports.blobs), FILES_AT_ONCE), few=1):
        continue


def _tallies(before: Sequence[Item], after: Sequence[Item]) -> list[Save[Tally]]:
    """What each folder lost and got; a change is named by the first item's new version."""
    lost, got = defaultdict[FolderId, list[Item]](list), defaultdict[FolderId, list[Item]](list)
    for old, new in zip(before, after, strict=True):
        lost[old.folder_id].append(new)
        if new.deleted_at is None:
            got[new.folder_id].append(new)
    return [
        *(tallying.tally(folder_id, _change_id(items), went(items)) for folder_id, items in lost.items()),
        *(tallying.tally(folder_id, _change_id(items), came(items)) for folder_id, items in got.items()),
    ]


def _is_no_group(item: Item) -> bool:
    return item.kind is not MediaKind.DATA_GROUP


def _weight(item: Item) -> int:
    return len(to_json(item))


def _change_id(items: Sequence[Item]) -> str:
    return f"{items[0].id}#{items[0].version}"


def _some(things: Iterable[T], number: int) -> Iterator[list[T]]:
    left = iter(things)
    while some := list(islice(left, number)):
        yield some

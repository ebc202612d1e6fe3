"""Folders in folders: the way up from each, found by walking and never stored, so that a move is one write."""

from collections.abc import Iterable, Mapping, Sequence

from gloss.domain.access import Caller, OrgRole, Permission, allow_organisation
from gloss.domain.errors import Conflict, NotFound
from gloss.domain.folder import MAX_DEPTH, Folder, Trail, demand_elsewhere, demand_room, is_gone
from gloss.domain.media import Item
from gloss.domain.model import FolderId, Timestamp
from gloss.kinds.register import FOLDERS, folder_key, folders_of
from gloss.ports import Demand, Query, Store
from gloss.services import authorising

MOST_BELOW = 1000
#: Two people who move at once may nest a little deeper than the limit; the walk up follows them so far.
HIGHEST_WALK = 2 * MAX_DEPTH


def trails(folders: Iterable[Folder], store: Store) -> Mapping[FolderId, Trail]:
    """Each folder's way up, itself first: one read of many a level, however many folders are asked for."""
    asked = list(folders)
    known = {folder.id: folder for folder in asked}
    for _ in range(HIGHEST_WALK):
        missing = {it.parent_id for it in known.values() if it.parent_id is not None} - known.keys()
        found = store.get_many(FOLDERS, [folder_key(id_) for id_ in sorted(missing)])
        known |= {folder.id: folder for folder in found}
        if not found:
            break
    return {folder.id: _up(folder, known) for folder in asked}


def trail(folder_id: str, store: Store) -> Trail:
    """The way up from a folder that is there; raises NotFound when it or one above it is deleted."""
    found = trails([store.get(FOLDERS, folder_key(folder_id))], store)[FolderId(folder_id)]
    if is_gone(found):
        raise NotFound("There is no folder here, or you may not see it.")
    return found


def gone(folder_ids: Iterable[FolderId], store: Store) -> dict[FolderId, Timestamp]:
    """Since when those of the folders are gone that are deleted, or lie below one that is."""
    found = store.get_many(FOLDERS, [folder_key(id_) for id_ in dict.fromkeys(folder_ids)])
    moments = {id_: [it.deleted_at for it in up if it.deleted_at] for id_, up in trails(found, store).items()}
    return {id_: min(since) for id_, since in moments.items() if since}


def as_they_are(items: Sequence[Item], store: Store) -> list[Item]:
    """The items, those of deleted folders as the tombstones that they are."""
    since = gone((item.folder_id for item in items), store)
    return [it.model_copy(update={"deleted_at": it.deleted_at or since.get(it.folder_id)}) for it in items]


def seen(folders: Sequence[Folder], caller: Caller, store: Store) -> list[Folder]:
    """Those of the folders, in their order, that are there and that the caller may see."""
    ups = trails([it for it in folders if it.deleted_at is None and it.org_id == caller.org_id], store)
    there = [up[0] for up in ups.values() if not is_gone(up)]
    if caller.org_role is OrgRole.ADMIN:
        return there
    roles = authorising.roles_on(caller, [f"folder:{it.id}" for it in there], store)
    return [it for it in there if f"folder:{it.id}" in roles]


def parents_for(parent_id: str | None, caller: Caller, store: Store) -> Trail:
    """The trail of a folder in which the caller may put things; at the top it is empty, and the organisation allows."""
    if parent_id is None:
        allow_organisation(caller, Permission.ORG_CREATE)
        return ()
    authorising.require(caller, f"folder:{parent_id}", Permission.RESOURCE_ADMIN, store)
    return trail(parent_id, store)


def demand_movable(up: Trail, parents: Trail, store: Store) -> None:
    """Let the folder of a trail go below these parents; raises Conflict or Invalid.

    What lies below is looked at only when it comes to lie deeper, and only so far.
    """
    demand_elsewhere(up[0], parents)
    demand_room(parents)
    if len(parents) + 1 > len(up):
        demand_room(parents, _height(up[0], MAX_DEPTH - len(parents), store))


def as_read(parents: Trail) -> list[Demand[Folder]]:
    """Demands that nobody moved, changed or deleted these folders meanwhile: two moves cannot make a ring."""
    return [Demand(FOLDERS, folder) for folder in parents]


def _up(folder: Folder, known: Mapping[FolderId, Folder]) -> Trail:
    way = [folder]
    while len(way) < HIGHEST_WALK and way[-1].parent_id in known:
        way.append(known[way[-1].parent_id])  # type: ignore[index]
    return tuple(way)


def _height(folder: Folder, enough: int, store: Store) -> int:
    """How many levels a folder has with itself, as far as it matters; raises Conflict when it holds too many."""
    level, looked, height = [folder.id], 0, 0
    while level and height <= enough:
        height, looked = height + 1, looked + len(level)
        if looked > MOST_BELOW:
            raise Conflict(
                f"It holds more than {MOST_BELOW} folders; move it no deeper than it lies, or move its parts."
            )
        level = [below.id for each in level for below in _below(each, store)]
    return height


def _below(folder_id: FolderId, store: Store) -> Sequence[Folder]:
    return store.page(FOLDERS, folders_of(folder_id), Query(index="by_parent", limit=MOST_BELOW)).entries

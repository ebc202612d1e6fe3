"""Looking for items and folders: pages of bounded cost, so that a page may be short while its token leads on."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from gloss.domain.access import Caller, Permission
from gloss.domain.errors import Malformed
from gloss.domain.folder import Folder
from gloss.domain.media import Item
from gloss.domain.model import iso
from gloss.domain.search import TOP, FolderSearch, ItemSearch
from gloss.kinds.register import (
    FOLDERS,
    ITEMS,
    all_folders_of,
    folders_of,
    folders_on_top,
    items_of,
    times_of,
    title_start,
    titles_of,
)
from gloss.ports import Page, Query, Store
from gloss.services import authorising, finding, nesting, walking

#: So many times a page asks the table for more, however little it has found.
ROUNDS = 20


class Spot(NamedTuple):
    """Where a search goes on: a place on its way through the folders, and a token within that folder."""

    place: str
    token: str | None


def items(search: ItemSearch, caller: Caller, store: Store) -> Page[Item]:
    """Items that fit, and where to go on; at most ROUNDS reads of a folder's list, each no longer than the page.

    Indexed: the folder, both orders, the beginning of a title in the order of titles, the first moment in the order
    of time. Everything else is looked at item by item.
    """
    walk = walking.way(search, caller, store)
    spot: Spot | None = _spot(search.token) if search.token else Spot(walk.start, None)
    found: list[Item] = []
    for _ in range(ROUNDS):
        if spot is None or len(found) >= search.limit:
            break
        page = _listed(walk.folder(spot.place), spot.token, search, search.limit - len(found), store)
        found += [item for item in page.entries if search.fits(item)]
        spot = _onward(spot, page, search, walk)
    return Page(tuple(found), None if spot is None else f"{spot.place}~{spot.token or ''}")


def listed_folders(parent_id: str | None, caller: Caller, query: Query, store: Store) -> Page[Folder]:
    """Folders that the caller may see: all of them, those on top, or those directly in one."""
    if parent_id is None:
        page = finding.visible("folder", FOLDERS, caller, query, store)
    else:
        partition = folders_on_top(caller.org_id) if parent_id == TOP else _within(parent_id, caller, store)
        page = store.page(FOLDERS, partition, replace(query, index="by_parent"))
    return Page(tuple(nesting.seen(page.entries, caller, store)), page.next_token)


def folders(search: FolderSearch, caller: Caller, store: Store) -> Page[Folder]:
    """Folders that fit and that the caller may see, in the order asked for.

    Indexed: in the order of titles the parent, or the organisation, and the beginning of a title; in the order of time
    the organisation. Everything else is looked at one by one.
    """
    partition, query = _shelf(search, caller, store)
    found = list[Folder]()
    for _ in range(ROUNDS):
        page = store.page(FOLDERS, partition, replace(query, limit=search.limit - len(found)))
        fitting = [folder for folder in page.entries if search.fits(folder)]
        found += _inside(search, nesting.seen(fitting, caller, store), store)
        query = replace(query, after=page.next_token)
        if page.next_token is None or len(found) >= search.limit:
            break
    return Page(tuple(found), query.after)


def _shelf(search: FolderSearch, caller: Caller, store: Store) -> tuple[str, Query]:
    """The partition to look in, and how; raises NotFound or Forbidden for a parent that one may not see."""
    back = search.order.descending
    inside = None if search.parent_id in (None, TOP) else _within(search.parent_id or "", caller, store)
    if not search.order.by_title:
        return times_of(caller.org_id), Query("by_state", after=search.token, descending=back)
    query = Query("by_parent", title_start(search.title_prefix or ""), after=search.token, descending=back)
    if search.parent_id is None or search.recursive:
        return all_folders_of(caller.org_id), replace(query, index="by_owner")
    return inside or folders_on_top(caller.org_id), query


def _within(parent_id: str, caller: Caller, store: Store) -> str:
    """The partition of what lies in a folder that the caller may see."""
    authorising.require(caller, f"folder:{parent_id}", Permission.RESOURCE_READ, store)
    return folders_of(nesting.trail(parent_id, store)[0].id)


def _inside(search: FolderSearch, found: Sequence[Folder], store: Store) -> list[Folder]:
    if search.parent_id is None:
        return list(found)
    ups = nesting.trails(found, store)
    return [it for it in found if search.fits_place(ups[it.id][1:])]


def _listed(folder: Folder | None, token: str | None, search: ItemSearch, room: int, store: Store) -> Page[Item]:
    """Some more of a folder's items in the order of the search, as far as an index can choose them."""
    if folder is None:
        return Page(())
    if search.order.by_title:
        begin = title_start(search.title_prefix or "")
        query = Query("by_owner", begin, room, token, search.order.descending)
        return store.page(ITEMS, titles_of(folder.id), query)
    first = None if search.created_from is None or search.order.descending or token else iso(search.created_from)
    query = Query("by_parent", "", room, token, search.order.descending, first)
    return store.page(ITEMS, items_of(folder.id), query)


def _onward(spot: Spot, page: Page[Item], search: ItemSearch, walk: walking.Walk) -> Spot | None:
    over = bool(page.entries) and search.is_over(page.entries[-1])
    if page.next_token is not None and not over:
        return Spot(spot.place, page.next_token)
    after = walk.after(spot.place)
    return None if after is None else Spot(after, None)


def _spot(token: str) -> Spot:
    place, mark, inside = token.partition("~")
    if not mark:
        raise Malformed("The page token is not one that this list gave out.")
    return Spot(place, inside or None)

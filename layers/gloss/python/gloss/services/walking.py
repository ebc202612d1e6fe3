"""From folder to folder: one alone, one and all below it, or all that a caller may see; each step is a few reads."""

from dataclasses import replace
from typing import Protocol

from gloss.domain.access import Caller, Permission
from gloss.domain.errors import Malformed
from gloss.domain.folder import Folder
from gloss.domain.search import ItemSearch
from gloss.kinds.register import FOLDERS, beside, folder_key, folders_of, titled
from gloss.ports import Page, Query, Store
from gloss.services import authorising, finding, nesting


class Walk(Protocol):
    """A way through folders; each place has a name that a page token carries."""

    @property
    def start(self) -> str: ...

    def folder(self, place: str) -> Folder | None:
        """The folder at a place; None when the caller may not see it, or it is gone. Raises Malformed."""
        ...

    def after(self, place: str) -> str | None:
        """The next place, or None at the end of the way."""
        ...


def way(search: ItemSearch, caller: Caller, store: Store) -> Walk:
    """The way that a search goes; raises NotFound for a folder that the caller may not see."""
    if search.folder_id is None:
        return Everywhere(caller, store)
    authorising.require(caller, f"folder:{search.folder_id}", Permission.RESOURCE_READ, store)
    root = nesting.trail(search.folder_id, store)[0]
    return Below(root, caller, store) if search.recursive else Alone(root)


class Alone:
    """One folder."""

    def __init__(self, root: Folder) -> None:
        self.start, self._root = root.id, root

    def folder(self, place: str) -> Folder:
        if place != self._root.id:
            raise _foreign()
        return self._root

    def after(self, _: str) -> None:
        return None


class Below:
    """A folder and all below it, each before those in it, by title; a place is a folder's id."""

    def __init__(self, root: Folder, caller: Caller, store: Store) -> None:
        self.start, self._root = root.id, root
        self._caller, self._store = caller, store

    def folder(self, place: str) -> Folder | None:
        found = nesting.seen([self._known(place)], self._caller, self._store)
        return found[0] if found else None

    def after(self, place: str) -> str | None:
        """The first folder inside, else the next one beside this folder, or beside the nearest above that has one."""
        here = self._known(place)
        inside = self._first(folders_of(here.id), Query(limit=1)) if here.deleted_at is None else None
        while inside is None and here.id != self._root.id:
            inside = self._first(beside(here), Query(limit=1, beyond=titled(here)))
            here = self._known(here.parent_id or "")
        return inside

    def _first(self, partition: str, query: Query) -> str | None:
        page = self._store.page(FOLDERS, partition, replace(query, index="by_parent"))
        return page.entries[0].id if page.entries else None

    def _known(self, place: str) -> Folder:
        """A folder below the root; a token that leads elsewhere is refused, so it opens nothing."""
        found = self._store.find(FOLDERS, folder_key(place))
        up = nesting.trails([found], self._store)[found.id] if found else ()
        if found is None or all(each.id != self._root.id for each in up):
            raise _foreign()
        return found


class Everywhere:
    """All folders that the caller may see; a place is where the list of them goes on."""

    start = ""

    def __init__(self, caller: Caller, store: Store) -> None:
        self._caller, self._store = caller, store

    def folder(self, place: str) -> Folder | None:
        found = nesting.seen(self._page(place).entries, self._caller, self._store)
        return found[0] if found else None

    def after(self, place: str) -> str | None:
        return self._page(place).next_token

    def _page(self, place: str) -> Page[Folder]:
        return finding.visible("folder", FOLDERS, self._caller, Query(limit=1, after=place or None), self._store)


def _foreign() -> Malformed:
    return Malformed("The page token is not one that this list gave out, or its folder was moved; begin again.")

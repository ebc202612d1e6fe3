"""What to look for among items and folders: the questions, and whether one thing is an answer."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from gloss.domain.folder import Folder
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import FolderId, Timestamp, Value

Words = Annotated[str, Field(min_length=1, max_length=256)]
Scalar = Annotated[str, Field(max_length=1024)] | bool | int | float

#: The word for those folders that lie in none.
TOP = "top"


class ItemOrder(StrEnum):
    """By the time of registration or by title; with a minus the other way round."""

    CREATED = "created"
    LATEST = "-created"
    TITLE = "title"
    TITLE_BACK = "-title"

    @property
    def by_title(self) -> bool:
        return self in (ItemOrder.TITLE, ItemOrder.TITLE_BACK)

    @property
    def descending(self) -> bool:
        return self in (ItemOrder.LATEST, ItemOrder.TITLE_BACK)


class Searching(Value):
    """Which page of an answer."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    token: Annotated[str, Field(max_length=2048)] | None = None


class Titled(Value):
    """How a title begins, and what it holds; letters' case does not matter."""

    title_prefix: Words | None = None
    title_contains: Words | None = None

    def fits_title(self, title: str) -> bool:
        folded, begin, inside = title.casefold(), self.title_prefix, self.title_contains
        return folded.startswith((begin or "").casefold()) and (inside or "").casefold() in folded


class FolderSearch(Searching, Titled):
    """Folders of the organisation, or in one folder (`top`: in none), or anywhere below it."""

    parent_id: FolderId | None = None
    recursive: bool = False
    order: ItemOrder = ItemOrder.TITLE
    backs_dataset: bool | None = None

    def fits(self, folder: Folder) -> bool:
        backs = self.backs_dataset is None or (folder.dataset_id is not None) is self.backs_dataset
        return backs and self.fits_title(folder.title)

    def fits_place(self, above: Sequence[Folder]) -> bool:
        """Whether a folder with these above it, its parent first, lies where the search looks."""
        if self.parent_id is None:
            return True
        if self.parent_id == TOP:
            return self.recursive or not above
        return any(it.id == self.parent_id for it in (above if self.recursive else above[:1]))


class ItemSearch(Searching, Titled):
    """Items of every folder, or of one, or of one and all below it; `metadata` names keys and their values.

    Folders come one after the other, and within each the items are in order.
    """

    folder_id: FolderId | None = None
    recursive: bool = False
    order: ItemOrder = ItemOrder.CREATED
    kinds: Annotated[tuple[MediaKind, ...], Field(max_length=len(MediaKind))] = ()
    created_from: Timestamp | None = None
    created_before: Timestamp | None = None
    metadata: Annotated[dict[str, Scalar], Field(max_length=16)] = Field(default_factory=dict)

    def fits(self, item: Item) -> bool:
        """Whether an item is one of those that are looked for."""
        return (
            self.fits_title(item.title)
            and (not self.kinds or item.kind in self.kinds)
            and not self.is_too_early(item)
            and not self.is_too_late(item)
            and all(_has(item.metadata.get(key), value) for key, value in self.metadata.items())
        )

    def is_over(self, item: Item) -> bool:
        """Whether nothing that comes behind this item, in the order of time, can be an answer."""
        if self.order.by_title:
            return False
        return self.is_too_early(item) if self.order.descending else self.is_too_late(item)

    def is_too_early(self, item: Item) -> bool:
        return self.created_from is not None and item.created_at < self.created_from

    def is_too_late(self, item: Item) -> bool:
        return self.created_before is not None and item.created_at >= self.created_before


def _has(stored: object, wanted: Scalar) -> bool:
    """Whether a metadata value is the wanted one, or a list that holds it; true is not 1."""
    values = stored if isinstance(stored, list) else [stored]
    return any(value == wanted and isinstance(value, bool) == isinstance(wanted, bool) for value in values)

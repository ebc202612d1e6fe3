"""Collections of items on the SDK's wire, and what it asks of them."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from gloss.domain.access import Caller
from gloss.domain.item_collections import CollectedItem, ItemCollection
from gloss.domain.model import Description, FolderId, ItemId, PresetId, Timestamp, Title
from gloss.ports import Page, Ports, Query, Store
from gloss.sdk.asking import Asking
from gloss.sdk.storage.item_dtos import Dtos, Wanted
from gloss.sdk.storage.item_shapes import ItemDto
from gloss.sdk.wire import Results, Wire
from gloss.services import hoarding, viewing
from gloss.services.hoarding import ChangedItemCollection, NewItemCollection

MOST_TITLES = 1_000
MOST_TITLE_BYTES = 200_000


class CollectionsAsking(Asking):
    """Which collections."""

    top_level_folder_uuid: FolderId | None = None
    uuids: tuple[str, ...] = Field(default=(), max_length=1000)
    page_size: int = Field(default=100, ge=1, le=1000)
    page_token: str | None = Field(default=None, max_length=2048)


class InFolder(Asking):
    """Below which folder."""

    top_level_folder_uuid: FolderId


class ItemsAsking(Asking):
    """Which page of a collection's items, and how much of each."""

    include_client_metadata: bool = True
    page_size: int = Field(default=100, ge=1, le=1000)
    page_token: str | None = Field(default=None, max_length=2048)


class CollectionPayload(Wire):
    """A collection to make."""

    name: Title
    description: Description | None = None


class CollectionChange(Wire):
    """What to change of a collection."""

    name: Title | None = None
    description: Description | None = None

    def wanted(self) -> ChangedItemCollection:
        """In our own words."""
        return ChangedItemCollection(name=self.name, description=self.description)


class ItemsPayload(Wire):
    """Items by their ids."""

    item_uuids: tuple[ItemId, ...] = Field(max_length=100_000)


class TitlesPayload(Wire):
    """Items by their titles."""

    data_titles: Annotated[tuple[str, ...], Field(min_length=1, max_length=MOST_TITLES)]


class PresetPayload(Wire):
    """The preset whose items are meant."""

    preset_uuid: PresetId


class FailedDto(Wire):
    """Items that were left out."""

    failed_items: tuple[ItemId, ...]


class TitlesDto(Wire):
    """What came of titles."""

    requested: int
    matched_titles: int
    items_added: int
    ambiguous_titles: tuple[str, ...]
    unmatched_titles: tuple[str, ...]
    failed_items: tuple[ItemId, ...]


class HiddenDto(Wire):
    """An item that the caller may not see."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    uuid: str


class CollectionDto(Wire):
    """A collection of items."""

    uuid: str
    top_level_folder_uuid: str
    name: str
    description: str
    created_at: Timestamp
    last_edited_at: Timestamp

    @classmethod
    def of(cls, collection: ItemCollection) -> "CollectionDto":
        return cls(
            uuid=collection.id,
            top_level_folder_uuid=collection.folder_id,
            name=collection.name,
            description=collection.description,
            created_at=collection.created_at,
            last_edited_at=collection.edited_at,
        )


def listed(asking: CollectionsAsking, caller: Caller, store: Store) -> Results[CollectionDto]:
    """Collections by their ids, or a page of those below a folder or of all."""
    if asking.uuids:
        found = hoarding.named(asking.uuids, caller, store)
        return Results(results=[CollectionDto.of(it) for it in found])
    query = Query(limit=asking.page_size, after=asking.page_token)
    page = hoarding.page(asking.top_level_folder_uuid, caller, query, store)
    return Results(results=[CollectionDto.of(it) for it in page.entries], next_page_token=page.next_token)


def make(asking: InFolder, body: CollectionPayload, caller: Caller, ports: Ports) -> str:
    """A collection of nothing; its id."""
    wanted = NewItemCollection(name=body.name, description=body.description or "")
    return hoarding.make(asking.top_level_folder_uuid, wanted, caller, ports).id


@dataclass(frozen=True)
class Shelf:
    """A page of a collection's items, for somebody."""

    page: Page[CollectedItem]
    asking: ItemsAsking
    caller: Caller

    def accessible(self, dtos: Dtos, store: Store) -> Results[ItemDto]:
        """The items that they may see."""
        return Results(results=list(self._shown(dtos, store).values()), next_page_token=self.page.next_token)

    def everything(self, dtos: Dtos, store: Store) -> Results[ItemDto | HiddenDto]:
        """All items, of those that they may not see the ids alone."""
        shown = self._shown(dtos, store)
        told = [shown.get(it.item_id) or HiddenDto(uuid=it.item_id) for it in self.page.entries]
        return Results(results=told, next_page_token=self.page.next_token)

    def _shown(self, dtos: Dtos, store: Store) -> dict[ItemId, ItemDto]:
        there = viewing.visible([it.item_id for it in self.page.entries], self.caller, store)
        wanted = Wanted(include_client_metadata=self.asking.include_client_metadata)
        return dict(zip(there, dtos.of(list(there.values()), wanted), strict=True))


def shelf(collection_id: str, asking: ItemsAsking, caller: Caller, store: Store) -> Shelf:
    """A page of a collection; raises NotFound."""
    collection = hoarding.readable(collection_id, caller, store)
    query = Query(limit=asking.page_size, after=asking.page_token)
    return Shelf(hoarding.collected(collection, query, store), asking, caller)


def add_titles(collection: ItemCollection, body: TitlesPayload, caller: Caller, ports: Ports) -> TitlesDto:
    """Put in the items of these titles."""
    asked = tuple(dict.fromkeys(body.data_titles))
    came = hoarding.add_titles(collection, asked, caller, ports)
    return TitlesDto(
        requested=len(asked),
        matched_titles=len(came.matched),
        items_added=len(came.matched) - len(came.failed),
        ambiguous_titles=came.ambiguous,
        unmatched_titles=came.unmatched,
        failed_items=came.failed,
    )

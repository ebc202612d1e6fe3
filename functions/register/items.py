"""Doorways of items."""

from collections.abc import Collection
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query as FromQuery

from gloss import edge, wiring
from gloss.domain.access import Permission
from gloss.domain.channels import Channels
from gloss.domain.layout import Layout
from gloss.domain.media import Facts, Item, MediaKind, Metadata, Space, Vector
from gloss.domain.model import FolderId, IntegrationId, ItemId, JobId, OrgId, Timestamp, UserId, Value
from gloss.domain.search import ItemOrder, ItemSearch
from gloss.paging import Limit, Listing, Token
from gloss.ports import Page, Query
from gloss.services import combining, filing, refiling, rehousing, searching, stowing, unrolling
from gloss.services.combining import Combining
from gloss.services.filing import ChangedItem
from gloss.services.refiling import MovingItems, NamedItems, Refiled
from gloss.services.unrolling import Source

router = edge.router()
Signed = Annotated[bool, FromQuery()]


class ItemView(Value):
    """An item without its embeddings and frames: as a list shows it.

    A long list of members is left out here; `member_count` says how many there are, and their own list gives them.
    """

    id: ItemId
    org_id: OrgId
    folder_id: FolderId
    kind: MediaKind
    title: str
    description: str
    url: str | None
    members: tuple[ItemId, ...]
    member_count: int
    facts: Facts
    metadata: Metadata
    integration_id: IntegrationId | None
    job_id: JobId | None
    row: int | None
    created_at: Timestamp
    created_by: UserId
    deleted_at: Timestamp | None
    version: int

    @classmethod
    def of(cls, item: Item) -> "ItemView":
        return cls.model_validate({name: getattr(item, name) for name in cls.model_fields})


class SpaceView(Value):
    """A member of a data group as labels name it; title and facts only while it is there and one may see it."""

    id: ItemId
    key: str
    kind: MediaKind
    title: str | None
    facts: Facts | None

    @classmethod
    def of(cls, space: Space, seen: Collection[ItemId]) -> "SpaceView":
        told = (space.title, space.facts) if space.id in seen else (None, None)
        return cls(id=space.id, key=space.key, kind=space.kind, title=told[0], facts=told[1])


class WholeItemView(ItemView):
    """An item with all that is known of it; `signed_url` only when it was asked for.

    `view` is how a time series is drawn. `spaces` and `layout` are a data group's: its members as labels name them, and
    how they are shown.
    With more than 32 KiB of metadata and vectors, `metadata_url` leads to the document that holds them; above 4 MB only
    that one does, and they are left out here.
    """

    spaces: tuple[SpaceView, ...]
    layout: Layout | None
    view: Channels | None
    sources: tuple[str, ...]
    source_count: int
    keyframes: tuple[int, ...]
    sampling_rate: float | None
    frame_metadata: dict[int, Metadata]
    embeddings: dict[str, Vector]
    frame_embeddings: dict[int, dict[str, Vector]]
    signed_url: str | None = None
    metadata_url: str | None = None

    @classmethod
    def with_urls(cls, item: Item, seen: Collection[ItemId], **urls: str | None) -> "WholeItemView":
        kept = {name: getattr(item, name) for name in cls.model_fields if not name.endswith("_url")}
        return cls.model_validate({**kept, "spaces": [SpaceView.of(it, seen) for it in item.spaces], **urls})


Items = Listing[ItemView]
InOrder = Annotated[ItemOrder, FromQuery()]


@router.get("/v1/folders/<folder_id>/items")
def list_items(folder_id: str, limit: Limit = 100, token: Token = None, order: InOrder = ItemOrder.CREATED) -> Items:
    wanted = ItemSearch(folder_id=FolderId(folder_id), order=order, limit=limit, token=token)
    return _listing(searching.items(wanted, edge.caller(), wiring.store()))


@router.post("/v1/folders/<folder_id>/data-groups")
def make_data_groups(folder_id: FolderId, body: Combining) -> list[ItemView]:
    return [ItemView.of(each) for each in combining.combine(folder_id, body, edge.caller(), wiring.ports())]


@router.post("/v1/items/search")
def search_items(body: ItemSearch) -> Items:
    return _listing(searching.items(body, edge.caller(), wiring.store()))


@router.post("/v1/items/move")
def move_items(body: MovingItems) -> Refiled:
    return rehousing.move(body, edge.caller(), wiring.ports())


@router.post("/v1/items/delete")
def delete_items(body: NamedItems) -> Refiled:
    return refiling.delete(body, edge.caller(), wiring.ports())


@router.get("/v1/items/<item_id>/members")
def list_members(item_id: str, limit: Limit = 100, token: Token = None) -> Items:
    return _listing(unrolling.members(item_id, Query(limit=limit, after=token), edge.caller(), wiring.ports()))


@router.get("/v1/items/<item_id>/sources")
def list_sources(item_id: str, limit: Limit = 100, token: Token = None) -> Listing[Source]:
    page = unrolling.sources(item_id, Query(limit=limit, after=token), edge.caller(), wiring.ports())
    return Listing(entries=list(page.entries), next_token=page.next_token)


@router.get("/v1/items/<item_id>")
def get_item(item_id: str, signed: Signed = False) -> WholeItemView:
    found = filing.item(item_id, edge.caller(), Permission.RESOURCE_READ, wiring.store())
    item, metadata_url = stowing.shown(found, wiring.blobs())
    signed_url = filing.signed_url(item, wiring.media, wiring.store()) if signed else None
    seen = combining.seen_members(item, edge.caller(), wiring.store())
    return WholeItemView.with_urls(item, seen, signed_url=signed_url, metadata_url=metadata_url)


@router.patch("/v1/items/<item_id>")
def change_item(item_id: str, body: ChangedItem) -> ItemView:
    return ItemView.of(filing.change_item(item_id, body, edge.caller(), wiring.ports()))


@router.delete("/v1/items/<item_id>")
def delete_item(item_id: str) -> ItemView:
    return ItemView.of(refiling.delete_one(ItemId(item_id), edge.caller(), wiring.ports()))


def _listing(page: Page[Item]) -> Items:
    return Listing(entries=[ItemView.of(each) for each in page.entries], next_token=page.next_token)

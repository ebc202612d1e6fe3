"""What the SDK asks of items."""

from collections.abc import Sequence

from gloss.domain.access import Caller, Permission
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import FolderId, ItemId
from gloss.domain.search import ItemOrder, ItemSearch
from gloss.ports import Page, Ports
from gloss.sdk.asking import Asking, PageAsking
from gloss.sdk.people import emails_of
from gloss.sdk.storage.item_shapes import KINDS, ItemDto, Shown, item_dto
from gloss.sdk.wire import Results, Wire
from gloss.services import filing, searching, stowing, viewing
from gloss.services.registering import MediaOf

ORDERS = {
    ("name", False): ItemOrder.TITLE,
    ("name", True): ItemOrder.TITLE_BACK,
    ("createdAt", False): ItemOrder.CREATED,
    ("createdAt", True): ItemOrder.LATEST,
}


class ItemsAsking(PageAsking):
    """Which items, and how much of them."""

    search: str | None = None
    is_recursive: bool = False
    is_in_dataset: bool | None = None
    item_types: tuple[str, ...] = ()
    sign_urls: bool = False
    include_client_metadata: bool = True
    client_metadata_as_signed_url: bool = False


class ItemAsking(Asking):
    """One item, or the parts of one."""

    sign_url: bool = False
    sign_urls: bool = False


class BulkPayload(Wire):
    """Items by their ids."""

    item_uuids: tuple[ItemId, ...]
    sign_urls: bool = False


class Dtos:
    """Makes DTOs of items, many at once."""

    def __init__(self, media_of: MediaOf, ports: Ports) -> None:
        self._media_of, self._ports = media_of, ports

    def of(self, items: Sequence[Item], signed: bool) -> list[ItemDto]:
        """Items as the SDK reads them, with all that their clients said of them."""
        around = viewing.surroundings(items, self._ports.store)
        emails = emails_of((it.created_by for it in items), self._ports.store)
        return [self._one(it, around, emails.get(it.created_by, ""), signed) for it in items]

    def _one(self, item: Item, around: viewing.Surroundings, owner: str, signed: bool) -> ItemDto:
        whole = stowing.unstow(item, self._ports.blobs)
        url = viewing.signed(item, around, self._media_of) if signed else None
        integration = around.integrations.get(item.integration_id) if item.integration_id else None
        return item_dto(whole, Shown(owner, around.data_units[item.id], integration, url))


def get(item_id: ItemId, asking: ItemAsking, caller: Caller, dtos: Dtos, ports: Ports) -> ItemDto:
    """One item; raises NotFound."""
    found = filing.item(item_id, caller, Permission.RESOURCE_READ, ports.store)
    return dtos.of([found], asking.sign_url)[0]


def get_bulk(wanted: BulkPayload, caller: Caller, dtos: Dtos, ports: Ports) -> Results[ItemDto]:
    """The items of these ids, as many and in this order; raises NotFound when one of them is not visible."""
    return Results(results=dtos.of(viewing.seen(wanted.item_uuids, caller, ports.store), wanted.sign_urls))


def listed(folder_id: str | None, asking: ItemsAsking, caller: Caller, dtos: Dtos, ports: Ports) -> Results[ItemDto]:
    """A page of a folder's items, or of all that one may see."""
    page = searching.items(_search(folder_id, asking), caller, ports.store)
    return _results(page, asking, dtos)


def _search(folder_id: str | None, asking: ItemsAsking) -> ItemSearch:
    return ItemSearch(
        folder_id=None if folder_id is None else FolderId(folder_id),
        recursive=asking.is_recursive,
        order=ORDERS.get((asking.order, asking.desc), ItemOrder.TITLE),
        kinds=_kinds(asking.item_types),
        title_contains=asking.search or None,
        limit=asking.page_size,
        token=asking.page_token,
    )


def _kinds(names: Sequence[str]) -> tuple[MediaKind, ...]:
    return tuple(KINDS[name] for name in names if name in KINDS)


def _results(page: Page[Item], asking: ItemsAsking, dtos: Dtos) -> Results[ItemDto]:
    return Results(results=dtos.of(page.entries, asking.sign_urls), next_page_token=page.next_token)

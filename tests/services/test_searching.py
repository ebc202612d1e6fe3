"""Looking for items and folders, page by page and at a bounded cost."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.adapters.memory import MemoryStore, memory_ports
from gloss.domain.folder import Folder
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import ItemId
from gloss.domain.search import FolderSearch, ItemOrder, ItemSearch
from gloss.kinds.register import ITEMS
from gloss.ports import Page, Ports, Query, Save
from gloss.services import filing, searching
from gloss.services.filing import Deletion
from tests.builders_register import CALLER
from tests.services.test_filing import BOB, a_folder


def an_item(ports: Ports, folder: Folder, number: int, **more: Any) -> Item:
    plain: dict[str, Any] = {
        "id": ItemId(f"{folder.id}-{number:05}"),
        "org_id": CALLER.org_id,
        "folder_id": folder.id,
        "kind": MediaKind.IMAGE,
        "title": f"{number:05}.png",
        "row": number,
        "created_at": ports.clock.now() + timedelta(seconds=number),
        "created_by": CALLER.user_id,
    }
    item = Item.model_validate({**plain, **more})
    ports.store.commit([Save(ITEMS, item)])
    return item


def a_tree(ports: Ports) -> list[Folder]:
    """A top folder with two inside, and one more inside the first; two items in each."""
    top = a_folder(ports, "top")
    left, right = a_folder(ports, "left", top), a_folder(ports, "right", top)
    tree = [top, left, a_folder(ports, "low", left), right]
    for folder in tree:
        an_item(ports, folder, 1)
        an_item(ports, folder, 2)
    return tree


def found(search: ItemSearch, ports: Ports, **more: Any) -> list[Item]:
    """All pages of a search."""
    page = searching.items(search, more.get("caller", CALLER), ports.store)
    entries = list(page.entries)
    while page.next_token:
        search = search.model_copy(update={"token": page.next_token})
        page = searching.items(search, more.get("caller", CALLER), ports.store)
        entries += page.entries
    return entries


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_a_search_below_a_folder_meets_every_item_once(limit: int) -> None:
    ports = memory_ports()
    tree = a_tree(ports)
    an_item(ports, a_folder(ports, "elsewhere"), 1)

    items = found(ItemSearch(folder_id=tree[0].id, recursive=True, limit=limit), ports)

    assert [item.folder_id for item in items] == [folder.id for folder in tree for _ in range(2)]


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_a_search_everywhere_meets_every_item_once(limit: int) -> None:
    ports = memory_ports()
    tree = a_tree(ports)

    items = found(ItemSearch(limit=limit), ports)

    assert Counter(item.folder_id for item in items) == Counter({folder.id: 2 for folder in tree})


def test_folders_that_one_may_not_see_are_passed_by() -> None:
    ports = memory_ports()
    top = a_folder(ports, "top", caller=BOB)
    hidden = a_folder(ports, "hidden")
    an_item(ports, top, 1)
    an_item(ports, hidden, 2)

    assert [item.row for item in found(ItemSearch(), ports, caller=BOB)] == [1]


def test_what_lies_in_a_deleted_folder_is_not_found() -> None:
    ports = memory_ports()
    tree = a_tree(ports)
    filing.delete_folder(tree[1].id, Deletion(recursive=True), ports)

    items = found(ItemSearch(folder_id=tree[0].id, recursive=True), ports)

    assert {item.folder_id for item in items} == {tree[0].id, tree[3].id}
    assert {item.folder_id for item in found(ItemSearch(), ports)} == {tree[0].id, tree[3].id}


class Counting(MemoryStore):
    """A store that counts the records that its pages read."""

    def __init__(self, whole: MemoryStore) -> None:
        super().__init__()
        self._records, self.read, self.pages = whole._records, 0, 0

    def page(self, kind: Any, partition: str, query: Query | None = None) -> Page[Any]:
        page = super().page(kind, partition, query)
        self.pages, self.read = self.pages + 1, self.read + len(page.entries)
        return page


def counted(ports: Ports) -> tuple[Counting, Ports]:
    store = Counting(ports.store)  # type: ignore[arg-type]
    return store, replace(ports, store=store)


def test_a_page_that_finds_nothing_reads_only_so_much() -> None:
    ports = memory_ports()
    folder = a_folder(ports)
    for number in range(1000):
        an_item(ports, folder, number)
    store, ports = counted(ports)

    page = searching.items(ItemSearch(folder_id=folder.id, title_contains="none", limit=10), CALLER, ports.store)

    assert (page.entries, store.read <= 10 * searching.ROUNDS, page.next_token is not None) == ((), True, True)


def test_a_page_through_empty_folders_goes_only_so_far() -> None:
    ports = memory_ports()
    top = a_folder(ports)
    for number in range(3 * searching.ROUNDS):
        a_folder(ports, f"{number:03}", top)
    store, ports = counted(ports)

    page = searching.items(ItemSearch(folder_id=top.id, recursive=True), CALLER, ports.store)

    assert (page.entries, page.next_token is not None) == ((), True)
    assert store.pages <= 4 * searching.ROUNDS


def test_a_page_of_all_that_one_may_see_goes_only_so_far() -> None:
    ports = memory_ports()
    for number in range(3 * searching.ROUNDS):
        an_item(ports, a_folder(ports, f"{number:03}"), 1)
    store, counting = counted(ports)

    page = searching.items(ItemSearch(title_contains="none", limit=10), CALLER, counting.store)

    assert (page.entries, page.next_token is not None) == ((), True)
    assert store.pages <= 4 * searching.ROUNDS


def test_the_beginning_of_a_title_and_of_time_are_not_read_up_to() -> None:
    ports = memory_ports()
    folder = a_folder(ports)
    for number in range(500):
        an_item(ports, folder, number)
    store, counting = counted(ports)

    late = ports.clock.now() + timedelta(seconds=490)
    by_title = ItemSearch(folder_id=folder.id, order=ItemOrder.TITLE, title_prefix="0045")
    by_time = ItemSearch(folder_id=folder.id, created_from=late)

    assert [len(found(search, counting)) for search in (by_title, by_time)] == [10, 10]
    assert store.read == 20


def test_a_search_that_ends_in_time_leaves_the_folder_there() -> None:
    ports = memory_ports()
    folder = a_folder(ports)
    for number in range(500):
        an_item(ports, folder, number)
    store, counting = counted(ports)

    early = ports.clock.now() + timedelta(seconds=5)
    search = ItemSearch(folder_id=folder.id, created_before=early, limit=10)

    assert ([item.row for item in found(search, counting)], store.read) == ([0, 1, 2, 3, 4], 10)


def test_metadata_values_fit_by_kind_and_in_lists() -> None:
    ports = memory_ports()
    folder = a_folder(ports)
    for number, value in enumerate([1, True, "1", ["1", "2"], None, {"1": 1}]):
        an_item(ports, folder, number, metadata={"k": value})

    rows = {repr(value): [it.row for it in found(ItemSearch(metadata={"k": value}), ports)] for value in (1, True, "1")}

    assert rows == {"1": [0], "True": [1], "'1'": [2, 3]}


@settings(max_examples=60, deadline=None)
@given(
    titles=st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=12),
    limit=st.integers(1, 5),
    order=st.sampled_from(ItemOrder),
    prefix=st.text(max_size=2),
)
def test_pages_together_are_what_one_look_at_everything_finds(
    titles: list[str], limit: int, order: ItemOrder, prefix: str
) -> None:
    ports = memory_ports()
    folder = a_folder(ports)
    items = [an_item(ports, folder, number, title=title) for number, title in enumerate(titles)]
    search = ItemSearch(folder_id=folder.id, order=order, limit=limit, title_prefix=prefix or None)

    assert sorted(it.id for it in found(search, ports)) == sorted(it.id for it in items if search.fits(it))


def test_folders_below_are_found_page_by_page() -> None:
    ports = memory_ports()
    tree = a_tree(ports)
    a_folder(ports, "left over")
    titles, token = [], None
    while True:
        search = FolderSearch(parent_id=tree[0].id, recursive=True, title_prefix="L", limit=1, token=token)
        page = searching.folders(search, CALLER, ports.store)
        titles += [folder.title for folder in page.entries]
        token = page.next_token
        if token is None:
            break

    assert titles == ["left", "low"]

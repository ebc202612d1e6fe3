"""Collections of items: what comes in, what is refused, and what a crash leaves."""

from collections.abc import Iterator

import pytest

from gloss.domain.access import Role
from gloss.domain.errors import Forbidden, Invalid, NotFound
from gloss.domain.item_collections import CollectedItem, ItemCollection, item_filters
from gloss.domain.model import FolderId, ItemId, UserId
from gloss.domain.search import ItemSearch
from gloss.kinds.collections import COLLECTED_ITEMS, collected_of
from gloss.ports import Query
from gloss.services import authorising, filing, hoarding, presetting, searching
from gloss.services.filing import NewFolder
from gloss.services.hoarding import NewItemCollection
from gloss.services.presetting import NewPreset
from tests.builders_catalog import an_item, the_admin
from tests.doorway import House, a_house, a_person, grant


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        yield made


def a_shelf(house: House, items: int = 2, first: int = 1) -> FolderId:
    """A folder that is there, with images."""
    folder = filing.make_folder(NewFolder(title=f"from {first}"), the_admin(house), house.ports)
    for number in range(first, first + items):
        an_item(house, number, folder_id=folder.id, row=number)
    return folder.id


def a_collection(house: House, folder_id: FolderId) -> ItemCollection:
    return hoarding.make(folder_id, NewItemCollection(name="Night"), the_admin(house), house.ports)


def inside(house: House, collection: ItemCollection) -> list[CollectedItem]:
    return list(house.ports.store.every(COLLECTED_ITEMS, collected_of(collection.id)))


def add(house: House, collection: ItemCollection, *item_ids: ItemId) -> list[ItemId]:
    return hoarding.add(collection, item_ids, the_admin(house), house.ports)


def test_an_item_of_another_folder_is_left_out(house: House) -> None:
    collection, elsewhere = a_collection(house, a_shelf(house)), items_of(house, a_shelf(house, first=9))[0]

    assert add(house, collection, elsewhere) == [elsewhere]
    assert inside(house, collection) == []


def test_an_item_that_comes_twice_is_in_it_once(house: House) -> None:
    folder_id = a_shelf(house)
    collection = a_collection(house, folder_id)
    item_id = items_of(house, folder_id)[0]

    assert [add(house, collection, item_id), add(house, collection, item_id)] == [[], []]
    assert [it.item_id for it in inside(house, collection)] == [item_id]


def test_hundreds_of_items_come_in_and_go_out(house: House) -> None:
    folder_id = a_shelf(house, items=250)
    collection, ids = a_collection(house, folder_id), items_of(house, folder_id)
    add(house, collection, *ids)

    held = len(inside(house, collection))
    missing = hoarding.take_out(collection, [*ids, ItemId("none")], house.ports)

    assert (held, missing, inside(house, collection)) == (250, ["none"], [])


def test_a_collection_that_is_gone_takes_nothing_in(house: House) -> None:
    folder_id = a_shelf(house)
    collection = a_collection(house, folder_id)
    hoarding.drop(collection, house.ports.store)

    with pytest.raises(NotFound):
        add(house, collection, *items_of(house, folder_id))

    assert inside(house, collection) == []


def test_a_viewer_of_the_folder_reads_and_changes_nothing(house: House) -> None:
    folder_id = a_shelf(house)
    collection, _ = a_collection(house, folder_id), a_person(house, "ann@acme.io")
    grant(house, "ann@acme.io", f"folder:{folder_id}", Role.VIEWER)
    caller = authorising.person(_id("ann@acme.io"), house.ports.store)

    assert hoarding.readable(collection.id, caller, house.ports.store) == collection
    with pytest.raises(Forbidden):
        hoarding.changeable(collection.id, caller, house.ports.store)


def test_who_has_no_role_on_the_folder_lists_no_collection(house: House) -> None:
    a_collection(house, a_shelf(house))
    a_person(house, "eve@acme.io")
    caller = authorising.person(_id("eve@acme.io"), house.ports.store)

    assert hoarding.page(None, caller, Query(), house.ports.store).entries == ()


def test_each_filter_that_cannot_be_evaluated_is_named(house: House) -> None:
    filters = {"globalFilters": {"filters": [{"title_contains": "a"}, {"field": 1}, {"title_contains": ""}]}}
    preset = presetting.make("org:o", NewPreset(name="Odd", filters=filters), the_admin(house), house.ports)

    with pytest.raises(Invalid) as refused:
        item_filters(preset)

    assert [fault.path for fault in refused.value.faults] == ["globalFilters.filters[1]", "globalFilters.filters[2]"]


@pytest.mark.parametrize(
    "filters", [{"globalFilters": ["x"]}, {"globalFilters": {"filters": 3}}, {"localFilters": {"x": 1}}]
)
def test_filters_of_another_shape_are_refused(house: House, filters: dict[str, object]) -> None:
    preset = presetting.make("org:o", NewPreset(name="Odd", filters=filters), the_admin(house), house.ports)

    with pytest.raises(Invalid):
        item_filters(preset)


def items_of(house: House, folder_id: FolderId) -> list[ItemId]:
    """The items of a folder."""
    search = ItemSearch(folder_id=folder_id, limit=1000)
    return [it.id for it in searching.items(search, the_admin(house), house.ports.store).entries]


def _id(email: str) -> UserId:
    return UserId(f"user-{email}")

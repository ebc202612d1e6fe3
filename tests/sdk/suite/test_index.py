"""Collections of items and presets of the organisation by the SDK."""

from typing import Any

import pytest
from builders import a_folder, a_title, registered_in
from conftest import a_client
from encord import EncordUserClient
from encord.collection import Collection
from encord.exceptions import AuthorisationError, InvalidArgumentsError
from encord.storage import StorageItem

ZERO = "00000000-0000-0000-0000-000000000000"


def everywhere(*filters: dict[str, Any]) -> dict[str, Any]:
    """A preset's filters that hold in every folder."""
    return {"local_filters": {ZERO: {"filters": []}}, "global_filters": {"filters": list(filters)}}


@pytest.fixture(scope="module")
def shelf(client: EncordUserClient, target: dict[str, Any]) -> tuple[Collection, list[StorageItem]]:
    """A collection below a folder of three pictures."""
    folder = a_folder(client)
    items = registered_in(folder, client, target, "0.png", "1.png", "2.png")
    return client.create_collection(folder.uuid, a_title("Night"), "d"), items


def emptied(shelf: tuple[Collection, list[StorageItem]]) -> tuple[Collection, list[StorageItem]]:
    collection, items = shelf
    collection.remove_items([it.uuid for it in items])
    return collection, items


@pytest.mark.shows(
    "EncordUserClient.create_collection",
    "EncordUserClient.get_collection",
    "EncordUserClient.list_collections",
    "EncordUserClient.delete_collection",
    "Collection.update_collection",
)
def test_a_collection_is_made_changed_and_deleted(client: EncordUserClient) -> None:
    folder = a_folder(client)
    made = client.create_collection(folder.uuid, a_title("Night"), "d")

    made.update_collection(name="Day", description="e")

    read = client.get_collection(made.uuid)
    assert (read.name, read.description, read.top_level_folder_uuid) == ("Day", "e", folder.uuid)
    assert [it.uuid for it in client.list_collections(top_level_folder_uuid=folder.uuid)] == [made.uuid]
    assert made.uuid in {it.uuid for it in client.list_collections(page_size=1)}
    client.delete_collection(made.uuid)
    assert list(client.list_collections(top_level_folder_uuid=folder.uuid)) == []


@pytest.mark.shows("Collection.add_items", "Collection.list_items", "Collection.remove_items")
def test_items_come_into_a_collection_and_leave_it(shelf: tuple[Collection, list[StorageItem]]) -> None:
    collection, items = emptied(shelf)

    added = collection.add_items([items[0].uuid, items[1].uuid, ZERO])

    assert [str(it) for it in added.failed_items] == [ZERO]
    assert {it.uuid for it in collection.list_items(page_size=1)} == {items[0].uuid, items[1].uuid}
    assert collection.remove_items([items[0].uuid]).failed_items == []
    assert [it.uuid for it in collection.list_items()] == [items[1].uuid]


@pytest.mark.shows("Collection.list_items_include_inaccessible")
def test_all_items_of_a_collection_are_listed(shelf: tuple[Collection, list[StorageItem]]) -> None:
    collection, items = emptied(shelf)
    collection.add_items([items[2].uuid])

    listed = list(collection.list_items_include_inaccessible())

    assert [it.uuid for it in listed] == [items[2].uuid]


@pytest.mark.shows("Collection.add_items_by_title")
def test_items_are_found_by_their_titles(shelf: tuple[Collection, list[StorageItem]]) -> None:
    collection, items = emptied(shelf)

    came = collection.add_items_by_title(["0.png", "none.png"])

    assert (came.requested, came.matched_titles, came.items_added) == (2, 1, 1)
    assert (came.unmatched_titles, came.ambiguous_titles) == (["none.png"], [])
    assert [it.uuid for it in collection.list_items()] == [items[0].uuid]


@pytest.mark.shows("Collection.add_preset_items", "Collection.remove_preset_items")
def test_a_preset_fills_a_collection(client: EncordUserClient, shelf: tuple[Collection, list[StorageItem]]) -> None:
    collection, items = emptied(shelf)
    preset = client.create_preset(a_title("Ones"), everywhere({"title_contains": "1"}))

    collection.add_preset_items(preset)

    assert [it.uuid for it in collection.list_items()] == [items[1].uuid]
    collection.remove_preset_items(preset)
    assert list(collection.list_items()) == []


def test_a_preset_that_cannot_be_evaluated_fills_nothing(
    client: EncordUserClient, shelf: tuple[Collection, list[StorageItem]]
) -> None:
    collection, _ = emptied(shelf)
    preset = client.create_preset(a_title("Odd"), everywhere({"field": "brightness"}))

    with pytest.raises(InvalidArgumentsError, match="cannot evaluate"):
        collection.add_preset_items(preset)


@pytest.mark.shows(
    "EncordUserClient.create_preset",
    "EncordUserClient.get_filter_preset",
    "EncordUserClient.get_filter_presets",
    "EncordUserClient.list_presets",
    "EncordUserClient.delete_preset",
    "FilterPreset.get_filter_preset_json",
    "FilterPreset.update_preset",
)
def test_a_preset_keeps_its_filters_as_they_came(client: EncordUserClient) -> None:
    preset = client.create_preset(a_title("Dark"), everywhere({"k": 1}), description="d")

    preset.update_preset(name="Darker")

    read = client.get_filter_preset(preset.uuid)
    assert (read.name, read.description) == ("Darker", "d")
    assert read.get_filter_preset_json().global_filters.filters == [{"k": 1}]
    assert [it.uuid for it in client.get_filter_presets([preset.uuid])] == [preset.uuid]
    assert preset.uuid in {it.uuid for it in client.list_presets()}
    client.delete_preset(preset.uuid)
    assert list(client.get_filter_presets([preset.uuid])) == []


def test_who_may_not_see_the_folder_sees_no_collection_of_it(
    shelf: tuple[Collection, list[StorageItem]], target: dict[str, Any]
) -> None:
    theirs = a_client(target, "annotator")

    with pytest.raises(AuthorisationError):
        theirs.get_collection(shelf[0].uuid)

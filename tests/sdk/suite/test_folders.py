"""Folders by the SDK: made, found, changed, moved, counted and deleted."""

from typing import Any
from uuid import uuid4

import pytest
from builders import a_folder, a_title, registered_in
from encord import EncordUserClient
from encord.exceptions import AuthorisationError, InvalidArgumentsError
from encord.http.bundle import Bundle
from encord.storage import FoldersSortBy, StorageFolder


@pytest.mark.shows("EncordUserClient.create_storage_folder", "EncordUserClient.get_storage_folder")
def test_a_made_folder_is_read_back_as_it_was_made(client: EncordUserClient) -> None:
    made = client.create_storage_folder(a_title("inbox"), description="d", client_metadata={"site": "A"})

    read = client.get_storage_folder(made.uuid)

    assert (read.name, read.description, read.client_metadata) == (made.name, "d", {"site": "A"})
    assert (read.parent_uuid, read.path_to_root, read.is_cloud_synced) == (None, [], False)


@pytest.mark.shows("StorageFolder.create_subfolder", "StorageFolder.parent")
def test_a_folder_in_a_folder_knows_its_way_up(client: EncordUserClient) -> None:
    top = a_folder(client)

    inner = top.create_subfolder("inner").create_subfolder("innermost")

    assert [each.name for each in inner.path_to_root] == ["inner", top.name]
    assert inner.parent is not None
    assert inner.parent.name == "inner"


@pytest.mark.shows("StorageFolder.list_subfolders", "StorageFolder.find_subfolders")
def test_folders_in_a_folder_are_listed_and_found_below(client: EncordUserClient) -> None:
    top = a_folder(client)
    for name in ("b", "a"):
        top.create_subfolder(name).create_subfolder(f"{name} below")

    assert _names(top.list_subfolders()) == ["a", "b"]
    assert _names(top.list_subfolders(desc=True)) == ["b", "a"]
    assert _names(top.list_subfolders(order=FoldersSortBy.CREATED_AT)) == ["b", "a"]
    assert _names(top.find_subfolders(search="BELOW")) == ["a below", "b below"]


def test_pages_of_folders_end_where_the_next_begin(client: EncordUserClient) -> None:
    top = a_folder(client)
    for number in range(5):
        top.create_subfolder(f"{number}")

    assert _names(top.list_subfolders(page_size=2)) == ["0", "1", "2", "3", "4"]


@pytest.mark.shows("EncordUserClient.list_storage_folders", "EncordUserClient.find_storage_folders")
def test_folders_on_top_are_listed_apart_from_those_below(client: EncordUserClient) -> None:
    word = uuid4().hex
    top = client.create_storage_folder(f"{word} top")
    top.create_subfolder(f"{word} below")

    assert _names(client.list_storage_folders(search=word)) == [f"{word} top"]
    assert _names(client.find_storage_folders(search=word)) == [f"{word} below", f"{word} top"]
    assert _names(client.list_storage_folders(search=word, dataset_synced=True)) == []


@pytest.mark.shows("StorageFolder.update", "StorageFolder.refetch_data")
def test_a_changed_folder_has_its_new_words(client: EncordUserClient) -> None:
    folder = client.create_storage_folder(a_title("old"), client_metadata={"a": 1, "b": 2})

    folder.update(name="new", description="d", client_metadata={"a": 3})

    folder.refetch_data()
    assert (folder.name, folder.description, folder.client_metadata) == ("new", "d", {"a": 3})


def test_several_folders_are_changed_in_one_call(client: EncordUserClient) -> None:
    first, second = a_folder(client), a_folder(client)

    with Bundle() as bundle:
        first.update(name="first", bundle=bundle)
        second.update(description="second", bundle=bundle)

    assert client.get_storage_folder(first.uuid).name == "first"
    assert client.get_storage_folder(second.uuid).description == "second"


@pytest.mark.shows("StorageFolder.move_to_folder")
def test_a_moved_folder_lies_in_its_new_parent(client: EncordUserClient) -> None:
    folder, parent = a_folder(client), a_folder(client)

    folder.move_to_folder(parent)

    folder.refetch_data()
    assert folder.parent_uuid == parent.uuid
    folder.move_to_folder(None)
    folder.refetch_data()
    assert folder.parent_uuid is None


@pytest.mark.shows("StorageFolder.get_summary")
def test_a_summary_counts_what_lies_in_a_folder(client: EncordUserClient, target: dict[str, Any]) -> None:
    folder = a_folder(client)
    folder.create_subfolder("inner")
    items = registered_in(folder, client, target, "0.png", "clip.mp4", "three.pdf")

    counted = folder.get_summary()

    assert (counted.files, counted.folders, counted.images, counted.videos, counted.pdfs) == (3, 1, 1, 1, 1)
    assert (counted.upload_jobs, counted.total_size) == (1, sum(item.file_size or 0 for item in items))


@pytest.mark.shows("StorageFolder.delete")
def test_an_empty_folder_is_deleted_and_a_full_one_is_not(client: EncordUserClient, target: dict[str, Any]) -> None:
    empty, full = a_folder(client), a_folder(client)
    registered_in(full, client, target, "0.png")

    empty.delete()

    with pytest.raises(AuthorisationError):
        client.get_storage_folder(empty.uuid)
    with pytest.raises(InvalidArgumentsError):
        full.delete()


@pytest.mark.shows("EncordUserClient.get_cloud_integrations")
def test_integrations_are_found_by_title_and_id(client: EncordUserClient, target: dict[str, Any]) -> None:
    known = target["integration"]

    by_title = client.get_cloud_integrations(filter_integration_titles=[known["title"]])
    by_id = client.get_cloud_integrations(filter_integration_uuids=[known["id"]])

    assert known["id"] in {each.id for each in by_title}
    assert [(each.id, each.title) for each in by_id] == [(known["id"], known["title"])]
    assert client.get_cloud_integrations(filter_integration_titles=["nothing of this title"]) == []


def _names(folders: Any) -> list[str]:
    return [each.name for each in folders if isinstance(each, StorageFolder)]

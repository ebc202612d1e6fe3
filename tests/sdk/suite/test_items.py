"""Items by the SDK: shown with their facts, found, changed, moved and deleted."""

from typing import Any
from uuid import uuid4

import pytest
import requests
from builders import a_dataset, a_folder, a_title, registered, registered_in
from encord import EncordUserClient
from encord.exceptions import AuthorisationError, InvalidArgumentsError
from encord.http.bundle import Bundle
from encord.orm.storage import StorageItemType, StorageLocationName
from encord.storage import FoldersSortBy


def test_an_item_tells_the_facts_of_its_file(client: EncordUserClient, target: dict[str, Any]) -> None:
    video = registered(client, target, "clip.mp4")[0]

    assert (video.item_type, video.storage_location) == (StorageItemType.VIDEO, StorageLocationName.S3)
    assert (video.mime_type, video.frame_count, video.fps, video.duration) == ("video/mp4", 12, 10.0, 1.2)
    assert (video.url, str(video.integration_hash)) == (target["media"]["clip.mp4"], target["integration"]["id"])


def test_a_sound_and_a_document_tell_theirs(client: EncordUserClient, target: dict[str, Any]) -> None:
    sound, document, words = registered(client, target, "tone.wav", "three.pdf", "words.txt")

    assert sound.item_type is StorageItemType.AUDIO
    assert None not in (sound.audio_sample_rate, sound.audio_bit_depth, sound.audio_codec, sound.audio_num_channels)
    assert (document.item_type, document.mime_type, document.frame_count) == (StorageItemType.PDF, "application/pdf", 3)
    assert (words.item_type, words.mime_type) == (StorageItemType.PLAIN_TEXT, "text/plain")


@pytest.mark.shows("StorageItem.get_signed_url", "EncordUserClient.get_storage_item")
def test_a_signed_url_gives_the_file_to_anybody(client: EncordUserClient, target: dict[str, Any]) -> None:
    item = registered(client, target, "words.txt")[0]

    url = item.get_signed_url()

    assert requests.get(url or "", timeout=10).text == "All that is gold does not glitter."
    assert client.get_storage_item(item.uuid, sign_url=True).get_signed_url()


@pytest.mark.shows("EncordUserClient.get_storage_items")
def test_items_come_in_the_order_in_which_they_are_asked_for(client: EncordUserClient, target: dict[str, Any]) -> None:
    first, second = registered(client, target, "0.png", "1.png")

    found = client.get_storage_items([second.uuid, first.uuid, second.uuid], sign_url=True)

    assert [item.uuid for item in found] == [second.uuid, first.uuid, second.uuid]


def test_one_item_that_is_not_there_hides_them_all(client: EncordUserClient, target: dict[str, Any]) -> None:
    item = registered(client, target, "0.png")[0]

    with pytest.raises(AuthorisationError):
        client.get_storage_items([item.uuid, uuid4()])


@pytest.mark.shows("StorageFolder.list_items")
def test_items_are_listed_by_kind_name_and_order(client: EncordUserClient, target: dict[str, Any]) -> None:
    folder = a_folder(client)
    registered_in(folder, client, target, "1.png", "0.png", "clip.mp4")

    assert _names(folder.list_items(item_types=[StorageItemType.IMAGE])) == ["0.png", "1.png"]
    assert _names(folder.list_items(search="CLIP")) == ["clip.mp4"]
    assert _names(folder.list_items(order=FoldersSortBy.NAME, desc=True)) == ["clip.mp4", "1.png", "0.png"]
    assert _names(folder.list_items(page_size=2)) == ["0.png", "1.png", "clip.mp4"]
    assert _names(folder.list_items(item_types=[StorageItemType.SCENE])) == []


@pytest.mark.shows("StorageFolder.find_items")
def test_items_below_a_folder_are_found_there(client: EncordUserClient, target: dict[str, Any]) -> None:
    top = a_folder(client)
    registered_in(top.create_subfolder("inner"), client, target, "0.png")

    assert _names(top.find_items(search="0")) == ["0.png"]
    assert _names(top.list_items()) == []


@pytest.mark.shows("EncordUserClient.find_storage_items")
def test_items_are_found_everywhere_by_their_names(client: EncordUserClient, target: dict[str, Any]) -> None:
    word, item = a_title("needle"), registered(client, target, "0.png")[0]
    item.update(name=word)

    found = list(client.find_storage_items(search=word, item_types=[StorageItemType.IMAGE]))

    assert [each.uuid for each in found] == [item.uuid]


@pytest.mark.shows("StorageItem.get_summary")
def test_items_are_told_apart_by_whether_a_dataset_holds_them(client: EncordUserClient, target: dict[str, Any]) -> None:
    folder = a_folder(client)
    inside, _ = registered_in(folder, client, target, "0.png", "1.png")

    dataset = a_dataset(client, [inside])

    assert _names(folder.list_items(is_in_dataset=True)) == ["0.png"]
    assert _names(folder.list_items(is_in_dataset=False)) == ["1.png"]
    summary = client.get_storage_item(inside.uuid).get_summary()
    assert (summary.used_in_datasets, summary.frame_in_groups) == (1, 0)
    assert summary.accessible_datasets[0].dataset_hash == dataset.dataset_hash


@pytest.mark.shows("StorageItem.update", "StorageItem.refetch_data")
def test_metadata_of_an_item_replace_what_was_there(client: EncordUserClient, target: dict[str, Any]) -> None:
    item = registered(client, target, "0.png")[0]
    item.update(client_metadata={"site": "A", "night": True})

    item.update(description="d", client_metadata={"site": "B"})

    item.refetch_data()
    assert (item.description, item.client_metadata) == ("d", {"site": "B"})
    assert item.last_edited_at > item.created_at


def test_several_items_are_changed_in_one_call(client: EncordUserClient, target: dict[str, Any]) -> None:
    items = registered(client, target, "0.png", "1.png")

    with Bundle() as bundle:
        for number, item in enumerate(items):
            item.update(name=f"renamed {number}", client_metadata={"number": number}, bundle=bundle)

    read = client.get_storage_items([item.uuid for item in items])
    assert [(it.name, it.client_metadata) for it in read] == [(f"renamed {n}", {"number": n}) for n in range(2)]


def test_large_metadata_come_back_whole(client: EncordUserClient, target: dict[str, Any]) -> None:
    folder, words = a_folder(client), {"notes": "word " * 20_000}
    registered_in(folder, client, target, "0.png")[0].update(client_metadata=words)

    behind_a_url = list(folder.list_items(resolve_client_metadata_locally=True))
    left_out = list(folder.list_items(include_client_metadata=False))

    assert behind_a_url[0].client_metadata == words
    assert not left_out[0].client_metadata


@pytest.mark.shows("StorageFolder.move_items_to_folder", "StorageItem.move_to_folder")
def test_moved_items_are_in_the_other_folder(client: EncordUserClient, target: dict[str, Any]) -> None:
    source, goal = a_folder(client), a_folder(client)
    first, second = registered_in(source, client, target, "0.png", "1.png")

    source.move_items_to_folder(goal, [first])
    second.move_to_folder(goal)

    assert (_names(source.list_items()), _names(goal.list_items())) == ([], ["0.png", "1.png"])


@pytest.mark.shows("StorageItem.delete", "StorageFolder.delete_storage_items")
def test_deleted_items_are_gone(client: EncordUserClient, target: dict[str, Any]) -> None:
    folder = a_folder(client)
    first, second, kept = registered_in(folder, client, target, "0.png", "1.png", "2.png")

    first.delete()
    folder.delete_storage_items([second.uuid])

    assert _names(folder.list_items()) == [kept.name]
    with pytest.raises(AuthorisationError):
        client.get_storage_item(first.uuid)


@pytest.mark.shows("StorageItem.delete", "StorageFolder.delete_storage_items")
def test_images_of_a_deleted_group_stay_where_unused_frames_are_not_removed(
    client: EncordUserClient, target: dict[str, Any]
) -> None:
    kept, gone = a_folder(client), a_folder(client)
    for folder in (kept, gone):
        urls = {f"objectUrl_{at}": target["media"][f"{at}.png"] for at in range(2)}
        spec = {"image_groups": [{"title": "rig", "createVideo": False, **urls}]}
        job = folder.add_private_data_to_folder_start(target["integration"]["id"], spec)
        folder.add_private_data_to_folder_get_result(job, timeout_seconds=120)
    (group,), (other,) = kept.list_items(), gone.list_items()
    images = [it.uuid for it in group.get_child_items()]

    group.delete(remove_unused_frames=False)
    gone.delete_storage_items([other.uuid], remove_unused_frames=True)

    assert {it.uuid for it in kept.list_items()} == set(images)
    assert {it.item_type for it in client.get_storage_items(images)} == {StorageItemType.IMAGE}
    assert list(gone.list_items()) == []


def test_metadata_that_break_a_rule_change_nothing(client: EncordUserClient, target: dict[str, Any]) -> None:
    item = registered(client, target, "0.png")[0]

    with pytest.raises(InvalidArgumentsError):
        item.update(name="other", client_metadata={"$own": 1})

    assert client.get_storage_item(item.uuid).name == "0.png"


def _names(items: Any) -> list[str]:
    return [item.name for item in items]

"""Files registered by URL, waited for, listed and linked, by the SDK."""

from typing import Any

import pytest
from builders import a_dataset, a_folder, registered, registered_in
from encord import EncordUserClient


@pytest.mark.shows("StorageFolder.list_items")
def test_registered_images_are_listed_by_name(client: EncordUserClient, target: dict[str, Any]) -> None:
    folder = a_folder(client)

    made = registered_in(folder, client, target, "1.png", "0.png")

    listed = list(folder.list_items())
    assert [item.name for item in made] == ["1.png", "0.png"]
    assert [(item.name, item.width, item.height) for item in listed] == [("0.png", 64, 48), ("1.png", 64, 48)]


@pytest.mark.shows("EncordUserClient.get_dataset")
def test_linked_items_are_the_data_units_of_a_dataset(client: EncordUserClient, target: dict[str, Any]) -> None:
    items = registered(client, target, "0.png", "clip.mp4")

    dataset = a_dataset(client, items)

    assert {row.backing_item_uuid for row in dataset.data_rows} == {item.uuid for item in items}
    assert {row.title for row in dataset.data_rows} == {"0.png", "clip.mp4"}

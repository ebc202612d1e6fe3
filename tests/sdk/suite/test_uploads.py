"""Files of every kind uploaded from disk by the SDK, and what became of them."""

from pathlib import Path
from typing import Any

import pytest
import requests
from builders import a_folder, fetched
from encord import EncordUserClient
from encord.exceptions import InvalidArgumentsError, MethodNotAllowedError
from encord.orm.storage import (
    StorageItemType,
    StorageLocationName,
    TimeSeriesLineChannelViewSettings,
    TimeSeriesPointsChannelViewSettings,
    TimeSeriesViewSettings,
)
from encord.storage import StorageItem


@pytest.mark.shows("StorageFolder.upload_image")
def test_an_uploaded_image_is_an_item_of_ours(client: EncordUserClient, target: dict[str, Any], tmp_path: Path) -> None:
    path = fetched(client, target, tmp_path, "0.png")

    item = client.get_storage_item(a_folder(client).upload_image(path, title="door", client_metadata={"a": 1}))

    assert (item.name, item.item_type, item.client_metadata) == ("door", StorageItemType.IMAGE, {"a": 1})
    assert (item.storage_location, item.mime_type) == (StorageLocationName.ENCORD, "image/png")
    assert requests.get(item.get_signed_url() or "", timeout=10).content == path.read_bytes()


@pytest.mark.shows("StorageFolder.upload_video")
def test_an_uploaded_video_has_its_frames(client: EncordUserClient, target: dict[str, Any], tmp_path: Path) -> None:
    path = fetched(client, target, tmp_path, "clip.mp4")

    item = client.get_storage_item(a_folder(client).upload_video(path))

    assert (item.name, item.item_type, item.frame_count) == ("clip.mp4", StorageItemType.VIDEO, 12)


@pytest.mark.shows("StorageFolder.upload_audio")
def test_an_uploaded_sound_has_its_rate(client: EncordUserClient, target: dict[str, Any], tmp_path: Path) -> None:
    path = fetched(client, target, tmp_path, "tone.wav")

    item = client.get_storage_item(a_folder(client).upload_audio(path))

    assert item.item_type is StorageItemType.AUDIO
    assert item.audio_sample_rate


@pytest.mark.shows("StorageFolder.upload_text")
def test_an_uploaded_page_keeps_its_type(client: EncordUserClient, target: dict[str, Any], tmp_path: Path) -> None:
    path = fetched(client, target, tmp_path, "page.html")

    item = client.get_storage_item(a_folder(client).upload_text(path, title="A page"))

    assert (item.item_type, item.mime_type) == (StorageItemType.PLAIN_TEXT, "text/html")
    assert item.file_size == path.stat().st_size


@pytest.mark.shows("StorageFolder.upload_pdf")
def test_an_uploaded_document_has_its_pages(client: EncordUserClient, target: dict[str, Any], tmp_path: Path) -> None:
    path = fetched(client, target, tmp_path, "three.pdf")

    item = client.get_storage_item(a_folder(client).upload_pdf(path))

    assert (item.item_type, item.frame_count) == (StorageItemType.PDF, 3)


@pytest.mark.shows("StorageFolder.upload_nifti")
def test_an_uploaded_volume_is_one_item(client: EncordUserClient, target: dict[str, Any], tmp_path: Path) -> None:
    path = fetched(client, target, tmp_path, "brain.nii")

    item = client.get_storage_item(a_folder(client).upload_nifti(path))

    assert (item.item_type, item.file_size) == (StorageItemType.NIFTI, path.stat().st_size)


@pytest.mark.shows("StorageFolder.create_dicom_series", "StorageItem.get_child_items")
def test_uploaded_slices_are_a_series(client: EncordUserClient, target: dict[str, Any], tmp_path: Path) -> None:
    names = [name for name in target["media"] if name.endswith(".dcm")]
    paths = [fetched(client, target, tmp_path, name) for name in names]

    series = client.get_storage_item(a_folder(client).create_dicom_series(paths, title="knee"))

    children = list(series.get_child_items(get_signed_urls=True))
    assert (series.name, series.item_type) == ("knee", StorageItemType.DICOM_SERIES)
    assert [child.item_type for child in children] == [StorageItemType.DICOM_FILE] * len(paths)
    assert all(child.dicom_instance_uid for child in children)
    assert _content(children[0]).startswith(b"\0" * 128 + b"DICM")


@pytest.mark.shows("StorageFolder.create_image_group", "StorageItem.get_child_items", "StorageItem.parent_folder")
def test_uploaded_images_are_a_group_in_order(client: EncordUserClient, target: dict[str, Any], tmp_path: Path) -> None:
    paths = [fetched(client, target, tmp_path, f"{number}.png") for number in (2, 0, 1)]

    group = client.get_storage_item(a_folder(client).create_image_group(paths, title="rig"))

    children = list(group.get_child_items(get_signed_urls=True))
    assert (group.name, group.item_type, group.frame_count) == ("rig", StorageItemType.IMAGE_GROUP, 3)
    assert [_content(child) for child in children] == [path.read_bytes() for path in paths]
    assert children[0].get_summary().frame_in_groups == 1
    assert children[0].parent_folder().uuid == group.parent_folder_uuid


@pytest.mark.shows("StorageFolder.create_image_sequence")
def test_uploaded_images_are_a_sequence(client: EncordUserClient, target: dict[str, Any], tmp_path: Path) -> None:
    paths = [fetched(client, target, tmp_path, f"{number}.png") for number in range(3)]

    made = client.get_storage_item(a_folder(client).create_image_sequence(paths, title="crossing"))

    assert (made.item_type, made.frame_count, made.mime_type) == (StorageItemType.IMAGE_SEQUENCE, 3, "video/mp4")
    assert b"ftyp" in _content(made)[:16]


@pytest.mark.shows("StorageFolder.upload_time_series", "StorageItem.update")
def test_an_uploaded_time_series_keeps_how_it_is_drawn(
    client: EncordUserClient, target: dict[str, Any], tmp_path: Path
) -> None:
    path = fetched(client, target, tmp_path, "speeds.csv")
    points = TimeSeriesPointsChannelViewSettings(label="Speed", color="#0af", point_radius=4)
    line = TimeSeriesLineChannelViewSettings(line_width=3)
    drawn = TimeSeriesViewSettings(channels={"speed": points, "heading": line})

    item = client.get_storage_item(a_folder(client).upload_time_series(path, title="drive", settings=drawn))
    kept = item.timeseries_settings
    item.update(name="ride", timeseries_settings=None)

    assert (item.item_type, item.mime_type) == (StorageItemType.TIMESERIES, "text/csv")
    assert kept == drawn
    again = client.get_storage_item(item.uuid)
    assert (again.name, again.timeseries_settings) == ("ride", None)


def test_only_a_time_series_has_channels(client: EncordUserClient, target: dict[str, Any], tmp_path: Path) -> None:
    image = client.get_storage_item(a_folder(client).upload_image(fetched(client, target, tmp_path, "0.png")))

    with pytest.raises(InvalidArgumentsError):
        image.update(timeseries_settings=TimeSeriesViewSettings(channels={}))


@pytest.mark.shows("StorageFolder.upload_scene_file")
def test_scenes_are_refused_as_such(client: EncordUserClient, target: dict[str, Any], tmp_path: Path) -> None:
    folder, path = a_folder(client), fetched(client, target, tmp_path, "words.txt")
    cloud = path.rename(path.with_suffix(".pcd"))

    with pytest.raises(MethodNotAllowedError):
        folder.upload_scene_file(cloud)


def _content(item: StorageItem) -> bytes:
    return requests.get(item.get_signed_url() or "", timeout=10).content

"""Datasets and their data units by the SDK: made, filled, listed, changed, shared and put on projects."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from builders import a_dataset, a_folder, a_title, an_ontology, fetched, registered
from encord import EncordUserClient
from encord.constants.enums import DataType
from encord.dataset import Dataset
from encord.exceptions import AuthorisationError, EncordException
from encord.orm.dataset import (
    DataLinkDuplicatesBehavior,
    DatasetAccessSettings,
    DatasetUserRole,
    ImagesDataFetchOptions,
    StorageLocation,
)


@pytest.mark.shows("EncordUserClient.create_dataset", "Dataset.get_dataset")
def test_a_dataset_is_made_with_a_folder_that_backs_it(client: EncordUserClient) -> None:
    dataset = _backed(client, "d")

    folder = client.get_storage_folder(dataset.backing_folder_uuid or uuid4())

    assert (dataset.description, dataset.get_dataset().title) == ("d", dataset.title)
    assert folder.name == dataset.title
    assert client.get_storage_folder(folder.uuid).list_items is not None
    assert [each.uuid for each in client.list_storage_folders(search=dataset.title, dataset_synced=True)] == [
        folder.uuid
    ]


@pytest.mark.shows("EncordUserClient.create_private_dataset")
def test_a_private_dataset_is_empty_at_first(client: EncordUserClient) -> None:
    made = client.create_private_dataset(a_title("ds"), StorageLocation.AWS, "d")

    assert client.get_dataset(made.dataset_hash).data_rows == []


@pytest.mark.shows("EncordUserClient.get_datasets")
def test_datasets_are_found_by_title_and_time(client: EncordUserClient) -> None:
    word = uuid4().hex
    made = client.create_dataset(f"{word} one", StorageLocation.CORD_STORAGE, "first")

    found = client.get_datasets(title_like=f"{word}%", desc_eq="first", created_after="2020-01-01")

    assert [(str(each["dataset"].dataset_hash), each["dataset"].title) for each in found] == [
        (made.dataset_hash, f"{word} one")
    ]
    assert client.get_datasets(title_like=f"{word}%", created_before="2020-01-01") == []


@pytest.mark.shows("Dataset.link_items", "Dataset.refetch_data", "Dataset.data_rows")
def test_duplicates_are_passed_over_refused_or_made(client: EncordUserClient, target: dict[str, Any]) -> None:
    item = registered(client, target, "0.png")[0]
    dataset = a_dataset(client, [item])

    passed = dataset.link_items([item.uuid], DataLinkDuplicatesBehavior.SKIP)
    second = dataset.link_items([item.uuid], DataLinkDuplicatesBehavior.DUPLICATE)
    with pytest.raises(EncordException):
        dataset.link_items([item.uuid], DataLinkDuplicatesBehavior.FAIL)

    dataset.refetch_data()
    assert {row.uid for row in dataset.data_rows} == {passed[0].uid, second[0].uid}
    assert client.get_storage_item(item.uuid).backed_data_units_count == 2


@pytest.mark.shows("Dataset.list_data_rows")
def test_data_rows_are_listed_by_what_they_are(client: EncordUserClient, target: dict[str, Any]) -> None:
    dataset = a_dataset(client, registered(client, target, "0.png", "clip.mp4", "three.pdf"))
    one = dataset.data_rows[0]

    assert [row.title for row in dataset.list_data_rows(data_types=[DataType.VIDEO])] == ["clip.mp4"]
    assert [row.title for row in dataset.list_data_rows(title_like="%.pdf")] == ["three.pdf"]
    assert [row.title for row in dataset.list_data_rows(title_eq="0.png")] == ["0.png"]
    assert [row.uid for row in dataset.list_data_rows(data_hashes=[one.uid])] == [one.uid]
    assert dataset.list_data_rows(created_before="2020-01-01") == []


@pytest.mark.shows("Dataset.set_access_settings")
def test_metadata_come_with_the_rows_when_asked_for(client: EncordUserClient, target: dict[str, Any]) -> None:
    item = registered(client, target, "0.png")[0]
    item.update(client_metadata={"site": "A"})
    dataset = a_dataset(client, [item])

    dataset.set_access_settings(DatasetAccessSettings(fetch_client_metadata=True))

    assert dict(dataset.data_rows[0].client_metadata or {}) == {"site": "A"}


@pytest.mark.shows("DataRow.refetch_data")
def test_a_data_row_tells_its_file_when_refetched(client: EncordUserClient, target: dict[str, Any]) -> None:
    video = a_dataset(client, registered(client, target, "clip.mp4")).data_rows[0]

    video.refetch_data(signed_url=True, client_metadata=True)

    assert (video.width, video.height, video.frames_per_second, video.file_type) == (64, 48, 10, "video/mp4")
    assert b"ftyp" in requests.get(video.signed_url or "", timeout=10).content[:16]


@pytest.mark.shows("DataRow.save")
def test_a_saved_data_row_has_its_new_title(client: EncordUserClient, target: dict[str, Any]) -> None:
    dataset = a_dataset(client, registered(client, target, "0.png"))
    row = dataset.data_rows[0]
    row.title, row.client_metadata = "door", {"site": "B"}

    row.save()

    dataset.refetch_data()
    assert dataset.data_rows[0].title == "door"
    assert client.get_storage_item(row.backing_item_uuid).client_metadata == {"site": "B"}


@pytest.mark.shows("Dataset.update_data_item", "Dataset.delete_data")
def test_data_rows_are_renamed_and_deleted_by_their_ids(client: EncordUserClient, target: dict[str, Any]) -> None:
    dataset = a_dataset(client, registered(client, target, "0.png", "1.png"))
    first, second = dataset.data_rows

    assert dataset.update_data_item(first.uid, "renamed") is True
    dataset.delete_data([second.uid])

    dataset.refetch_data()
    assert [row.title for row in dataset.data_rows] == ["renamed"]
    assert client.get_storage_item(second.backing_item_uuid).backed_data_units_count == 0


@pytest.mark.shows("Dataset.upload_image", "Dataset.upload_video")
def test_files_uploaded_into_a_dataset_are_its_rows(
    client: EncordUserClient, target: dict[str, Any], tmp_path: Path
) -> None:
    dataset = _backed(client)

    image = dataset.upload_image(fetched(client, target, tmp_path, "0.png"), title="door")
    video = dataset.upload_video(str(fetched(client, target, tmp_path, "clip.mp4")))

    dataset.refetch_data()
    assert {row.uid: row.title for row in dataset.data_rows} == {
        image["data_hash"]: "door",
        video["data_hash"]: "clip.mp4",
    }
    folder = client.get_storage_folder(dataset.backing_folder_uuid or uuid4())
    assert [item.name for item in folder.list_items()] == ["clip.mp4", "door"]


@pytest.mark.shows("Dataset.create_image_group")
def test_a_group_uploaded_into_a_dataset_has_its_images(
    client: EncordUserClient, target: dict[str, Any], tmp_path: Path
) -> None:
    dataset = _backed(client)
    paths = [fetched(client, target, tmp_path, f"{number}.png") for number in range(2)]

    made = dataset.create_image_group(paths, title="rig", create_video=False)

    dataset.refetch_data()
    row = dataset.data_rows[0]
    row.refetch_data(images_data_fetch_options=ImagesDataFetchOptions(fetch_signed_urls=True))
    assert (row.uid, row.title, row.is_image_sequence) == (made[0]["data_hash"], "rig", False)
    images = row.images_data or []
    assert [image.title for image in images] == ["0.png", "1.png"]
    assert requests.get(images[0].signed_url or "", timeout=10).content == paths[0].read_bytes()


@pytest.mark.shows("Dataset.create_dicom_series")
def test_a_series_uploaded_into_a_dataset_is_one_row(
    client: EncordUserClient, target: dict[str, Any], tmp_path: Path
) -> None:
    dataset = _backed(client)
    paths = [str(fetched(client, target, tmp_path, name)) for name in target["media"] if name.endswith(".dcm")]

    dataset.create_dicom_series(paths, title="knee")

    dataset.refetch_data()
    assert [(row.title, row.data_type) for row in dataset.data_rows] == [("knee", DataType.DICOM)]


@pytest.mark.shows("Dataset.add_private_data_to_dataset")
def test_private_files_of_a_dataset_are_its_rows(client: EncordUserClient, target: dict[str, Any]) -> None:
    dataset, url = _backed(client), target["media"]["0.png"]

    added = dataset.add_private_data_to_dataset(target["integration"]["id"], {"images": [{"objectUrl": url}]})

    dataset.refetch_data()
    assert [each.data_hash for each in added.dataset_data_list] == [row.uid for row in dataset.data_rows]
    assert dataset.data_rows[0].storage_location == StorageLocation.AWS


@pytest.mark.shows("Dataset.add_private_data_to_dataset_start", "Dataset.add_private_data_to_dataset_get_result")
def test_private_files_go_to_a_named_folder_as_well(client: EncordUserClient, target: dict[str, Any]) -> None:
    dataset, folder = a_dataset(client, registered(client, target, "0.png")), a_folder(client)
    spec = {"images": [{"objectUrl": target["media"]["1.png"]}, {"objectUrl": target["media"]["1.png"] + ".missing"}]}

    job = dataset.add_private_data_to_dataset_start(target["integration"]["id"], spec, True, folder=folder)
    done = dataset.add_private_data_to_dataset_get_result(job, timeout_seconds=60)

    assert (done.units_done_count, done.units_error_count, len(done.data_unit_errors)) == (1, 1, 1)
    assert [item.name for item in folder.list_items()] == ["1.png"]
    dataset.refetch_data()
    assert done.data_hashes_with_titles[0].data_hash in {row.uid for row in dataset.data_rows}


@pytest.mark.shows("Dataset.add_users", "Dataset.list_users", "Dataset.remove_users")
def test_people_of_a_dataset_come_and_go(client: EncordUserClient, target: dict[str, Any]) -> None:
    dataset, email = _backed(client), target["people"]["annotator"]

    given = dataset.add_users([email], DatasetUserRole.USER)

    assert [(each.user_email, each.user_role) for each in given] == [(email, DatasetUserRole.USER)]
    assert {each.user_email: each.user_role for each in dataset.list_users()}[email] is DatasetUserRole.USER
    dataset.remove_users([email])
    assert email not in {each.user_email for each in dataset.list_users()}


@pytest.mark.shows("Dataset.add_group", "Dataset.list_groups", "Dataset.remove_group")
def test_groups_of_people_of_a_dataset_come_and_go(client: EncordUserClient) -> None:
    dataset, group = _backed(client), client.create_group(a_title("labellers"))

    dataset.add_group(group.group_hash, DatasetUserRole.USER)

    assert [(it.group_hash, it.user_role) for it in dataset.list_groups()] == [(group.group_hash, DatasetUserRole.USER)]
    dataset.remove_group(group.group_hash)
    assert list(dataset.list_groups()) == []


@pytest.mark.shows("Dataset.get_cloud_integrations")
def test_a_dataset_knows_the_integrations_of_its_people(client: EncordUserClient, target: dict[str, Any]) -> None:
    assert target["integration"]["id"] in {each.id for each in _backed(client).get_cloud_integrations()}


@pytest.mark.shows("Project.get_data")
def test_a_project_shows_the_files_of_its_data_units(client: EncordUserClient, target: dict[str, Any]) -> None:
    dataset = a_dataset(client, registered(client, target, "clip.mp4", "0.png"))
    units = {row.title: row for row in dataset.data_rows}
    ontology = an_ontology(client).ontology_hash
    project = client.get_project(client.create_project(a_title("P"), [dataset.dataset_hash], ontology_hash=ontology))

    video, _ = project.get_data(units["clip.mp4"].uid, get_signed_url=True)
    _, images = project.get_data(units["0.png"].uid)

    assert video is not None
    assert b"ftyp" in requests.get(video["file_link"], timeout=10).content[:16]
    assert [(each["title"], each["file_link"]) for each in images or []] == [("0.png", target["media"]["0.png"])]
    with pytest.raises(AuthorisationError):
        project.get_data(str(uuid4()))


@pytest.mark.shows("Project.add_datasets", "Project.list_datasets", "Project.remove_datasets")
def test_datasets_of_a_project_come_and_go(client: EncordUserClient, target: dict[str, Any]) -> None:
    first = a_dataset(client, registered(client, target, "0.png"))
    second = a_dataset(client, registered(client, target, "1.png"))
    ontology = an_ontology(client).ontology_hash
    project = client.get_project(client.create_project(a_title("P"), [first.dataset_hash], ontology_hash=ontology))

    project.add_datasets([second.dataset_hash])

    assert [each.title for each in project.list_datasets()] == [first.title, second.title]
    assert {row.data_title for row in project.list_label_rows_v2()} == {"0.png", "1.png"}
    project.remove_datasets([first.dataset_hash])
    assert {row.data_title for row in project.list_label_rows_v2()} == {"1.png"}


def test_what_is_registered_in_a_backing_folder_is_linked(client: EncordUserClient, target: dict[str, Any]) -> None:
    dataset = _backed(client)
    folder = client.get_storage_folder(dataset.backing_folder_uuid or uuid4())
    goal = a_folder(client)
    job = folder.add_private_data_to_folder_start(
        target["integration"]["id"], {"images": [{"objectUrl": target["media"]["0.png"]}]}
    )
    folder.add_private_data_to_folder_get_result(job, timeout_seconds=60)

    item = next(iter(folder.list_items()))

    dataset.refetch_data()
    assert [row.backing_item_uuid for row in dataset.data_rows] == [item.uuid]
    folder.move_items_to_folder(goal, [item], allow_mirror_dataset_changes=True)
    dataset.refetch_data()
    assert dataset.data_rows == []


@pytest.mark.shows("EncordUserClient.get_dataset")
def test_a_dataset_that_is_not_there_is_refused(client: EncordUserClient) -> None:
    with pytest.raises(AuthorisationError):
        client.get_dataset(str(uuid4()))


def _backed(client: EncordUserClient, description: str = "") -> Dataset:
    """An empty dataset with a folder of its own."""
    made = client.create_dataset(a_title("ds"), StorageLocation.CORD_STORAGE, description)
    return client.get_dataset(made.dataset_hash)

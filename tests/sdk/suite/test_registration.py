"""Files registered by URL, waited for, listed and linked, by the SDK."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from builders import a_dataset, a_folder, registered, registered_in
from encord import EncordUserClient
from encord.exceptions import InvalidArgumentsError
from encord.orm.dataset import LongPollingStatus
from encord.orm.storage import (
    CustomerProvidedVideoMetadata,
    DataUploadAudio,
    DataUploadDicomSeries,
    DataUploadDicomSeriesDicomFile,
    DataUploadImage,
    DataUploadImageGroup,
    DataUploadImageGroupFromItems,
    DataUploadImageGroupImage,
    DataUploadItems,
    DataUploadNifti,
    DataUploadPDF,
    DataUploadText,
    DataUploadTimeSeries,
    DataUploadVideo,
    StorageItemType,
    UploadLongPollingState,
)
from encord.storage import StorageFolder
from projects import WITHIN_S, api
from sites import a_slow_site


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


@pytest.mark.shows(
    "StorageFolder.add_private_data_to_folder_start", "StorageFolder.add_private_data_to_folder_get_result"
)
def test_every_kind_of_file_is_registered_by_its_url(client: EncordUserClient, target: dict[str, Any]) -> None:
    folder, url = a_folder(client), target["media"]
    group = {"title": "rig", "objectUrl_0": url["0.png"], "objectUrl_1": url["1.png"]}
    slices = [url[name] for name in url if name.endswith(".dcm")]
    series = {"title": "knee", **{f"objectUrl_{number}": each for number, each in enumerate(slices)}}
    done = _done(
        folder,
        target,
        {
            "videos": [{"objectUrl": url["clip.mp4"], "clientMetadata": {"site": "A"}}],
            "images": [{"objectUrl": url["0.png"]}],
            "audio": [{"objectUrl": url["tone.wav"]}],
            "pdfs": [{"objectUrl": url["three.pdf"]}],
            "text": [{"objectUrl": url["page.html"]}],
            "nifti": [{"objectUrl": url["brain.nii"]}],
            "time_series": [{"objectUrl": url["speeds.csv"]}],
            "image_groups": [group, {**group, "title": "crossing", "createVideo": True}],
            "dicom_series": [series],
        },
    )

    kinds = {item.name: item.item_type.value for item in folder.list_items()}
    assert (done.status, done.units_done_count, done.units_error_count) == (LongPollingStatus.DONE, 10, 0)
    assert kinds == {
        "clip.mp4": "video",
        "0.png": "image",
        "tone.wav": "audio",
        "three.pdf": "pdf",
        "page.html": "plainText",
        "brain.nii": "nifti",
        "speeds.csv": "timeseries",
        "rig": "imageGroup",
        "crossing": "imageSequence",
        "knee": "dicomSeries",
    }


@pytest.mark.shows("StorageFolder.add_private_data_to_folder_start")
def test_typed_items_are_registered_as_they_say(client: EncordUserClient, target: dict[str, Any]) -> None:
    folder, url = a_folder(client), target["media"]
    facts = CustomerProvidedVideoMetadata(
        fps=10, duration=6.0, width=640, height=480, file_size=1, mime_type="video/webm"
    )
    slices = [
        DataUploadDicomSeriesDicomFile(url=url[name], title=None) for name in sorted(url) if name.endswith(".dcm")
    ]
    typed = DataUploadItems(
        videos=[DataUploadVideo(object_url=url["clip.mp4"], title="told", video_metadata=facts)],
        images=[DataUploadImage(object_url=url["0.png"], client_metadata={"a": 1})],
        audio=[DataUploadAudio(object_url=url["tone.wav"])],
        text=[DataUploadText(object_url=url["words.txt"])],
        pdf=[DataUploadPDF(object_url=url["three.pdf"])],
        nifti=[DataUploadNifti(object_url=url["brain.nii"])],
        time_series=[DataUploadTimeSeries(object_url=url["speeds.csv"])],
        image_groups=[
            DataUploadImageGroup(title="rig", images=[DataUploadImageGroupImage(url=url["0.png"], title="left")])
        ],
        dicom_series=[DataUploadDicomSeries(title="knee", dicom_files=slices)],
    )

    done = _done(folder, target, typed)

    items = {item.name: item for item in folder.list_items()}
    assert (done.units_done_count, done.units_error_count) == (9, 0)
    assert (items["speeds.csv"].item_type, items["speeds.csv"].duration) == (StorageItemType.TIMESERIES, 2.0)
    assert (items["told"].frame_count, items["told"].mime_type, items["told"].width) == (60, "video/webm", 640)
    assert items["0.png"].client_metadata == {"a": 1}
    assert [child.name for child in items["rig"].get_child_items()] == ["left"]


@pytest.mark.shows("StorageFolder.add_private_data_to_folder_start")
def test_registered_images_become_a_group(client: EncordUserClient, target: dict[str, Any]) -> None:
    folder = a_folder(client)
    images = registered_in(folder, client, target, "1.png", "0.png")
    wanted = DataUploadImageGroupFromItems(
        image_items=[image.uuid for image in images], title="rig", create_video=False
    )

    done = _done(folder, target, DataUploadItems(image_groups_from_items=[wanted]))

    group = client.get_storage_item(done.items_with_names[0].item_uuid)
    children = list(group.get_child_items(get_signed_urls=True))
    assert (group.name, group.item_type) == ("rig", StorageItemType.IMAGE_GROUP)
    assert [child.name for child in children] == ["1.png", "0.png"]
    assert requests.get(children[0].get_signed_url() or "", timeout=10).content[:4] == b"\x89PNG"


@pytest.mark.shows(
    "StorageFolder.add_private_data_to_folder_start", "StorageFolder.add_private_data_to_folder_get_result"
)
def test_a_file_with_a_registration_may_be_named(
    client: EncordUserClient, target: dict[str, Any], tmp_path: Path
) -> None:
    folder, path = a_folder(client), tmp_path / "spec.json"
    path.write_text(json.dumps({"images": [{"objectUrl": target["media"]["0.png"], "title": "door"}]}))

    done = _done(folder, target, path)

    assert (done.file_name, [each.name for each in done.items_with_names]) == ("spec.json", ["door"])


@pytest.mark.shows("StorageFolder.add_private_data_to_folder_get_result")
def test_units_that_fail_are_named_with_the_reason(client: EncordUserClient, target: dict[str, Any]) -> None:
    good, bad = target["media"]["0.png"], target["media"]["0.png"] + ".missing"
    spec = {"images": [{"objectUrl": good}, {"objectUrl": bad}]}

    strict, lenient = (_done(a_folder(client), target, spec, ignore) for ignore in (False, True))

    assert (strict.status, strict.units_done_count, len(strict.errors)) == (LongPollingStatus.ERROR, 1, 1)
    assert (lenient.status, lenient.errors) == (LongPollingStatus.DONE, [])
    assert [error.object_urls for error in lenient.unit_errors] == [[bad]]
    assert lenient.unit_errors[0].error


@pytest.mark.shows("StorageFolder.add_private_data_to_folder_start")
def test_files_that_are_there_are_skipped_when_asked(client: EncordUserClient, target: dict[str, Any]) -> None:
    folder, spec = a_folder(client), {"images": [{"objectUrl": target["media"]["0.png"]}], "skip_duplicate_urls": True}

    first, second = (_done(folder, target, spec) for _ in range(2))

    assert first.items_with_names == second.items_with_names
    assert len(list(folder.list_items())) == 1


@pytest.mark.shows("StorageFolder.add_data_to_folder_job_cancel")
def test_a_job_that_is_over_cannot_be_cancelled(client: EncordUserClient, target: dict[str, Any]) -> None:
    folder = a_folder(client)
    spec = {"images": [{"objectUrl": target["media"]["0.png"]}]}
    job = folder.add_private_data_to_folder_start(target["integration"]["id"], spec)
    folder.add_private_data_to_folder_get_result(job, timeout_seconds=120)

    with pytest.raises(InvalidArgumentsError):
        folder.add_data_to_folder_job_cancel(job)


@pytest.mark.shows("StorageFolder.add_data_to_folder_job_cancel")
def test_a_job_that_runs_is_cancelled_with_the_units_it_had_left(
    client: EncordUserClient, target: dict[str, Any]
) -> None:
    folder = a_folder(client)

    with a_slow_site() as site:
        integration = api(
            target, "POST", "/v1/integrations", {"title": site.url, "provider": "https", "origin": site.url}
        )
        spec = {"images": [{"objectUrl": f"{site.url}/door.png"}]}
        job = folder.add_private_data_to_folder_start(integration["id"], spec)
        assert site.asked.wait(WITHIN_S)
        running = folder.add_private_data_to_folder_get_result(job, timeout_seconds=1)
        cancelled = folder.add_data_to_folder_job_cancel(job)
        ended = folder.add_private_data_to_folder_get_result(job, timeout_seconds=60)

    assert (running.status, running.units_pending_count) == (LongPollingStatus.PENDING, 1)
    assert cancelled.units_cancelled_count == 1
    assert (ended.status, ended.units_cancelled_count) == (LongPollingStatus.CANCELLED, 1)
    assert (ended.units_pending_count, ended.items_with_names) == (0, [])


def test_a_registration_that_cannot_be_read_makes_no_job(client: EncordUserClient, target: dict[str, Any]) -> None:
    folder = a_folder(client)

    with pytest.raises(InvalidArgumentsError):
        folder.add_private_data_to_folder_start(target["integration"]["id"], {"pictures": []})

    assert folder.get_summary().upload_jobs == 0


def _done(
    folder: StorageFolder, target: dict[str, Any], what: Any, ignore_errors: bool = False
) -> UploadLongPollingState:
    """What became of a registration."""
    job = folder.add_private_data_to_folder_start(target["integration"]["id"], what, ignore_errors)
    return folder.add_private_data_to_folder_get_result(job, timeout_seconds=120)

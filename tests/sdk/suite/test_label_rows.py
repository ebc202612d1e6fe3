"""Label rows by the SDK: listed, made, saved and loaded again by somebody else's client."""

from datetime import timedelta
from typing import Any

import pytest
import requests
from builders import an_ontology
from conftest import a_client
from encord import EncordUserClient, Project
from encord.exceptions import InvalidArgumentsError
from encord.objects import Object, RadioAttribute
from encord.objects.coordinates import BoundingBoxCoordinates
from encord.objects.ontology_labels_impl import LabelRowV2
from encord.orm.label_row import AnnotationTaskStatus, LabelStatus
from encord.utilities.coco.datastructure import FrameIndex
from projects import a_project, a_video, everything, images

Target = dict[str, Any]


def a_labelled_project(target: Target, client: EncordUserClient, manifest: dict[str, Any]) -> Project:
    """A project under the suite's ontology."""
    return client.get_project(a_project(target, an_ontology(client).ontology_hash, manifest))


def draw(row: LabelRowV2, frame: int = 0, x: float = 0.1) -> None:
    """A red car in a box."""
    car = row.ontology_structure.get_child_by_title("Car as bounding_box", type_=Object)
    instance = car.create_instance()
    instance.set_for_frames(BoundingBoxCoordinates(height=0.2, width=0.3, top_left_x=x, top_left_y=0.1), frame)
    colour = car.get_child_by_title("Colour", type_=RadioAttribute)
    instance.set_answer(colour.options[0], colour)
    row.add_object_instance(instance)


@pytest.mark.shows("Project.list_label_rows_v2")
def test_every_data_unit_is_listed_before_it_is_labelled(target: Target, client: EncordUserClient) -> None:
    project = a_labelled_project(target, client, images(target, 3))

    rows = project.list_label_rows_v2()

    assert sorted(row.data_title for row in rows) == ["image 0", "image 1", "image 2"]
    assert {row.label_hash for row in rows} == {None}
    assert {(row.width, row.height, row.number_of_frames) for row in rows} == {(64, 48, 1)}


@pytest.mark.shows("LabelRowV2.initialise_labels", "LabelRowV2.save", "Project.list_label_rows_v2")
def test_a_box_on_an_image_is_read_by_another_client(target: Target, client: EncordUserClient) -> None:
    project = a_labelled_project(target, client, images(target))
    (row,) = project.list_label_rows_v2()
    row.initialise_labels()
    draw(row)

    row.save()

    (again,) = a_client(target).get_project(project.project_hash).list_label_rows_v2()
    again.initialise_labels()
    (instance,) = again.get_object_instances()
    coordinates = instance.get_annotation(0).coordinates
    assert isinstance(coordinates, BoundingBoxCoordinates)
    assert (coordinates.top_left_x, coordinates.height) == (0.1, 0.2)
    assert instance.get_annotation(0).created_by == target["people"]["admin"]


@pytest.mark.shows("LabelRowV2.initialise_labels", "LabelRowV2.save")
def test_boxes_on_frames_of_a_video_are_read_back(target: Target, client: EncordUserClient) -> None:
    project = a_labelled_project(target, client, a_video(target))
    (row,) = project.list_label_rows_v2()
    row.initialise_labels(include_signed_url=True)
    draw(row, 3)
    draw(row, 11, x=0.5)

    row.save()

    (again,) = project.list_label_rows_v2()
    again.initialise_labels()
    assert sorted(view.frame for view in again.get_frame_views() if view.get_object_instances()) == [3, 11]
    assert again.label_hash == row.label_hash


@pytest.mark.shows("Project.list_label_rows_v2")
def test_rows_are_listed_by_title_status_stage_and_time(target: Target, client: EncordUserClient) -> None:
    project = a_labelled_project(target, client, images(target, 3))
    first = next(row for row in project.list_label_rows_v2() if row.data_title == "image 0")
    first.initialise_labels()
    draw(first)
    first.save()
    (saved,) = project.list_label_rows_v2(label_hashes=[first.label_hash or ""])

    def titles(**wanted: Any) -> list[str]:
        return sorted(row.data_title for row in project.list_label_rows_v2(**wanted))

    assert saved.last_edited_at is not None
    assert titles(data_title_eq="image 1") == ["image 1"]
    assert titles(data_title_like="%age _") == ["image 0", "image 1", "image 2"]
    assert titles(data_title_like="age%") == []
    assert titles(data_hashes=[first.data_hash]) == ["image 0"]
    assert titles(label_statuses=[LabelStatus.LABEL_IN_PROGRESS]) == ["image 0"]
    assert titles(label_statuses=[AnnotationTaskStatus.QUEUED]) == ["image 0", "image 1", "image 2"]
    assert titles(workflow_graph_node_title_eq="Annotate") == ["image 0", "image 1", "image 2"]
    assert titles(workflow_graph_node_title_like="Rev%") == []
    assert titles(edited_after=saved.last_edited_at - timedelta(seconds=1)) == ["image 0"]
    assert titles(edited_before=saved.last_edited_at) == []


@pytest.mark.shows("Project.list_label_rows_v2")
def test_the_list_tells_of_images_metadata_and_media(target: Target, client: EncordUserClient) -> None:
    manifest = everything(target)
    manifest["videos"][0]["clientMetadata"] = {"site": "north"}
    project = a_labelled_project(target, client, manifest)

    rows = {row.data_title: row for row in project.list_label_rows_v2(include_client_metadata=True)}
    detailed = {row.data_title: row for row in project.list_label_rows_v2(include_images_data=True)}

    assert rows["video"].client_metadata == {"site": "north"}
    assert (rows["video"].fps, rows["video"].number_of_frames, rows["video"].duration) == (10, 12, 1.2)
    assert (rows["audio"].audio_sample_rate, rows["audio"].audio_num_channels) == (8000, 2)
    assert rows["pdf"].number_of_frames == 3
    assert [view.title for view in detailed["group"].get_frames_metadata()] == ["0.png", "1.png", "2.png"]
    assert {row.data_type.value for row in rows.values()} >= {"video", "img_group", "dicom", "nifti", "plain_text"}


@pytest.mark.shows("LabelRowV2.initialise_labels", "LabelRowV2.save")
def test_a_bundle_of_rows_is_made_and_saved_together(target: Target, client: EncordUserClient) -> None:
    project = a_labelled_project(target, client, images(target, 4))
    rows = project.list_label_rows_v2()

    with project.create_bundle() as bundle:
        for row in rows:
            row.initialise_labels(bundle=bundle)
    with project.create_bundle() as bundle:
        for row in rows:
            draw(row)
            row.save(bundle=bundle)

    again = project.list_label_rows_v2()
    with project.create_bundle() as bundle:
        for row in again:
            row.initialise_labels(bundle=bundle)
    assert [len(row.get_object_instances()) for row in again] == [1] * 4


@pytest.mark.shows("LabelRowV2.save")
def test_labels_that_the_ontology_refuses_are_not_saved(target: Target, client: EncordUserClient) -> None:
    project = a_labelled_project(target, client, images(target))
    (row,) = project.list_label_rows_v2()
    row.initialise_labels()
    draw(row)
    next(iter(row.get_object_instances())).set_for_frames(BoundingBoxCoordinates(0.9, 0.9, 0.5, 0.5), overwrite=True)

    with pytest.raises(InvalidArgumentsError, match=r"labels\[0\].*beyond the frame"):
        row.save()

    (again,) = project.list_label_rows_v2()
    again.initialise_labels()
    assert again.get_object_instances() == []


@pytest.mark.shows("Project.export_coco_labels")
def test_labels_are_exported_as_coco(target: Target, client: EncordUserClient) -> None:
    project = a_labelled_project(target, client, images(target))
    (row,) = project.list_label_rows_v2()
    row.initialise_labels()
    draw(row)
    row.save()

    exported = project.export_coco_labels()

    (annotation,) = exported["annotations"]
    assert annotation["bbox"] == pytest.approx([6.4, 4.8, 19.2, 9.6])
    assert annotation["area"] == pytest.approx(19.2 * 9.6)
    assert [(image["width"], image["height"]) for image in exported["images"]] == [(64, 48)]
    (category,) = [it for it in exported["categories"] if it["id"] == annotation["category_id"]]
    assert category["name"] == "Car as bounding_box"


@pytest.mark.shows("Project.import_coco_labels", "Project.export_coco_labels")
def test_imported_coco_labels_are_exported_again(target: Target, client: EncordUserClient) -> None:
    source, into = (a_labelled_project(target, client, images(target)) for _ in range(2))
    (row,) = source.list_label_rows_v2()
    row.initialise_labels()
    draw(row)
    row.save()
    exported = source.export_coco_labels()
    (unit,) = into.list_label_rows_v2()
    car = into.ontology_structure.get_child_by_title("Car as bounding_box", type_=Object)

    places = {image["id"]: FrameIndex(unit.data_hash) for image in exported["images"]}
    into.import_coco_labels(exported, {1: car.feature_node_hash}, places)

    (annotation,) = into.export_coco_labels()["annotations"]
    assert annotation["bbox"] == pytest.approx([6.4, 4.8, 19.2, 9.6])


@pytest.mark.shows("Project.create_label_row", "Project.get_label_row", "Project.get_label_rows")
@pytest.mark.shows("Project.list_label_rows", "Project.save_label_row")
@pytest.mark.filterwarnings("ignore:.* is deprecated since:DeprecationWarning")
def test_the_older_calls_make_save_and_read_rows(target: Target, client: EncordUserClient) -> None:
    project = a_labelled_project(target, client, images(target))
    (unit,) = project.list_label_rows_v2()
    unmade = project.list_label_rows()
    made = project.create_label_row(unit.data_hash)
    made["classification_answers"] = {}

    project.save_label_row(made["label_hash"], made)

    read = project.get_label_row(made["label_hash"])
    (again,) = project.get_label_rows([made["label_hash"]])
    (listed,) = project.list_label_rows()
    assert (unmade, listed.label_hash) == ([], made["label_hash"])
    assert read.data_hash == again.data_hash == unit.data_hash
    assert read.label_status == "LABEL_IN_PROGRESS"


@pytest.mark.shows("LabelRowV2.get_storage_item", "LabelRowV2.initialise_storage_item")
def test_a_label_row_leads_to_its_item(target: Target, client: EncordUserClient) -> None:
    first, second = a_labelled_project(target, client, images(target, 2)).list_label_rows_v2()

    second.initialise_storage_item(get_signed_url=True)

    items = [row.get_storage_item(get_signed_urls=True) for row in (first, second)]
    assert [item.uuid for item in items] == [row.backing_item_uuid for row in (first, second)]
    assert [item.name for item in items] == [row.data_title for row in (first, second)]
    assert all(requests.get(item.get_signed_url() or "", timeout=10).content[:4] == b"\x89PNG" for item in items)

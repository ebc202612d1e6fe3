"""Label rows by the SDK: listed, made, saved and loaded again by somebody else's client."""

from typing import Any

from builders import an_ontology
from conftest import a_client
from encord import EncordUserClient, Project
from encord.objects import Object, RadioAttribute
from encord.objects.coordinates import BoundingBoxCoordinates
from encord.objects.ontology_labels_impl import LabelRowV2
from projects import a_project, a_video, images


def a_labelled_project(target: dict[str, Any], client: EncordUserClient, manifest: dict[str, Any]) -> Project:
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


def test_every_data_unit_is_listed_before_it_is_labelled(target: dict[str, Any], client: EncordUserClient) -> None:
    project = a_labelled_project(target, client, images(target, 3))

    rows = project.list_label_rows_v2()

    assert sorted(row.data_title for row in rows) == ["image 0", "image 1", "image 2"]
    assert {row.label_hash for row in rows} == {None}
    assert {(row.width, row.height, row.number_of_frames) for row in rows} == {(64, 48, 1)}


def test_a_box_on_an_image_is_read_by_another_client(target: dict[str, Any], client: EncordUserClient) -> None:
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


def test_boxes_on_frames_of_a_video_are_read_back(target: dict[str, Any], client: EncordUserClient) -> None:
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

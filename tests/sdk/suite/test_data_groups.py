"""Data groups by the SDK: made of items that are there, looked at, and labelled space by space."""

from typing import Any
from uuid import UUID, uuid4

import numpy
import pytest
from builders import a_dataset, a_folder, a_title, registered
from conftest import a_client
from encord import EncordUserClient, Project
from encord.exceptions import EncordException
from encord.objects import Object, OntologyStructure
from encord.objects.attributes import RadioAttribute, TextAttribute
from encord.objects.classification import Classification, OntologyClassificationLevel
from encord.objects.common import Shape
from encord.objects.coordinates import (
    BitmaskCoordinates,
    BoundingBoxCoordinates,
    PointCoordinate,
    PolygonCoordinates,
    PolylineCoordinates,
    RotatableBoundingBoxCoordinates,
)
from encord.objects.frames import Range
from encord.objects.html_node import HtmlNode, HtmlRange
from encord.objects.ontology_labels_impl import LabelRowV2
from encord.orm.dataset import StorageLocation
from encord.orm.group_layout import DataUnitTile, LayoutGrid
from encord.orm.storage import DataGroupCustom, DataGroupGrid, StorageItemType
from encord.storage import StorageItem

Target = dict[str, Any]
STAMPS = {"createdBy", "createdAt", "lastEditedBy", "lastEditedAt"}
NAMES = ("0.png", "clip.mp4", "words.txt")


def a_structure() -> OntologyStructure:
    """Cars in boxes and polygons, words in texts, and questions about a frame and about the whole."""
    structure = OntologyStructure()
    for name, shape in (("Car", Shape.BOUNDING_BOX), ("Road", Shape.POLYGON), ("Word", Shape.TEXT)):
        colour = structure.add_object(name=name, shape=shape).add_attribute(RadioAttribute, name=f"Colour of {name}")
        colour.add_option("Red")
        colour.add_option("Blue")
    structure.objects[0].add_attribute(TextAttribute, name="Plate", dynamic=True)
    scene = structure.add_classification().add_attribute(RadioAttribute, name="Scene")
    scene.add_option("Indoor")
    scene.add_option("Outdoor")
    structure.add_classification(level=OntologyClassificationLevel.GLOBAL).add_attribute(TextAttribute, name="Remark")
    return structure


def a_group(client: EncordUserClient, items: list[StorageItem]) -> UUID:
    """A data group of these, named by picture, film and words."""
    keys = dict(zip(("picture", "film", "words"), (item.uuid for item in items), strict=False))
    return a_folder(client).create_data_group(DataGroupCustom(name="Scene 7", layout_contents=keys))


def a_grouped_project(client: EncordUserClient, target: Target) -> Project:
    """A project of one data group of an image, a video and a text."""
    group = client.get_storage_item(a_group(client, registered(client, target, *NAMES)))
    dataset = a_dataset(client, [group])
    ontology = client.create_ontology(a_title("Cars"), structure=a_structure())
    return client.get_project(client.create_project(a_title("P"), [dataset.dataset_hash], "", ontology.ontology_hash))


def a_row(project: Project) -> LabelRowV2:
    """The project's only label row, with its labels."""
    (row,) = project.list_label_rows_v2()
    row.initialise_labels()
    return row


def an_instance(row: LabelRowV2, title: str, colour: str = "Red") -> Any:
    """An object of a class, in a colour."""
    class_ = row.ontology_structure.get_child_by_title(title, type_=Object)
    instance = class_.create_instance()
    radio = class_.get_child_by_title(f"Colour of {title}", type_=RadioAttribute)
    instance.set_answer(next(it for it in radio.options if it.label == colour), radio)
    return instance


BOX = BoundingBoxCoordinates(height=0.2, width=0.3, top_left_x=0.1, top_left_y=0.1)
RING = PolygonCoordinates(values=[PointCoordinate(0.1, 0.1), PointCoordinate(0.5, 0.1), PointCoordinate(0.5, 0.5)])


def everything_said(row: LabelRowV2) -> Any:
    """What a row holds in its own words, without what the client adds of its own accord."""
    said = row.to_encord_dict()
    return {name: said[name] for name in ("object_answers", "classification_answers", "object_actions", "spaces")}


@pytest.mark.shows("StorageFolder.create_data_group", "StorageItem.get_child_items")
def test_a_data_group_has_its_members_in_order(target: Target, client: EncordUserClient) -> None:
    items = registered(client, target, *NAMES)

    made = a_folder(client).create_data_group([item.uuid for item in items])

    group = client.get_storage_item(made)
    assert (group.item_type, group.name) == (StorageItemType.GROUP, "0.png and 2 more")
    assert [it.uuid for it in group.get_child_items()] == [it.uuid for it in items]
    assert all(it.get_signed_url() for it in group.get_child_items(get_signed_urls=True))


@pytest.mark.shows("StorageFolder.create_data_groups", "StorageItem.get_summary")
def test_several_data_groups_are_made_at_once(target: Target, client: EncordUserClient) -> None:
    items = registered(client, target, *NAMES)
    grid = DataGroupGrid(name="G", layout_contents=[it.uuid for it in items], client_metadata={"line": 3})
    tree = LayoutGrid(direction="row", first=DataUnitTile(key="a"), second=DataUnitTile(key="b"), split_percentage=30)
    custom = DataGroupCustom(name="C", layout_contents={"a": items[0].uuid, "b": items[1].uuid}, layout=tree)

    first, second = client.get_storage_items(a_folder(client).create_data_groups([grid, custom]))

    assert [(it.name, it.client_metadata) for it in (first, second)] == [("G", {"line": 3}), ("C", {})]
    shown = second.get_summary().data_group
    assert shown is not None
    assert ({key: it.uuid for key, it in shown.layout_contents.items()}, shown.layout) == (
        {"a": items[0].uuid, "b": items[1].uuid},
        tree,
    )
    summary = items[0].get_summary()
    assert (summary.frame_in_groups, {it.name for it in summary.accessible_group_items}) == (2, {"G", "C"})


@pytest.mark.shows("StorageFolder.create_data_groups")
def test_one_data_group_that_cannot_be_makes_none_of_them(target: Target, client: EncordUserClient) -> None:
    items, folder = registered(client, target, "0.png"), a_folder(client)
    lost = uuid4()

    with pytest.raises(EncordException) as refused:
        folder.create_data_groups([[items[0].uuid], DataGroupCustom(layout_contents={"a": items[0].uuid, "b": lost})])

    assert "[1].layoutContents.b" in str(refused.value)
    assert list(folder.list_items()) == []


@pytest.mark.shows("StorageItem.delete")
def test_a_member_goes_only_after_its_group(target: Target, client: EncordUserClient) -> None:
    items = registered(client, target, *NAMES)
    group = client.get_storage_item(a_group(client, items))

    with pytest.raises(EncordException, match=str(group.uuid)):
        items[0].delete()

    group.delete()
    items[0].delete()


@pytest.mark.shows("Project.list_label_rows_v2")
def test_the_spaces_of_a_label_row_are_known_before_it_is_labelled(target: Target, client: EncordUserClient) -> None:
    (row,) = a_grouped_project(client, target).list_label_rows_v2()

    assert row.data_type.name == "GROUP"
    assert {(type(it).__name__, it.metadata.layout_key) for it in row.get_spaces()} == {
        ("ImageSpace", "picture"),
        ("VideoSpace", "film"),
        ("TextSpace", "words"),
    }
    assert row.get_space(layout_key="film", type_="video").metadata.file_name == "clip.mp4"


@pytest.mark.shows("Project.list_label_rows_v2", "LabelRowV2.get_storage_item")
@pytest.mark.filterwarnings("ignore:The 'include_children' parameter:DeprecationWarning")
def test_members_follow_their_group_in_a_list_where_they_are_wanted(target: Target, client: EncordUserClient) -> None:
    project = a_grouped_project(client, target)

    group, *children = project.list_label_rows_v2(include_children=True, include_client_metadata=True)

    assert [(it.data_title, it.data_type.name) for it in children] == [
        ("0.png", "IMAGE"),
        ("clip.mp4", "VIDEO"),
        ("words.txt", "PLAIN_TEXT"),
    ]
    assert {(it.group_hash, it.label_hash, it.task_uuid) for it in children} == {
        (group.data_hash, None, group.task_uuid)
    }
    assert [it.data_hash for it in children] == [it.space_id for it in group.get_spaces()]
    assert [it.get_storage_item().name for it in children] == [it.data_title for it in children]
    assert (children[1].number_of_frames, children[0].width) == (12, 64)


@pytest.mark.shows("Project.list_label_rows_v2")
@pytest.mark.filterwarnings("ignore:The 'include_children' parameter:DeprecationWarning")
def test_an_agent_finds_a_member_by_its_own_data_hash(target: Target, client: EncordUserClient) -> None:
    project = a_grouped_project(client, target)
    group, _, film, _ = project.list_label_rows_v2(include_children=True)

    (found,) = project.list_label_rows_v2(data_hashes=[film.data_hash], include_children=True)

    assert (found.data_hash, found.group_hash) == (film.data_hash, group.data_hash)
    assert project.list_label_rows_v2(data_hashes=[film.data_hash]) == []
    assert len(project.list_label_rows_v2(data_hashes=[group.data_hash], include_children=True)) == 4


@pytest.mark.shows("LabelRowV2.save", "LabelRowV2.initialise_labels")
def test_what_is_labelled_in_each_space_is_loaded_by_another_client(target: Target, client: EncordUserClient) -> None:
    project = a_grouped_project(client, target)
    row = a_row(project)
    picture = row.get_space(layout_key="picture", type_="image")
    film = row.get_space(layout_key="film", type_="video")
    words = row.get_space(layout_key="words", type_="text")
    car = an_instance(row, "Car")
    picture.put_object_instance(car, BOX)
    film.put_object_instance(car, [3, 4], BOX)
    film.put_object_instance(an_instance(row, "Road", "Blue"), 7, RING)
    words.put_object_instance(an_instance(row, "Word"), [Range(0, 4), Range(6, 9)])
    scene = row.ontology_structure.get_child_by_title("Scene", type_=Classification).create_instance()
    scene.set_answer(scene.ontology_item.attributes[0].options[1])
    film.put_classification_instance(scene, Range(2, 5))
    picture.put_classification_instance(scene)
    remark = row.ontology_structure.get_child_by_title("Remark", type_=Classification).create_instance()
    remark.set_answer("a quiet road")
    words.put_classification_instance(remark)
    row.save()

    again = a_row(a_client(target).get_project(project.project_hash))

    assert everything_said(again) == everything_said(a_row(project))
    seen = {it.space_id: len(it.get_object_instances()) for it in again.get_spaces()}
    assert seen == {picture.space_id: 1, film.space_id: 2, words.space_id: 1}
    (loaded,) = again.get_space(layout_key="words", type_="text").get_annotations("object")
    assert [(it.start, it.end) for it in loaded.ranges] == [(0, 4), (6, 9)]
    assert again.is_valid


def everything(client: EncordUserClient, target: Target) -> Project:
    """A project of one data group with a member of every other kind."""
    items = registered(client, target, "tone.wav", "three.pdf", "page.html", "brain.nii", "1.png", "clip.mp4")
    keys = dict(zip(("sound", "pages", "site", "scan", "picture", "film"), (it.uuid for it in items), strict=True))
    folder = a_folder(client)
    group = client.get_storage_item(folder.create_data_group(DataGroupCustom(layout_contents=keys)))
    ontology = client.create_ontology(a_title("All"), structure=a_wide_structure())
    dataset = a_dataset(client, [group])
    return client.get_project(client.create_project(a_title("P"), [dataset.dataset_hash], "", ontology.ontology_hash))


def a_wide_structure() -> OntologyStructure:
    """The same with more shapes."""
    structure = a_structure()
    for name, shape in (("Sound", Shape.AUDIO), ("Point", Shape.POINT), ("Line", Shape.POLYLINE)):
        structure.add_object(name=name, shape=shape)
    for name, shape in (("Mask", Shape.BITMASK), ("Turned", Shape.ROTATABLE_BOUNDING_BOX)):
        structure.add_object(name=name, shape=shape)
    return structure


def bare(row: LabelRowV2, title: str) -> Any:
    """An object without an answer."""
    return row.ontology_structure.get_child_by_title(title, type_=Object).create_instance()


@pytest.mark.shows("LabelRowV2.save", "LabelRowV2.initialise_labels")
def test_shapes_and_answers_of_every_sort_come_back(target: Target, client: EncordUserClient) -> None:
    project = everything(client, target)
    row = a_row(project)
    film, picture = row.get_space(layout_key="film", type_="video"), row.get_space(layout_key="picture", type_="image")
    car = an_instance(row, "Car", "Blue")
    film.put_object_instance(car, Range(2, 6), BOX)
    plate = car.ontology_item.get_child_by_title("Plate", type_=TextAttribute)
    car.set_answer("AB 12", plate, frames=Range(2, 3))
    car.set_answer("CD 34", plate, frames=5)
    picture.put_object_instance(bare(row, "Mask"), BitmaskCoordinates(numpy.eye(48, 64, dtype=bool)))
    picture.put_object_instance(
        bare(row, "Turned"),
        RotatableBoundingBoxCoordinates(height=0.2, width=0.3, top_left_x=0.1, top_left_y=0.1, theta=30.0),
    )
    line = PolylineCoordinates(values=[PointCoordinate(0.1, 0.1), PointCoordinate(0.5, 0.1)])
    row.get_space(layout_key="pages", type_="pdf").put_object_instance(bare(row, "Line"), 2, line)
    row.get_space(layout_key="scan", type_="medical").put_object_instance(
        bare(row, "Point"), 0, PointCoordinate(0.25, 0.75)
    )
    row.get_space(layout_key="sound", type_="audio").put_object_instance(bare(row, "Sound"), Range(0, 100))
    ends = HtmlNode(xpath="/html/body/p[1]/text()", offset=0), HtmlNode(xpath="/html/body/p[1]/text()", offset=4)
    row.get_space(layout_key="site", type_="html").put_object_instance(
        bare(row, "Word"), HtmlRange(start=ends[0], end=ends[1])
    )
    before = everything_said(row)
    row.save()

    again = a_row(a_client(target).get_project(project.project_hash))

    assert placed(everything_said(again)) == placed(before)
    assert {it.metadata.layout_key: len(it.get_object_instances()) for it in again.get_spaces()} == {
        "sound": 1,
        "pages": 1,
        "site": 1,
        "scan": 1,
        "picture": 2,
        "film": 1,
    }


def placed(said: Any) -> Any:
    """What is said, but for who said it and when, which the server stamps, and the order of answers."""
    if isinstance(said, dict):
        return {name: placed(inner) for name, inner in said.items() if name not in STAMPS}
    if isinstance(said, list):
        return sorted((placed(each) for each in said), key=repr)
    return said


@pytest.mark.shows("LabelRowV2.save")
def test_a_frame_beyond_a_member_is_refused_by_the_name_of_its_space(target: Target, client: EncordUserClient) -> None:
    row = a_row(a_grouped_project(client, target))
    film = row.get_space(layout_key="film", type_="video")
    film.put_object_instance(an_instance(row, "Car"), 3, BOX)
    film._number_of_frames = 1000
    film.put_object_instance(an_instance(row, "Car"), 500, BOX)

    with pytest.raises(EncordException) as refused:
        row.save()

    assert f"spaces.{film.space_id}" in str(refused.value)
    assert a_row(row_project(row, client)).get_spaces()[1].get_object_instances() == []


def row_project(row: LabelRowV2, client: EncordUserClient) -> Project:
    """The project that a row belongs to."""
    return client.get_project(str(row._project_client.project_hash))


@pytest.mark.shows("LabelRowV2.save", "LabelRowV2.get_validation_errors", "Project.list_label_rows_v2")
def test_labels_on_a_branch_are_their_own(target: Target, client: EncordUserClient) -> None:
    project = a_grouped_project(client, target)
    a_row(project)
    (row,) = project.list_label_rows_v2(branch_name="model")
    row.initialise_labels()
    row.get_space(layout_key="picture", type_="image").put_object_instance(an_instance(row, "Car"), BOX)
    row.save(validate_before_saving=True)

    (again,) = a_client(target).get_project(project.project_hash).list_label_rows_v2(branch_name="model")
    again.initialise_labels()

    assert len(again.get_space(layout_key="picture", type_="image").get_object_instances()) == 1
    assert a_row(project).get_space(layout_key="picture", type_="image").get_object_instances() == []
    assert again.get_validation_errors() is None


@pytest.mark.shows("Dataset.list_data_rows")
def test_a_data_group_is_one_data_unit(target: Target, client: EncordUserClient) -> None:
    items = registered(client, target, *NAMES)
    group = client.get_storage_item(a_group(client, items))

    (unit,) = a_dataset(client, [group]).list_data_rows()

    assert (unit.data_type.name, unit.title, unit.backing_item_uuid) == ("GROUP", "Scene 7", group.uuid)
    assert [it.backed_data_units_count for it in client.get_storage_items([group.uuid, items[0].uuid])] == [1, 0]


@pytest.mark.shows("LabelRowV2.save", "LabelRowV2.initialise_labels")
def test_an_answer_about_the_whole_group_is_in_none_of_its_spaces(target: Target, client: EncordUserClient) -> None:
    project = a_grouped_project(client, target)
    row = a_row(project)
    remark = row.ontology_structure.get_child_by_title("Remark", type_=Classification).create_instance()
    remark.set_answer("a quiet road")
    row.add_classification_instance(remark)
    row.save()

    again = a_row(a_client(target).get_project(project.project_hash))

    (kept,) = again.get_classification_instances()
    assert (kept.get_answer(), kept.classification_hash) == ("a quiet road", remark.classification_hash)
    assert [it.get_classification_instances() for it in again.get_spaces()] == [[], [], []]


@pytest.mark.shows("StorageFolder.create_data_group", "Dataset.list_data_rows")
def test_a_data_group_made_in_a_datasets_folder_is_its_data_unit(target: Target, client: EncordUserClient) -> None:
    made = client.create_dataset(a_title("ds"), StorageLocation.CORD_STORAGE)
    folder = client.get_storage_folder(made.backing_folder_uuid)

    group = folder.create_data_group([it.uuid for it in registered(client, target, "0.png", "words.txt")])

    (unit,) = client.get_dataset(made.dataset_hash).list_data_rows()
    assert unit.backing_item_uuid == group


@pytest.mark.shows("StorageFolder.list_items", "StorageItem.update")
def test_data_groups_are_found_and_renamed_as_other_items(target: Target, client: EncordUserClient) -> None:
    folder = a_folder(client)
    group = client.get_storage_item(folder.create_data_group([registered(client, target, "0.png")[0].uuid]))

    group.update(name="Scene 8", client_metadata={"line": 4})

    (found,) = folder.list_items(item_types=[StorageItemType.GROUP])
    assert (found.name, found.client_metadata) == ("Scene 8", {"line": 4})
    assert list(folder.list_items(item_types=[StorageItemType.IMAGE])) == []

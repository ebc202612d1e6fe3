"""Data groups by the SDK: made of items that are there, looked at, and labelled space by space."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from builders import a_dataset, a_folder, a_title, registered
from conftest import a_client
from encord import EncordUserClient, Project
from encord.exceptions import EncordException
from encord.objects import Object, OntologyStructure
from encord.objects.attributes import RadioAttribute, TextAttribute
from encord.objects.classification import Classification, OntologyClassificationLevel
from encord.objects.common import Shape
from encord.objects.coordinates import BoundingBoxCoordinates, PointCoordinate, PolygonCoordinates
from encord.objects.frames import Range
from encord.objects.ontology_labels_impl import LabelRowV2
from encord.orm.group_layout import DataUnitTile, LayoutGrid
from encord.orm.storage import DataGroupCustom, DataGroupGrid, StorageItemType
from encord.storage import StorageItem

Target = dict[str, Any]
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

    with pytest.raises(EncordException, match="Scene 7"):
        items[0].delete()

    group.delete()
    items[0].delete()


@pytest.mark.shows("Project.list_label_rows_v2")
def test_the_spaces_of_a_label_row_are_known_before_it_is_labelled(target: Target, client: EncordUserClient) -> None:
    (row,) = a_grouped_project(client, target).list_label_rows_v2(include_children=True)

    assert row.data_type.name == "GROUP"
    assert {(type(it).__name__, it.metadata.layout_key) for it in row.get_spaces()} == {
        ("ImageSpace", "picture"),
        ("VideoSpace", "film"),
        ("TextSpace", "words"),
    }
    assert row.get_space(layout_key="film", type_="video").metadata.file_name == "clip.mp4"


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

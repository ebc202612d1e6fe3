"""Active by the SDK: imports, collections and presets of a project."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from builders import a_dataset, a_project_of, a_title, registered
from encord import EncordUserClient
from encord.collection import (
    ProjectCollectionType,
    ProjectDataCollectionItemRequest,
    ProjectLabelCollectionItemRequest,
)
from encord.exceptions import EncordException, InvalidArgumentsError
from encord.objects.coordinates import BoundingBoxCoordinates
from encord.orm.active import ActiveProjectMode
from encord.orm.filter_preset import ActiveFilterPresetDefinition
from encord.project import Project

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(scope="module")
def project(client: EncordUserClient, target: dict[str, Any]) -> Project:
    """A project of two pictures."""
    return a_project_of(client, a_dataset(client, registered(client, target, "0.png", "1.png")))


def until(done: Callable[[], bool], seconds: float = 120) -> None:
    """Ask again while it is refused as too early, since an import takes its time; the SDK has no call for its state."""
    last = time.monotonic() + seconds
    while True:
        try:
            assert done()
        except EncordException:
            if time.monotonic() > last:
                raise
        else:
            return


def frame(data_hash: str, number: int = 0) -> ProjectDataCollectionItemRequest:
    return ProjectDataCollectionItemRequest(data_uuid=data_hash, frame=number)


def filters(*given: dict[str, Any]) -> ActiveFilterPresetDefinition:
    """A preset's filters that hold everywhere."""
    return ActiveFilterPresetDefinition.from_dict({"globalFilters": {"filters": list(given)}})


@pytest.mark.shows(
    "Project.create_collection",
    "Project.get_collection",
    "Project.list_collections",
    "Project.delete_collection",
    "ProjectCollection.update_collection",
)
def test_a_projects_collection_is_made_changed_and_deleted(project: Project) -> None:
    made = project.create_collection(a_title("Night"), "d")

    made.update_collection(name="Day")

    read = project.get_collection(made.uuid)
    assert (read.name, read.description, read.collection_type) == ("Day", "d", ProjectCollectionType.FRAME)
    assert made.uuid in {it.uuid for it in project.list_collections(page_size=1)}
    project.delete_collection(made.uuid)
    assert made.uuid not in {it.uuid for it in project.list_collections()}


@pytest.mark.shows("ProjectCollection.add_items", "ProjectCollection.list_frames", "ProjectCollection.remove_items")
def test_frames_come_into_a_collection_and_leave_it(project: Project) -> None:
    collection = project.create_collection(a_title("Night"))
    first, second = sorted(row.data_hash for row in project.list_label_rows_v2())

    added = collection.add_items([frame(first), frame(second), frame(first, 7), frame(NOBODY)])

    assert [(str(it.data_uuid), it.frame) for it in added.failed_items] == [(first, 7), (NOBODY, 0)]
    listed = list(collection.list_frames(page_size=1))
    assert [(row.data_hash, [it.frame for it in frames]) for row, frames in listed] == [(first, [0]), (second, [0])]
    assert collection.remove_items([frame(first)]).failed_items == []
    assert [row.data_hash for row, _ in collection.list_frames()] == [second]


@pytest.mark.shows("ProjectCollection.list_annotations")
def test_a_collection_of_labels_holds_labels(project: Project) -> None:
    collection = project.create_collection(a_title("Cars"), collection_type=ProjectCollectionType.LABEL)
    row = project.list_label_rows_v2()[0]
    row.initialise_labels()
    car = project.ontology_structure.objects[0].create_instance()
    car.set_for_frames(BoundingBoxCoordinates(height=0.2, width=0.2, top_left_x=0.1, top_left_y=0.1), 0)
    row.add_object_instance(car)
    row.save()
    label = {"data_uuid": row.data_hash, "frame": 0}

    added = collection.add_items(
        [ProjectLabelCollectionItemRequest(**label, annotation_id=it) for it in (car.object_hash, "nothing1")]
    )

    assert [it.annotation_id for it in added.failed_items] == ["nothing1"]
    held = [(listed.data_hash, [it.annotation_id for it in labels]) for listed, labels in collection.list_annotations()]
    assert held == [(row.data_hash, [car.object_hash])]


@pytest.mark.shows(
    "Project.create_filter_preset",
    "Project.get_filter_preset",
    "Project.list_filter_presets",
    "Project.delete_filter_preset",
    "ProjectFilterPreset.get_filter_preset_json",
    "ProjectFilterPreset.update_preset",
)
def test_a_projects_preset_keeps_its_filters_as_they_came(project: Project) -> None:
    preset = project.create_filter_preset(a_title("Dark"), filters({"k": 1}))

    preset.update_preset(name="Darker", filter_preset=filters({"k": 2}))

    read = project.get_filter_preset(preset.uuid)
    assert read.name == "Darker"
    assert read.get_filter_preset_json().global_filters.filters == [{"k": 2}]
    assert preset.uuid in {it.uuid for it in project.list_filter_presets(page_size=1)}
    project.delete_filter_preset(preset.uuid)
    assert preset.uuid not in {it.uuid for it in project.list_filter_presets()}


@pytest.mark.shows(
    "Project.active_import",
    "Project.active_sync",
    "ProjectCollection.add_preset_items",
    "ProjectCollection.remove_preset_items",
)
def test_an_imported_project_fills_a_collection_by_a_preset(client: EncordUserClient, target: dict[str, Any]) -> None:
    project = a_project_of(client, a_dataset(client, registered(client, target, "0.png", "1.png")))
    collection = project.create_collection(a_title("All"))
    preset = project.create_filter_preset(a_title("All"), filters({}))
    with pytest.raises(EncordException, match="never imported"):
        project.active_sync()

    project.active_import(ActiveProjectMode.DATA, video_sampling_rate=2.0)

    until(lambda: collection.add_preset_items(preset.uuid) is None)
    assert len(list(collection.list_frames())) == 2
    collection.remove_preset_items(preset.uuid)
    assert list(collection.list_frames()) == []
    project.active_sync()


def test_a_projects_preset_that_cannot_be_evaluated_is_refused(project: Project) -> None:
    collection = project.create_collection(a_title("Odd"))
    preset = project.create_filter_preset(a_title("Odd"), filters({"field": "brightness"}))

    with pytest.raises(InvalidArgumentsError, match="cannot evaluate"):
        collection.add_preset_items(preset.uuid)

"""Data groups over /v1: made, shown, labelled and exported."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.export.app import handler as exports
from functions.register.app import handler as register
from functions.workflow.app import handler as workflow
from gloss.adapters.memory import MemoryBlobs
from gloss.adapters.memory_media import MemoryMedia
from gloss.domain.access import Role
from gloss.domain.formats.label_row_reading import body_json
from gloss.domain.project import Project
from gloss.domain.workflow.task import Task
from gloss.services import attaching
from gloss.services.attaching import Attaching
from tests.builders_catalog import a_dataset, a_project, an_item, tasks_of, the_admin
from tests.builders_labels import a_box, a_car, a_scene
from tests.doorway import ADMIN_TOKEN, Answered, House, a_house, a_person, call, grant
from tests.walk import walk

FILM = {"frame_count": 10, "fps": 5.0, "duration_s": 2.0, "width_px": 100, "height_px": 50}


@pytest.fixture
def house() -> Iterator[House]:
    with a_house(media=MemoryMedia({"s3://media/00001.jpg": b"", "s3://media/00002.jpg": b""})) as made:
        yield made


def ask(handler: Any, method: str, path: str, body: Any = None, token: str | None = ADMIN_TOKEN) -> Answered:
    return call(handler, method, path, body, token)


def a_folder_of_two(house: House) -> str:
    """An image and a video."""
    folder = str(ask(register, "POST", "/v1/folders", {"title": "rig"}).body["id"])
    an_item(house, 1, folder_id=folder)
    an_item(house, 2, folder_id=folder, kind="video", facts=FILM)
    return folder


def a_group(house: House, **more: Any) -> Answered:
    members = [{"item_id": "item-1", "key": "picture"}, {"item_id": "item-2", "key": "film"}]
    path = f"/v1/folders/{a_folder_of_two(house)}/data-groups"
    return ask(register, "POST", path, {"groups": [{"title": "Scene 7", "members": members, **more}]})


def a_task(house: House) -> tuple[Project, Task]:
    """The only task of a project of a data group."""
    (made,) = a_group(house).body
    dataset = a_dataset(house, items=0)
    attaching.attach(dataset, Attaching(item_ids=(made["id"],)), the_admin(house), house.ports)
    project = a_project(house, dataset).project
    (task,) = tasks_of(house, project)
    return project, task


def labelled(project: Project, task: Task, **spaces: Any) -> Answered:
    path = f"/v1/projects/{project.id}/tasks/{task.id}/labels"
    return ask(workflow, "PUT", path, {"labels": {"spaces": spaces}})


def exported(house: House, project: Project, form: str) -> Any:
    begun = ask(exports, "POST", f"/v1/projects/{project.id}/exports", {"format": form}).body["id"]
    walk("export", "export", {"export_id": begun})
    (file,) = ask(exports, "GET", f"/v1/projects/{project.id}/exports/{begun}").body["files"]
    assert isinstance(house.ports.blobs, MemoryBlobs)
    return json.loads(house.ports.blobs.get(f"exports/{begun}/{file['name']}"))


def test_a_group_shows_its_spaces_and_its_layout(house: House) -> None:
    (made,) = a_group(house, layout="default-grid").body

    shown = ask(register, "GET", f"/v1/items/{made['id']}").body

    assert (shown["kind"], [(it["key"], it["id"]) for it in shown["spaces"]]) == (
        "data_group",
        [("picture", "item-1"), ("film", "item-2")],
    )
    assert shown["layout"]["tree"] == {
        "direction": "row",
        "first": {"type": "data_unit", "key": "picture"},
        "second": {"type": "data_unit", "key": "film"},
        "split_percentage": 50.0,
    }
    assert [it["id"] for it in ask(register, "GET", f"/v1/items/{made['id']}/members").body["entries"]] == [
        "item-1",
        "item-2",
    ]


def test_readers_of_a_group_learn_nothing_of_members_that_they_may_not_see(house: House) -> None:
    (made,) = a_group(house).body
    folder = ask(register, "POST", "/v1/folders", {"title": "groups"}).body["id"]
    ask(register, "POST", "/v1/items/move", {"item_ids": [made["id"]], "folder_id": folder})
    eve = a_person(house, "eve@acme.io")
    grant(house, "eve@acme.io", f"folder:{folder}", Role.USER)

    spaces = ask(register, "GET", f"/v1/items/{made['id']}", token=eve).body["spaces"]

    told = {"title": None, "facts": None}
    assert spaces == [
        {"id": "item-1", "key": "picture", "kind": "image", **told},
        {"id": "item-2", "key": "film", "kind": "video", **told},
    ]


def test_groups_of_others_keep_nobody_from_deleting_their_items(house: House) -> None:
    (made,) = a_group(house).body
    eve, bob = a_person(house, "eve@acme.io"), a_person(house, "bob@acme.io")
    grant(house, "eve@acme.io", f"folder:{made['folder_id']}", Role.USER)
    grant(house, "bob@acme.io", f"folder:{made['folder_id']}", Role.ADMIN)
    theirs = ask(register, "POST", "/v1/folders", {"title": "eve's"}, eve).body["id"]
    body = {"groups": [{"members": [{"item_id": "item-1"}]}]}
    (other,) = ask(register, "POST", f"/v1/folders/{theirs}/data-groups", body, eve).body

    assert ask(register, "DELETE", "/v1/items/item-1", token=bob).status == 409
    ask(register, "DELETE", f"/v1/items/{made['id']}", token=bob)
    assert ask(register, "DELETE", "/v1/items/item-1", token=bob).status == 200

    (gone,) = ask(register, "GET", f"/v1/items/{other['id']}", token=eve).body["spaces"]
    assert (gone["id"], gone["title"]) == ("item-1", None)


def test_what_keeps_a_group_from_being_made_is_named_by_its_path(house: House) -> None:
    refused = a_group(house, layout="custom", tree={"type": "data_unit", "key": "sound"})

    assert (refused.status, refused.body["errors"]) == (
        422,
        [{"path": "groups[0].tree", "reason": "sound is the key of no member"}],
    )


def test_only_admins_of_the_folder_make_groups_in_it(house: House) -> None:
    path = f"/v1/folders/{a_folder_of_two(house)}/data-groups"

    refused = ask(
        register, "POST", path, {"groups": [{"members": [{"item_id": "item-1"}]}]}, a_person(house, "eve@acme.io")
    )

    assert refused.status == 404


def test_labels_in_spaces_are_exported_with_them(house: House) -> None:
    project, task = a_task(house)
    filmed = a_car(frames={"3": {"geometry": a_box()}})
    saved = labelled(project, task, **{"item-1": {"objects": [a_car()]}, "item-2": {"objects": [filmed]}})
    assert saved.status == 200, saved.body

    (row,) = exported(house, project, "json")

    assert (row["data_type"], len(row["object_answers"])) == ("group", 1)
    assert {at: it["child_info"]["data_link"] for at, it in row["spaces"].items()} == {
        "item-1": "s3://media/00001.jpg",
        "item-2": "s3://media/00002.jpg",
    }
    assert set(body_json(row)["spaces"]["item-2"]["objects"][0]["frames"]) == {"3"}
    coco = exported(house, project, "coco")
    assert [it["file_name"] for it in coco["images"]] == ["images/item-1.jpg", "videos/item-2/3.jpg"]
    assert len(coco["annotations"]) == 2


def test_a_fault_in_a_space_is_named_and_nothing_is_saved(house: House) -> None:
    project, task = a_task(house)

    refused = labelled(project, task, **{"item-2": {"classifications": [a_scene(ranges=[[5, 10]])]}})

    assert [it["path"] for it in refused.body["errors"]] == ["spaces.item-2.classifications[0].ranges[0]"]
    assert tasks_of(house, project)[0].row_version == 0


def test_saved_labels_are_read_by_their_spaces(house: House) -> None:
    project, task = a_task(house)
    labelled(project, task, **{"item-1": {"objects": [a_car()], "classifications": [a_scene()]}})

    read = ask(workflow, "GET", f"/v1/projects/{project.id}/tasks/{task.id}/labels").body

    assert {name: list(it) for name, it in read["labels"].items()} == {"spaces": ["item-1"]}
    assert tasks_of(house, project)[0].objects == 1


def test_an_export_of_some_classes_takes_them_from_every_space(house: House) -> None:
    project, task = a_task(house)
    labelled(project, task, **{"item-1": {"objects": [a_car()], "classifications": [a_scene()]}})
    begun = ask(exports, "POST", f"/v1/projects/{project.id}/exports", {"format": "json", "features": ["scenescn"]})

    walk("export", "export", {"export_id": begun.body["id"]})

    done = ask(exports, "GET", f"/v1/projects/{project.id}/exports/{begun.body['id']}").body["progress"]
    assert (done["objects"], done["classifications"]) == (0, 1)


def test_a_member_that_is_gone_with_its_folder_leaves_its_labels_without_a_link(house: House) -> None:
    project, task = a_task(house)
    labelled(project, task, **{"item-1": {"objects": [a_car()]}})
    elsewhere = ask(register, "POST", "/v1/folders", {"title": "elsewhere"}).body["id"]
    ask(register, "POST", "/v1/items/move", {"item_ids": ["item-1"], "folder_id": elsewhere})
    ask(register, "DELETE", f"/v1/folders/{elsewhere}?recursive=true")

    (row,) = exported(house, project, "json")

    assert {at: bool(it["child_info"]["data_link"]) for at, it in row["spaces"].items()} == {
        "item-1": False,
        "item-2": True,
    }
    assert len(row["spaces"]["item-1"]["labels"]["0"]["objects"]) == 1

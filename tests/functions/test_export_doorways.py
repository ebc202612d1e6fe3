"""Exports and label versions: asked for at the door, carried out by the states, fetched again."""

import contextlib
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pycocotools.coco import COCO

from functions.export import bundle, finish, number, plan, render
from functions.export.app import handler
from gloss.adapters.memory import MemoryBlobs, MemoryMachines
from gloss.adapters.memory_media import MemoryMedia
from gloss.domain import labels
from gloss.domain.access import Role
from gloss.domain.events import ExportFinished
from gloss.domain.formats.label_row_reading import body_json
from gloss.domain.project import Project
from tests.builders_catalog import a_dataset, a_project, label, move, tasks_of
from tests.builders_labels import a_body_json, a_box, a_canvas, a_car, a_scene, a_structure
from tests.doorway import ADMIN_TOKEN, Answered, House, a_house, a_person, call, grant
from tests.walk import Failed, walk


@pytest.fixture
def house() -> Iterator[House]:
    with a_house(media=MemoryMedia({})) as made:
        yield made


@pytest.fixture
def project(house: House) -> Project:
    """Three images: the first two labelled with one and two cars, the second complete."""
    project = a_project(house, a_dataset(house, items=3)).project
    first, second, _ = tasks_of(house, project)
    label(house, first, a_body_json())
    labelled = label(house, second, a_body_json(a_car(), a_car(id="car00002")))
    move(house, labelled, "complete")
    return project


def ask(method: str, path: str, body: Any = None, token: str | None = ADMIN_TOKEN) -> Answered:
    return call(handler, method, path, body, token)


def exported(house: House, project: Project, **request: Any) -> Any:
    """The finished export, and its file as `content`."""
    begun = ask("POST", f"/v1/projects/{project.id}/exports", {"format": "json", **request})
    assert begun.status == 200, begun.body
    walk("export", "export", {"export_id": begun.body["id"]})
    done = ask("GET", f"/v1/projects/{project.id}/exports/{begun.body['id']}").body
    name = done["files"][0]["name"]
    blobs = house.ports.blobs
    assert isinstance(blobs, MemoryBlobs)
    return {**done, "content": blobs.get(f"exports/{done['id']}/{name}")}


def test_beginning_an_export_starts_its_machine(house: House, project: Project) -> None:
    begun = ask("POST", f"/v1/projects/{project.id}/exports", {"format": "coco"}).body

    machines = house.ports.machines
    assert isinstance(machines, MemoryMachines)
    assert machines.started[("export", begun["id"])] == {"export_id": begun["id"]}
    assert (begun["status"], begun["rows"]) == ("PENDING", None)


def test_json_holds_every_label_row(house: House, project: Project) -> None:
    done = exported(house, project)

    rows = json.loads(done["content"])
    assert [row["data_title"] for row in sorted(rows, key=lambda row: row["data_title"])] == [
        "00001.jpg", "00002.jpg", "00003.jpg",
    ]  # fmt: skip
    assert {row["label_status"] for row in rows} == {"LABEL_IN_PROGRESS", "REVIEWED", "NOT_LABELLED"}
    assert (done["status"], done["progress"]["rows_done"], done["progress"]["objects"]) == ("DONE", 3, 3)


def test_exported_rows_can_be_read_back(house: House, project: Project) -> None:
    rows = json.loads(exported(house, project)["content"])

    bodies = [labels.parse(body_json(row), a_structure(), a_canvas()) for row in rows]

    assert sorted(len(body.objects) for body in bodies) == [0, 1, 2]


def test_coco_is_loaded_by_its_own_tools(house: House, project: Project, tmp_path: Path) -> None:
    path = tmp_path / "coco.json"
    path.write_bytes(exported(house, project, format="coco")["content"])

    with contextlib.redirect_stdout(io.StringIO()):
        loaded = COCO(str(path))

    assert (sorted(loaded.getImgIds()), sorted(loaded.getAnnIds())) == ([0, 1, 2], [0, 1, 2])
    assert {each["attributes"]["classifications"]["Colour"] for each in loaded.loadAnns([0, 1, 2])} == {"Red"}


def test_ndjson_holds_one_row_a_line(house: House, project: Project) -> None:
    lines = exported(house, project, format="ndjson")["content"].splitlines()

    assert [json.loads(line)["data_type"] for line in lines] == ["image"] * 3


def test_many_batches_make_one_file_with_ids_in_order(house: House) -> None:
    project = a_project(house, a_dataset(house, items=1000)).project
    for task in tasks_of(house, project)[::150]:
        label(house, task, a_body_json())

    done = exported(house, project, format="coco")

    file = json.loads(done["content"])
    assert [image["id"] for image in file["images"]] == list(range(1000))
    assert [each["id"] for each in file["annotations"]] == list(range(7))
    titles = {image["id"]: image["image_title"] for image in file["images"]}
    assert {titles[each["image_id"]] for each in file["annotations"]} == {f"{it:05}.jpg" for it in range(1, 1000, 150)}
    assert len(json.loads(exported(house, project)["content"])) == 1000


@pytest.mark.parametrize(
    ("chosen", "titles"),
    [
        ({"stage_ids": ["complete"]}, ["00002.jpg"]),
        ({"label_statuses": ["NOT_LABELLED"]}, ["00003.jpg"]),
        ({"stage_ids": ["agent"], "label_statuses": ["REVIEWED"]}, []),
    ],
)
def test_only_the_chosen_rows_are_exported(house: House, project: Project, chosen: Any, titles: list[str]) -> None:
    rows = json.loads(exported(house, project, **chosen)["content"])

    assert [row["data_title"] for row in rows] == titles


def test_only_the_chosen_classes_are_exported(house: House, project: Project) -> None:
    done = exported(house, project, features=["scenescn"])

    assert (done["progress"]["objects"], done["progress"]["classifications"]) == (0, 2)


def test_parts_and_their_checksums_make_up_the_file(house: House, project: Project) -> None:
    done = exported(house, project, format="coco")

    rest = done["content"]
    for part in done["files"][0]["parts"]:
        piece, rest = rest[: part["bytes"]], rest[part["bytes"] :]
        assert hashlib.sha256(piece).hexdigest() == part["sha256"]
    assert (rest, done["files"][0]["bytes"]) == (b"", len(done["content"]))


def test_links_are_signed_only_when_asked(house: House, project: Project) -> None:
    plain, signed = (exported(house, project, include_signed_urls=asked)["content"] for asked in (False, True))

    links = [next(iter(row["data_units"].values()))["data_link"] for row in json.loads(plain)]
    assert set(links) == {f"s3://media/{number:05}.jpg" for number in (1, 2, 3)}
    assert plain != signed


def test_labels_saved_later_do_not_reach_the_export(house: House, project: Project) -> None:
    begun = ask("POST", f"/v1/projects/{project.id}/exports", {"format": "ndjson"}).body
    plan.handler({"export_id": begun["id"]}, None)
    label(house, tasks_of(house, project)[0], a_body_json(a_car(frames={"0": {"geometry": a_box(x=0.5)}})))
    render.handler({"export_id": begun["id"], "number": 0}, None)
    finish.handler(bundle.handler({"export_id": begun["id"]}, None), None)

    content = house.ports.blobs.get(f"exports/{begun['id']}/labels.ndjson")

    assert b'"x":0.1' in content
    assert b'"x":0.5' not in content


def test_states_may_run_twice_without_a_trace(house: House, project: Project) -> None:
    begun = ask("POST", f"/v1/projects/{project.id}/exports", {"format": "coco"}).body
    planned = plan.handler({"export_id": begun["id"]}, None)
    for state in (render, render, number, number):
        state.handler({"export_id": begun["id"], "number": planned["batches"][0]}, None)
    bundle.handler({"export_id": begun["id"]}, None)
    bundle.handler({"export_id": begun["id"]}, None)

    assert [finish.handler({"export_id": begun["id"]}, None) for _ in range(2)] == [{"status": "DONE"}] * 2
    ended = [it for it in house.ports.store.events if isinstance(it, ExportFinished)]  # type: ignore[attr-defined]
    assert [(event.status, event.rows) for event in ended] == [("DONE", 3)]


def test_what_breaks_off_is_told_with_its_reason(house: House, project: Project) -> None:
    begun = ask("POST", f"/v1/projects/{project.id}/exports", {"format": "json"}).body
    blobs = house.ports.blobs
    assert isinstance(blobs, MemoryBlobs)
    for key in [key for key in blobs.objects if key.startswith("labels/")]:
        del blobs.objects[key]

    with pytest.raises(Failed):
        walk("export", "export", {"export_id": begun["id"]})

    told = ask("GET", f"/v1/projects/{project.id}/exports/{begun['id']}").body
    assert (told["status"], told["files"]) == ("ERROR", [])
    assert told["reason"].startswith("NotFound: There is no stored object labels/")


def test_a_cancelled_export_writes_nothing_more(house: House, project: Project) -> None:
    begun = ask("POST", f"/v1/projects/{project.id}/exports", {"format": "json"}).body
    ask("POST", f"/v1/projects/{project.id}/exports/{begun['id']}/cancel")

    assert walk("export", "export", {"export_id": begun["id"]}) == {"status": "CANCELLED"}
    assert ask("POST", f"/v1/projects/{project.id}/exports/{begun['id']}/cancel").status == 409


def test_an_empty_project_exports_empty_files(house: House) -> None:
    project = a_project(house, a_dataset(house, items=0)).project

    files = [exported(house, project, format=name)["content"] for name in ("json", "coco", "ndjson")]

    assert (json.loads(files[0]), json.loads(files[1])["images"], files[2]) == ([], [], b"")


def test_an_export_saves_the_version_it_was_made_of(house: House, project: Project) -> None:
    done = exported(house, project, save_version={"name": "first pass"})

    version = ask("GET", f"/v1/projects/{project.id}/label-versions/{done['label_version_id']}").body
    manifest = house.ports.blobs.get(f"versions/{version['id']}.ndjson")
    assert hashlib.sha256(manifest).hexdigest() == version["sha256"]
    assert (version["name"], version["rows"], version["objects"]) == ("first pass", 3, 3)


def test_a_version_names_every_body_by_its_digest(house: House, project: Project) -> None:
    version = ask("POST", f"/v1/projects/{project.id}/label-versions", {"name": "before the audit"}).body

    rows = [json.loads(line) for line in house.ports.blobs.get(f"versions/{version['id']}.ndjson").splitlines()]
    assert {row["sha256"] for row in rows} == {task.label_sha256 for task in tasks_of(house, project)}
    assert ask("GET", f"/v1/projects/{project.id}/label-versions").body["entries"] == [version]


def test_a_version_is_equal_when_nothing_changed(house: House, project: Project) -> None:
    one, other = (ask("POST", f"/v1/projects/{project.id}/label-versions", {"name": name}).body for name in "ab")

    assert one["sha256"] == other["sha256"]


def test_only_admins_export_unless_managers_may(house: House, project: Project) -> None:
    for email, role in (("tom@acme.io", Role.TEAM_MANAGER), ("ann@acme.io", Role.ANNOTATOR)):
        a_person(house, email)
        grant(house, email, f"project:{project.id}", role)
    path, wanted = f"/v1/projects/{project.id}/exports", {"format": "json"}

    assert [ask("POST", path, wanted, f"token-of-{it}@acme.io").status for it in ("tom", "ann")] == [403, 403]
    assert ask("GET", path, token="token-of-tom@acme.io").status == 403
    assert ask("GET", path.replace("exports", "label-versions"), token="token-of-tom@acme.io").status == 403


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "format"),
        ({"format": "xml"}, "format"),
        ({"format": "json", "colour": 1}, "colour"),
        ({"format": "json", "label_statuses": ["DONE"]}, "label_statuses[0]"),
        ({"format": "json", "save_version": {"name": "x" * 300}}, "save_version.name"),
    ],
)
def test_bad_requests_are_refused_with_their_paths(house: House, project: Project, body: Any, path: str) -> None:
    answer = ask("POST", f"/v1/projects/{project.id}/exports", body)

    assert (answer.status, [error["path"] for error in answer.body["errors"]]) == (422, [path])


def test_unknown_stages_and_exports_are_not_found(house: House, project: Project) -> None:
    path = f"/v1/projects/{project.id}"

    assert ask("POST", f"{path}/exports", {"format": "json", "stage_ids": ["nowhere"]}).status == 404
    assert ask("GET", f"{path}/exports/unknown").status == 404
    assert ask("GET", f"{path}/label-versions/unknown").status == 404


def test_classifications_on_images_come_along(house: House, project: Project) -> None:
    label(house, tasks_of(house, project)[2], {"objects": [], "classifications": [a_scene()]})

    rows = json.loads(exported(house, project, label_statuses=["LABEL_IN_PROGRESS"], format="json")["content"])

    assert sum(len(row["classification_answers"]) for row in rows) == 2

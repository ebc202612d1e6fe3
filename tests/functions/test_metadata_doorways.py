"""The doorways of the metadata schema, and of metadata of items and folders."""

from collections.abc import Iterator
from typing import Any

import pytest

from functions.register import app, finish, plan, probe
from gloss.adapters.memory_media import MemoryMedia
from gloss.domain.access import OrgRole, Role
from tests.builders_media import a_video, an_image
from tests.doorway import ADMIN_TOKEN, Answered, House, a_house, a_person, call, grant

MEDIA = {"s3://bkt/v.mp4": a_video(), **{f"s3://bkt/{number}.png": an_image() for number in range(3)}}
SCHEMA = "/v1/metadata-schema"


@pytest.fixture
def house() -> Iterator[House]:
    with a_house(media=MemoryMedia(MEDIA)) as made:
        yield made


def ask(method: str, path: str, body: Any = None, token: str | None = ADMIN_TOKEN, **headers: str) -> Answered:
    return call(app.handler, method, path, body, token, **headers)


def import_schema(**types: Any) -> Answered:
    return ask("PUT", SCHEMA, {"types": types})


def a_folder() -> str:
    return str(ask("POST", "/v1/folders", {"title": "Line 3"}).body["id"])


def items_of(folder: str) -> list[Any]:
    return list(ask("GET", f"/v1/folders/{folder}/items").body["entries"])


def registered(rows: dict[str, Any], folder: str | None = None) -> list[str]:
    """The ids of the items of a new folder with these rows."""
    folder = folder or a_folder()
    job = ask("POST", f"/v1/folders/{folder}/data-upload-jobs", {"manifest": rows}).body["id"]
    for number in plan.handler({"job_id": job}, None)["batches"]:
        probe.handler({"job_id": job, "number": number}, None)
    finish.handler({"job_id": job}, None)
    return [each["id"] for each in items_of(folder)]


def images(count: int = 1) -> dict[str, Any]:
    return {"images": [{"objectUrl": f"s3://bkt/{number}.png"} for number in range(count)]}


def retell(*said: tuple[str, dict[str, Any]], token: str = ADMIN_TOKEN) -> Answered:
    items = [{"item_id": item, "metadata": metadata} for item, metadata in said]
    return ask("POST", "/v1/items/metadata", {"items": items}, token)


def test_a_schema_is_empty_until_somebody_imports_one(house: House) -> None:
    first = ask("GET", SCHEMA).body

    made = import_schema(site="string", clip={"ty": "embedding", "size": 3}).body

    assert (first["version"], first["types"]) == (0, {})
    assert (made["version"], made["types"]["site"]) == (1, {"ty": "varchar", "max_length": 8192})
    assert ask("GET", SCHEMA).body == made


def test_everybody_reads_the_schema_and_only_admins_write_it(house: House) -> None:
    import_schema(site="varchar")
    for role in (OrgRole.MEMBER, OrgRole.WORKFORCE_MANAGER, OrgRole.TASKER):
        token = a_person(house, f"{role.lower()}@acme.io", role)

        assert ask("GET", SCHEMA, token=token).body["types"]["site"]["ty"] == "varchar"
        assert ask("PUT", SCHEMA, {"types": {}}, token).status == 403


def test_an_old_version_replaces_nothing(house: House) -> None:
    import_schema(site="varchar")
    import_schema(site="varchar", speed="number")

    late = ask("PUT", SCHEMA, {"types": {"night": "boolean"}, "version": 1})

    assert (late.status, ask("GET", SCHEMA).body["version"]) == (409, 2)


def test_the_same_schema_again_is_no_new_version(house: House) -> None:
    body = {"types": {"site": "varchar"}, "version": 0}
    ask("PUT", SCHEMA, body)

    again = ask("PUT", SCHEMA, body)

    assert (again.status, again.body["version"]) == (200, 1)


@pytest.mark.parametrize(
    ("types", "path"),
    [
        ({"$own": "number"}, "types.$own"),
        ({"keyframes": "number"}, "types.keyframes"),
        ({"clip": {"ty": "embedding", "size": 5000}}, "types.clip.size"),
        ({"kind": {"ty": "enum", "values": []}}, "types.kind.values"),
        ({"site": "number"}, "types.site"),
        ({"site": "colour"}, "types.site"),
    ],
)
def test_a_schema_that_breaks_a_rule_changes_nothing(house: House, types: Any, path: str) -> None:
    import_schema(site="varchar")

    answer = ask("PUT", SCHEMA, {"types": types})

    assert (answer.status, answer.body["errors"][0]["path"]) == (422, path)
    assert ask("GET", SCHEMA).body["version"] == 1


def test_metadata_of_folders_are_read_by_the_schema(house: House) -> None:
    import_schema(since="datetime")
    folder = a_folder()

    wrong = ask("PATCH", f"/v1/folders/{folder}", {"metadata": {"since": "May"}})
    right = ask("PATCH", f"/v1/folders/{folder}", {"metadata": {"since": "2026-05-01"}}).body

    assert (wrong.status, wrong.body["errors"][0]["path"]) == (422, "metadata.since")
    assert right["metadata"] == {"since": "2026-05-01T00:00:00Z"}
    assert ask("PATCH", f"/v1/folders/{folder}", {"metadata": {"$encord": {}}}).status == 422


def test_metadata_of_an_item_are_read_by_the_schema(house: House) -> None:
    import_schema(clip={"ty": "embedding", "size": 2})
    path = f"/v1/items/{registered(images())[0]}"

    wrong = ask("PATCH", path, {"metadata": {"clip": [1, 2, 3]}})
    ask("PATCH", path, {"metadata": {"clip": [1, 2], "free": "x"}})

    assert wrong.body["errors"] == [
        {"path": "metadata.clip", "reason": "expected a list of 2 numbers, got a list of 3"}
    ]
    assert (ask("GET", path).body["embeddings"], ask("GET", path).body["metadata"]) == ({"clip": [1, 2]}, {"free": "x"})


def test_marks_on_frames_may_be_put_right_later(house: House) -> None:
    path = f"/v1/items/{registered({'videos': [{'objectUrl': 's3://bkt/v.mp4'}]})[0]}"

    ask("PATCH", path, {"metadata": {"$encord": {"frames": {"3": {"weather": "fog"}}}}})
    outside = ask("PATCH", path, {"metadata": {"$encord": {"frames": ["300"]}}})
    unread = ask("PATCH", path, {"metadata": {"$encord": {"frames": 3}}})

    whole = ask("GET", path).body
    assert (whole["keyframes"], whole["frame_metadata"]) == ([3], {"3": {"weather": "fog"}})
    assert (outside.status, outside.body["errors"][0]["path"]) == (422, "metadata.$encord")
    assert unread.status == 422


def test_many_items_are_changed_or_refused_one_by_one(house: House) -> None:
    import_schema(speed="number")
    one, two, three = registered(images(3))

    answer = retell((one, {"speed": 5}), (two, {"speed": "fast"}), ("nowhere", {}), (three, {})).body

    assert [each["status"] for each in answer["results"]] == ["changed", "error", "error", "unchanged"]
    assert answer["results"][1]["errors"][0] == {
        "path": "metadata.speed",
        "reason": "expected a finite number, got 'fast'",
    }
    assert (answer["refused"], ask("GET", f"/v1/items/{one}").body["metadata"]) == (2, {"speed": 5})


def test_changing_many_items_again_changes_nothing(house: House) -> None:
    ids = registered(images(3))
    said = [(each, {"site": "north"}) for each in ids]
    retell(*said)

    again = retell(*said).body["results"]

    assert [(each["status"], each["version"]) for each in again] == [("unchanged", 2)] * 3


def test_an_item_is_named_once_and_at_most_a_thousand_are(house: House) -> None:
    (item,) = registered(images())

    twice = retell((item, {"a": 1}), (item, {"a": 2}))

    assert (twice.status, twice.body["errors"][0]["path"]) == (422, "items[1].item_id")
    assert retell(*((f"item-{number}", {}) for number in range(1001))).status == 422


def test_items_of_folders_that_one_may_not_change_are_not_found(house: House) -> None:
    folder = a_folder()
    (item,) = registered(images(), folder)
    reader, stranger = (a_person(house, f"{name}@acme.io") for name in ("reader", "stranger"))
    grant(house, "reader@acme.io", f"folder:{folder}", Role.USER)

    answers = [retell((item, {"a": 1}), token=token).body["results"][0] for token in (reader, stranger)]

    assert {(each["status"], each["message"]) for each in answers} == {
        ("error", "There is no item here, or you may not change it.")
    }
    assert ask("GET", f"/v1/items/{item}").body["metadata"] == {}


def test_items_of_a_deleted_folder_are_not_changed(house: House) -> None:
    folder = a_folder()
    (item,) = registered(images(), folder)
    ask("DELETE", f"/v1/folders/{folder}?recursive=true")

    assert retell((item, {"a": 1})).body["results"][0]["status"] == "error"


def test_parts_of_a_group_are_changed_like_items(house: House) -> None:
    row = {"title": "rig", "objectUrl_0": "s3://bkt/0.png", "objectUrl_1": "s3://bkt/1.png"}
    (group,) = registered({"image_groups": [row]})
    member = ask("GET", f"/v1/items/{group}").body["members"][0]

    assert retell((member, {"side": "left"})).body["results"][0]["status"] == "changed"


def test_large_metadata_are_answered_whole_and_by_url(house: House) -> None:
    (item,) = registered(images())
    ask("PATCH", f"/v1/items/{item}", {"metadata": {"log": "x" * 40_000}})

    whole = ask("GET", f"/v1/items/{item}").body

    assert len(whole["metadata"]["log"]) == 40_000
    assert whole["metadata_url"].startswith(f"https://blobs.invalid/items/{item}/told/")


def test_metadata_larger_than_an_answer_are_answered_by_url(house: House) -> None:
    (item,) = registered(images())
    ask("PATCH", f"/v1/items/{item}", {"metadata": {"log": "x" * 4_100_000}})

    whole = ask("GET", f"/v1/items/{item}").body

    assert (whole["metadata"], whole["metadata_url"] is None) == ({}, False)

"""The doorways of folders, items, integrations and upload jobs, called as the gateway calls them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.register import abandon, app, finish, plan, probe, render
from gloss.adapters.memory_media import MemoryMedia
from gloss.domain.access import Role
from tests.builders_media import an_image
from tests.doorway import ADMIN_TOKEN, Answered, House, a_house, a_person, call, grant

MEDIA = {f"s3://bkt/{number}.png": an_image(size=(16 + number, 8)) for number in range(4)}


@pytest.fixture
def house() -> Iterator[House]:
    with a_house(media=MemoryMedia(MEDIA)) as made:
        yield made


def ask(method: str, path: str, body: Any = None, token: str | None = ADMIN_TOKEN, **headers: str) -> Answered:
    return call(app.handler, method, path, body, token, **headers)


def a_folder(**more: Any) -> str:
    return str(ask("POST", "/v1/folders", {"title": "Line 3", **more}).body["id"])


def an_integration(**more: Any) -> str:
    return str(ask("POST", "/v1/integrations", {"title": "bucket", **more}).body["id"])


def rows(*numbers: int) -> dict[str, Any]:
    return {"images": [{"objectUrl": f"s3://bkt/{number}.png"} for number in numbers]}


def run(job_id: str) -> None:
    """The machine's states in order, each called as Step Functions calls it."""
    planned = plan.handler({"job_id": job_id}, None)
    for number in planned["batches"]:
        probe.handler({"job_id": job_id, "number": number}, None)
    for number in planned["renders"]:
        render.handler({"job_id": job_id, "number": number}, None)
    finish.handler({"job_id": job_id}, None)


def registered(folder: str, **body: Any) -> Any:
    job_id = ask("POST", f"/v1/folders/{folder}/data-upload-jobs", body).body["id"]
    run(job_id)
    return ask("GET", f"/v1/data-upload-jobs/{job_id}").body


def test_a_folder_is_made_changed_listed_and_deleted(house: House) -> None:
    folder = a_folder(description="west")

    changed = ask("PATCH", f"/v1/folders/{folder}", {"title": "Line 4"}).body
    listed = ask("GET", "/v1/folders").body["entries"]
    ask("DELETE", f"/v1/folders/{folder}")

    assert (changed["title"], changed["description"], changed["version"]) == ("Line 4", "west", 2)
    assert [each["id"] for each in listed] == [folder]
    assert ask("GET", f"/v1/folders/{folder}").status == 404
    assert ask("GET", "/v1/folders").body["entries"] == []


def test_folders_nest_and_know_their_way_up(house: House) -> None:
    top = a_folder()
    middle = a_folder(parent_id=top)

    low = ask("POST", "/v1/folders", {"title": "low", "parent_id": middle}).body

    assert low["path_to_root"] == [middle, top]
    assert [each["id"] for each in ask("GET", f"/v1/folders?parent_id={top}").body["entries"]] == [middle]


@pytest.mark.parametrize(
    ("body", "path", "status"),
    [
        ({"title": "t" * 300}, "title", 422),
        ({"title": "t", "colour": 1}, "colour", 422),
        ({}, "title", 422),
        ({"title": "t", "metadata": {"$own": 1}}, "metadata.$own", 422),
    ],
)
def test_a_folder_that_breaks_a_rule_is_refused(house: House, body: Any, path: str, status: int) -> None:
    answer = ask("POST", "/v1/folders", body)

    assert (answer.status, answer.body["errors"][0]["path"]) == (status, path)
    assert ask("GET", "/v1/folders").body["entries"] == []


def test_an_integration_is_made_shown_and_tried(house: House) -> None:
    integration = an_integration(default_location="s3://bkt/")

    tried = ask("POST", f"/v1/integrations/{integration}/test", {"url": "0.png", "write": True}).body
    missing = ask("POST", f"/v1/integrations/{integration}/test", {"url": "none.png"}).body

    assert ask("GET", f"/v1/integrations/{integration}").body["external_id"].startswith("gloss-")
    assert ask("GET", "/v1/integrations").body["entries"][0]["id"] == integration
    assert tried["ok"] is True
    assert (missing["ok"], "no object" in missing["checks"][0]["reason"]) == (False, True)


@pytest.mark.parametrize(
    "body",
    [
        {"title": "x", "provider": "azure"},
        {"title": "x", "role_arn": "not an arn"},
        {"title": "x", "default_location": "s3://bkt/no-slash"},
        {"title": "x", "secret": "s"},
    ],
)
def test_an_integration_that_breaks_a_rule_is_refused(house: House, body: Any) -> None:
    assert ask("POST", "/v1/integrations", body).status == 422


def test_a_job_runs_from_manifest_to_items(house: House) -> None:
    folder = a_folder()

    job = registered(folder, manifest=rows(0, 9, 1), integration_id=an_integration(), file_name="m.json")

    counts = [job[f"units_{name}_count"] for name in ("done", "error", "pending", "cancelled")]
    assert (job["status"], counts, job["file_name"]) == ("ERROR", [2, 1, 0, 0], "m.json")
    assert job["unit_errors"][0]["object_urls"] == ["s3://bkt/9.png"]
    assert job["unit_errors"][0]["action_description"] == "Reading object head"
    assert [each["name"] for each in job["items_with_names"]] == ["0.png", "1.png"]


def test_items_are_listed_page_by_page_and_shown_whole(house: House) -> None:
    folder = a_folder()
    registered(folder, manifest=rows(0, 1, 2))

    first = ask("GET", f"/v1/folders/{folder}/items?limit=2").body
    rest = ask("GET", f"/v1/folders/{folder}/items?limit=2&token={first['next_token']}").body
    item = ask("GET", f"/v1/items/{rest['entries'][0]['id']}?signed=true").body

    assert [each["title"] for each in (*first["entries"], *rest["entries"])] == ["0.png", "1.png", "2.png"]
    assert (item["facts"]["width_px"], item["signed_url"]) == (18, "https://media.invalid/2.png?seconds=3600")


def test_an_item_is_changed_and_deleted(house: House) -> None:
    folder = a_folder()
    registered(folder, manifest=rows(0))
    path = f"/v1/items/{ask('GET', f'/v1/folders/{folder}/items').body['entries'][0]['id']}"

    changed = ask("PATCH", path, {"title": "door", "metadata": {"site": "north"}}).body
    ask("DELETE", path)

    assert (changed["title"], changed["metadata"]) == ("door", {"site": "north"})
    assert ask("GET", path).status == 404
    assert ask("GET", f"/v1/folders/{folder}/items").body["entries"] == []


def test_an_inline_manifest_keeps_its_duplicate_keys(house: House) -> None:
    one, two = (json.dumps(rows(number)["images"]) for number in (0, 1))
    text = f'{{"file_name": "x", "manifest": {{"images": {one}, "images": {two}}}, "lenient": false}}'

    job_id = ask("POST", f"/v1/folders/{a_folder()}/data-upload-jobs", text).body["id"]
    run(job_id)

    job = ask("GET", f"/v1/data-upload-jobs/{job_id}").body
    assert job["units_done_count"] == 2
    assert "images" in job["warnings"][0]


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"manifest": '{"images": [}'}, 400, "line 1, column 13"),
        ({"manifest": {"vidoes": []}}, 422, "vidoes"),
        ({"csv": "nothing\n"}, 400, "line 1"),
        ({}, 422, "exactly one"),
        ({"manifest": {}, "speed": 1}, 422, "errors"),
        ({"manifest": {}, "integration_id": "unknown"}, 404, "not see"),
        ({"manifest_key": "manifests/x/y.json"}, 404, "no uploaded manifest"),
        ("{nope", 400, "not JSON"),
    ],
)
def test_a_job_that_breaks_a_rule_is_refused_and_changes_nothing(
    house: House, body: Any, status: int, says: str
) -> None:
    answer = ask("POST", f"/v1/folders/{a_folder()}/data-upload-jobs", body)

    assert (answer.status, says in answer.body["message"]) == (status, True)
    assert not house.ports.machines.started  # type: ignore[attr-defined]


def test_an_uploaded_manifest_starts_a_job(house: House) -> None:
    folder = a_folder()
    upload = ask("POST", f"/v1/folders/{folder}/manifests", {"format": "csv"}).body
    house.ports.blobs.put(upload["manifest_key"], b"ObjectUrl,Image title\ns3://bkt/0.png,\n")

    job = registered(folder, manifest_key=upload["manifest_key"])

    assert (job["status"], job["units_done_count"]) == ("DONE", 1)
    assert "put" in upload["url"]


@pytest.mark.parametrize(
    ("body", "ending"),
    [
        ({}, ".json"),
        ({"format": "ndjson"}, ".ndjson"),
        ({"file_name": "rows.JSONL"}, ".ndjson"),
        ({"file_name": "a.b.csv"}, ".csv"),
        ({"format": "json", "file_name": "rows.csv"}, ".json"),
    ],
)
def test_format_or_name_of_an_upload_decides_how_it_is_read(house: House, body: Any, ending: str) -> None:
    assert ask("POST", f"/v1/folders/{a_folder()}/manifests", body).body["manifest_key"].endswith(ending)


def test_an_upload_whose_name_tells_no_format_is_refused(house: House) -> None:
    refused = ask("POST", f"/v1/folders/{a_folder()}/manifests", {"file_name": "rows.xlsx"})

    assert (refused.status, refused.body["errors"][0]["path"]) == (422, "file_name")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/csv; charset=utf-8", "ObjectUrl,Image title\ns3://bkt/0.png,\ns3://bkt/9.png,\n"),
        (
            "application/x-ndjson",
            '{"kind": "image", "objectUrl": "s3://bkt/0.png"}\n{"kind": "image", "objectUrl": "s3://bkt/9.png"}\n',
        ),
    ],
)
def test_a_table_or_lines_are_taken_as_the_body(house: House, content_type: str, body: str) -> None:
    path = f"/v1/folders/{a_folder()}/data-upload-jobs?ignore_errors=true&file_name=night.txt"

    started = call(app.handler, "POST", path, body, **{"content-type": content_type}).body
    run(started["id"])

    job = ask("GET", f"/v1/data-upload-jobs/{started['id']}").body
    assert (job["status"], job["units_done_count"], job["units_error_count"]) == ("DONE", 1, 1)
    assert job["file_name"] == "night.txt"


def test_a_table_as_the_body_is_refused_as_clearly_as_json(house: House) -> None:
    path, kind = f"/v1/folders/{a_folder()}/data-upload-jobs", {"content-type": "text/csv"}

    assert call(app.handler, "POST", path, "nothing\n", **kind).status == 400
    assert call(app.handler, "POST", f"{path}?speed=1", "ObjectUrl\n", **kind).body["errors"][0]["path"] == "speed"
    assert not house.ports.machines.started  # type: ignore[attr-defined]


def test_a_job_is_cancelled_once(house: House) -> None:
    job_id = ask("POST", f"/v1/folders/{a_folder()}/data-upload-jobs", {"manifest": rows(0)}).body["id"]

    assert ask("POST", f"/v1/data-upload-jobs/{job_id}/cancel", {}).body["status"] == "CANCELLED"
    assert ask("POST", f"/v1/data-upload-jobs/{job_id}/cancel", {}).status == 409


def test_errors_are_a_list_of_their_own(house: House) -> None:
    folder = a_folder()
    job = registered(folder, manifest=rows(7, 8, 9))
    path = f"/v1/data-upload-jobs/{job['id']}/errors"

    first = ask("GET", f"{path}?limit=2").body
    rest = ask("GET", f"{path}?limit=2&token={first['next_token']}").body

    assert [len(first["entries"]), len(rest["entries"]), rest["next_token"]] == [2, 1, None]
    assert ask("GET", f"{path}?token=made-up").status == 400


def test_a_report_of_every_row_is_behind_a_signed_url(house: House) -> None:
    job = registered(a_folder(), manifest=rows(0, 9))

    report = ask("GET", f"/v1/data-upload-jobs/{job['id']}/report").body

    assert (report["partial"], report["batches"], report["batches_total"]) == (False, 1, 1)
    assert f"registration-{job['id']}.ndjson" in report["url"]


def test_a_registration_that_broke_off_says_so(house: House) -> None:
    job_id = ask("POST", f"/v1/folders/{a_folder()}/data-upload-jobs", {"manifest": rows(0)}).body["id"]

    abandon.handler({"job_id": job_id, "error": {"Error": "States.Timeout", "Cause": "slow"}}, None)

    job = ask("GET", f"/v1/data-upload-jobs/{job_id}").body
    assert (job["status"], "States.Timeout" in job["reason"]) == ("ERROR", True)


def test_a_stranger_finds_nothing_and_a_user_may_only_read(house: House) -> None:
    folder, token = a_folder(), a_person(house, "bob@acme.io")
    job_id = ask("POST", f"/v1/folders/{folder}/data-upload-jobs", {"manifest": rows(0)}).body["id"]
    paths = (f"/v1/folders/{folder}", f"/v1/data-upload-jobs/{job_id}")

    assert [ask("GET", path, token=token).status for path in paths] == [404, 404]
    grant(house, "bob@acme.io", f"folder:{folder}", Role.USER)
    assert [ask("GET", path, token=token).status for path in paths] == [200, 200]
    assert ask("POST", f"/v1/data-upload-jobs/{job_id}/cancel", {}, token=token).status == 403
    assert ask("POST", f"/v1/folders/{folder}/data-upload-jobs", {"manifest": {}}, token=token).status == 403


def test_nobody_chooses_the_external_id_of_an_integration(house: House) -> None:
    refused = ask("POST", "/v1/integrations", {"title": "S3", "external_id": "another-tenants"})

    assert (refused.status, refused.body["errors"][0]["path"]) == (422, "external_id")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"provider": "s3_compatible", "title": "x", "secret": {"access_key_id": "a"}}, "secret.secret_access_key"),
        ({"provider": "otc", "title": "x", "region": 5}, "region"),
        ({"provider": "ftp", "title": "x"}, "body"),
        ({"provider": "https"}, "title"),
        ({"provider": "https", "title": "x", "origin": "https://example.com:99999"}, "origin"),
    ],
)
def test_a_wrong_integration_is_refused_at_its_own_path(house: House, body: Any, path: str) -> None:
    refused = ask("POST", "/v1/integrations", body)

    assert (refused.status, path in [each["path"] for each in refused.body["errors"]]) == (422, True)
    assert ask("GET", "/v1/integrations").body["entries"] == []

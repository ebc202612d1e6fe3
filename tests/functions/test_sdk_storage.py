"""What the public SDK is refused of folders, items, uploads and datasets, and what it may see of others'."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from functions.sdk.app import handler
from gloss.adapters.memory_inbox import MemoryInbox
from gloss.adapters.memory_media import MemoryMedia
from gloss.adapters.s3uploads import WithUploads
from gloss.domain.access import Role
from tests.builders_media import an_image
from tests.doorway import ADMIN_TOKEN, Answered, House, a_house, a_person, call, grant
from tests.functions.test_register_doorways import an_integration, run
from tests.functions.test_upload_doorways import InboxMedia

MEDIA = {f"s3://bkt/{number}.png": an_image(size=(16 + number, 8)) for number in range(4)}
NOBODYS = str(UUID(int=0))
PICTURE = an_image(size=(31, 17))


@pytest.fixture
def inbox() -> MemoryInbox:
    return MemoryInbox()


@pytest.fixture
def house(inbox: MemoryInbox) -> Iterator[House]:
    with a_house(media=WithUploads(MemoryMedia(MEDIA), InboxMedia(inbox), "own"), inbox=inbox) as made:
        yield made


def ask(method: str, path: str, body: Any = None, token: str = ADMIN_TOKEN) -> Answered:
    return call(handler, method, f"/v2/public/{path}", body, token)


def legacy(dataset: str, query_type: str, method: str, payload: Any = None, uid: Any = None) -> Any:
    body = {"query_type": query_type, "query_method": method, "values": {"uid": uid, "payload": payload}}
    return call(handler, "POST", "/public", body, resourcetype="dataset", resourceid=dataset).body


def a_folder(**more: Any) -> str:
    return str(ask("POST", "storage/folders", {"name": "inbox", **more}).body["uuid"])


def registered(folder: str, *numbers: int) -> list[str]:
    files = {"images": [{"objectUrl": f"s3://bkt/{number}.png"} for number in numbers]}
    body = {"externalFiles": files, "integrationHash": an_integration()}
    run(ask("POST", f"storage/folders/{folder}/data-upload-jobs", body).body)
    return [each["uuid"] for each in ask("GET", f"storage/folders/{folder}/items").body["results"]]


def test_a_viewer_looks_and_changes_nothing(house: House) -> None:
    folder, viewer = a_folder(), a_person(house, "eve@acme.io")
    item = registered(folder, 0)[0]
    grant(house, "eve@acme.io", f"folder:{folder}", Role.VIEWER)

    seen = ask("GET", f"storage/items/{item}", token=viewer)
    changed = ask("PATCH", f"storage/folders/{folder}/items/{item}", {"name": "x"}, viewer)
    bulk = ask("PATCH", "storage/items/patch-bulk", {"itemPatches": {item: {"name": "x"}}}, viewer)
    removed = ask("POST", f"storage/folders/{folder}/items/delete", {"childUuids": [item]}, viewer)

    assert (seen.status, changed.status, bulk.status, removed.status) == (200, 403, 403, 403)
    assert ask("GET", f"storage/items/{item}").body["name"] == "0.png"


def test_items_of_strangers_are_as_if_they_were_not(house: House) -> None:
    stranger, folder = a_person(house, "eve@acme.io"), a_folder()
    item = registered(folder, 0)[0]

    for method, path, body in (
        ("GET", f"storage/items/{item}", None),
        ("POST", "storage/items/get-bulk", {"itemUuids": [item]}),
        ("GET", f"storage/folders/{folder}/items", None),
    ):
        assert ask(method, path, body, stranger).status == 403
    assert ask("GET", "storage/search/items", token=stranger).body["results"] == []
    assert ask("GET", "storage/search/folders", token=stranger).body["results"] == []


@pytest.mark.parametrize("path", ["", "/summary", "/child-items"])
def test_an_item_is_found_only_under_its_own_folder(house: House, path: str) -> None:
    item, other = registered(a_folder(), 0)[0], a_folder()
    method = "GET" if path else "PATCH"

    assert ask(method, f"storage/folders/{other}/items/{item}{path}", None if path else {}).status == 403


def test_a_change_that_one_item_refuses_changes_none(house: House) -> None:
    first, second = registered(a_folder(), 0, 1)
    patches = {first: {"name": "renamed"}, second: {"clientMetadata": {"$own": 1}}}

    answer = ask("PATCH", "storage/items/patch-bulk", {"itemPatches": patches})

    assert (answer.status, second in answer.body["message"]) == (400, True)
    assert ask("GET", f"storage/items/{first}").body["name"] == "0.png"


def test_items_stay_in_a_backing_folder_unless_that_is_said(house: House) -> None:
    made = ask("POST", "datasets", {"title": "d", "createBackingFolder": True}).body
    folder, goal = made["backingFolderUuid"], a_folder()
    items = registered(folder, 0)
    moving = {"itemUuids": items, "newParentUuid": goal}

    kept = ask("POST", f"storage/folders/{folder}/items/move", moving)
    moved = ask("POST", f"storage/folders/{folder}/items/move", {**moving, "allowSyncedDatasetMove": True})

    assert (kept.status, moved.status) == (400, 200)
    assert legacy(made["datasetUuid"], "dataset", "GET")["response"]["data_rows"] == []


def test_a_folder_cannot_be_moved_into_itself(house: House) -> None:
    folder = a_folder()

    answer = ask("POST", "storage/folders/move", {"folderUuids": [folder], "newParentUuid": folder})

    assert answer.status == 400


@pytest.mark.parametrize("said", ["{", "[]", '"text"'])
def test_metadata_of_a_folder_are_an_object(house: House, said: str) -> None:
    answer = ask("POST", "storage/folders", {"name": "inbox", "clientMetadata": said})

    assert (answer.status, "clientMetadata" in answer.body["message"]) == (400, True)


@pytest.mark.parametrize("query", ["pageSize=0", "pageSize=1001", "pageSize=x", "isRecursive=maybe"])
def test_a_query_that_cannot_be_read_is_refused(house: House, query: str) -> None:
    assert ask("GET", f"storage/folders?{query}").status == 400


@pytest.mark.parametrize("kind", ["scene", "imageGroup", "nothing"])
def test_uploads_of_other_kinds_are_not_offered(house: House, kind: str) -> None:
    wanted = {"itemType": kind, "count": 1}

    assert ask("POST", f"storage/folders/{a_folder()}/upload-signed-urls", wanted).status == 405


def test_an_upload_that_never_came_is_a_unit_that_failed(house: House) -> None:
    folder = a_folder()
    told = ask("POST", f"storage/folders/{folder}/upload-signed-urls", {"itemType": "image", "count": 1}).body

    job = ask("POST", f"storage/folders/{folder}/data-upload-jobs", _image(told["results"][0]["objectKey"])).body

    run(job)
    assert ask("GET", f"storage/folders/{folder}/items").body["results"] == []


def test_an_upload_for_any_folder_is_its_makers_alone(house: House, inbox: MemoryInbox) -> None:
    other, mine = a_person(house, "eve@acme.io"), a_folder()
    theirs = str(ask("POST", "storage/folders", {"name": "theirs"}, other).body["uuid"])
    told = ask("GET", "presigned-urls?count=1&uploadItemType=image").body["results"][0]
    inbox.put(told["signedUrl"], PICTURE)

    for folder, token in ((theirs, other), (mine, ADMIN_TOKEN)):
        run(ask("POST", f"storage/folders/{folder}/data-upload-jobs", _image(told["objectKey"]), token).body)

    assert ask("GET", f"storage/folders/{theirs}/items", token=other).body["results"] == []
    assert len(ask("GET", f"storage/folders/{mine}/items").body["results"]) == 1


def test_an_upload_keeps_what_its_client_sent(house: House, inbox: MemoryInbox) -> None:
    folder = a_folder()
    wanted = {"itemType": "image", "count": 3}

    told = ask("POST", f"storage/folders/{folder}/upload-signed-urls", wanted).body["results"]

    assert len({each["itemUuid"] for each in told}) == 3
    assert all("Content-Type" not in each["uploadHeaders"] for each in told)


def test_a_dataset_without_a_folder_asks_for_one(house: House) -> None:
    made = ask("POST", "datasets", {"title": "d", "createBackingFolder": False}).body

    answer = legacy(made["datasetUuid"], "datasetdatalongpolling", "POST", {"files": {"images": []}})

    assert (answer["status"], answer["response"]) == (400, ["INVALID_ARGUMENTS_ERROR"])
    assert "folderUuid" in answer["payload"]


@pytest.mark.parametrize(
    ("query_type", "method", "payload", "uid"),
    [
        ("datarow", "GET", {}, NOBODYS),
        ("datarow", "POST", {"data_title": "x"}, NOBODYS),
        ("video", "DELETE", None, [NOBODYS]),
        ("datasetdatalongpolling", "GET", {"process_hash": NOBODYS}, None),
        ("datasetlinkitems", "POST", {"item_uuids": [NOBODYS]}, None),
    ],
)
def test_what_a_dataset_has_not_is_refused(house: House, query_type: str, method: str, payload: Any, uid: Any) -> None:
    dataset = ask("POST", "datasets", {"title": "d"}).body["datasetUuid"]

    answer = legacy(dataset, query_type, method, payload, uid)

    assert (answer["status"], answer["response"]) == (403, ["AUTHORISATION_ERROR"])


def test_titles_change_together_or_not_at_all(house: House) -> None:
    dataset = ask("POST", "datasets", {"title": "d"}).body["datasetUuid"]
    rows = legacy(dataset, "datasetlinkitems", "POST", {"item_uuids": registered(a_folder(), 0)})["response"]
    wanted = [{"video_hash": hash_, "title": "new"} for hash_ in (rows[0]["data_hash"], NOBODYS)]

    answer = legacy(dataset, "video", "POST", wanted)

    kept = legacy(dataset, "dataset", "GET")["response"]["data_rows"][0]["data_title"]
    assert (answer["status"], kept == "new") == (403, False)


def test_duplicates_are_treated_in_known_ways_only(house: House) -> None:
    dataset = ask("POST", "datasets", {"title": "d"}).body["datasetUuid"]
    payload = {"item_uuids": registered(a_folder(), 0), "duplicates_behavior": "MAYBE"}

    assert legacy(dataset, "datasetlinkitems", "POST", payload)["status"] == 400


def test_strangers_become_nobodys_colleagues(house: House) -> None:
    dataset = ask("POST", "datasets", {"title": "d"}).body["datasetUuid"]
    payload = {"user_emails": ["nobody@acme.io"], "user_role": 1}

    assert legacy(dataset, "datasetusers", "POST", payload)["status"] == 400
    assert legacy(dataset, "datasetusers", "POST", {**payload, "user_role": 7})["status"] == 400
    assert len(ask("GET", f"datasets/{dataset}/users").body["results"]) == 1


def test_a_dataset_keeps_its_last_admin(house: House) -> None:
    dataset = ask("POST", "datasets", {"title": "d"}).body["datasetUuid"]

    answer = ask("POST", f"datasets/{dataset}/users/bulk-delete", {"userEmails": ["admin@acme.io"]})

    assert answer.status == 400


def _image(url: str) -> dict[str, Any]:
    return {"dataItems": {"images": [{"objectUrl": url, "title": "door"}]}}

"""Direct uploads from the announcement to the item, called as the gateway calls them."""

from collections.abc import Iterator
from typing import Any

import pytest

from gloss.adapters.memory_inbox import MemoryInbox
from gloss.adapters.memory_media import MemoryMedia
from gloss.adapters.s3uploads import WithUploads
from gloss.domain.access import Role
from gloss.domain.uploads import LARGEST_BYTES
from tests.builders_media import an_image
from tests.doorway import House, a_house, a_person, grant
from tests.functions.test_register_doorways import a_folder, an_integration, ask, registered, run

PICTURE = an_image(size=(31, 17))


class InboxMedia(MemoryMedia):
    """The inbox's files as media, as the bucket shows them."""

    def __init__(self, inbox: MemoryInbox) -> None:
        super().__init__({})
        self._inbox = inbox

    def _object(self, url: str) -> bytes:
        self.objects = {f"s3://own/{key}": body for key, body in self._inbox.files.items()}
        return super()._object(url)


@pytest.fixture
def inbox() -> MemoryInbox:
    return MemoryInbox()


@pytest.fixture
def house(inbox: MemoryInbox) -> Iterator[House]:
    media = WithUploads(MemoryMedia({}), InboxMedia(inbox), "own")
    with a_house(media=media, inbox=inbox) as made:
        yield made


def announced(folder: str, **more: Any) -> Any:
    wanted = {"file_name": "door.png", "kind": "image", "size_bytes": len(PICTURE), "content_type": "image/png"}
    return ask("POST", f"/v1/folders/{folder}/uploads", {**wanted, **more}).body


def uploaded(folder: str, inbox: MemoryInbox, **more: Any) -> Any:
    upload = announced(folder, **more)
    inbox.put(upload["url"], PICTURE)
    return upload


def completion(folder: str, upload: Any, body: Any = None, **more: Any) -> Any:
    return ask("POST", f"/v1/folders/{folder}/uploads/{upload['id']}/complete", body or {}, **more)


def items_in(folder: str) -> list[Any]:
    return list(ask("GET", f"/v1/folders/{folder}/items").body["entries"])


def test_an_uploaded_picture_becomes_an_item_with_facts(house: House, inbox: MemoryInbox) -> None:
    folder = a_folder()
    upload = uploaded(folder, inbox)

    job = completion(folder, upload, {"title": "Door", "metadata": {"site": "north"}})
    run(job.body["id"])

    (item,) = items_in(folder)
    assert (item["title"], item["metadata"], item["facts"]["width_px"]) == ("Door", {"site": "north"}, 31)
    assert (item["url"], item["job_id"]) == (upload["object_url"], job.body["id"])
    assert "uploads/" in ask("GET", f"/v1/items/{item['id']}?signed=true").body["signed_url"]
    assert [key.rpartition("/")[2] for key in inbox.kept] == ["door.png"]


def test_completing_twice_starts_one_job(house: House, inbox: MemoryInbox) -> None:
    folder = a_folder()
    upload = uploaded(folder, inbox)

    first, second = (completion(folder, upload, {"title": title}).body for title in ("one", "two"))
    run(first["id"])

    assert first["id"] == second["id"]
    assert [item["title"] for item in items_in(folder)] == ["one"]


def test_a_kept_upload_may_stand_in_a_manifest(house: House, inbox: MemoryInbox) -> None:
    folder = a_folder()
    urls = [uploaded(folder, inbox)["object_url"] for _ in range(2)]
    for url in urls:
        ask("POST", f"/v1/folders/{folder}/uploads/{url.split('/')[4]}/keep", {})

    job = registered(
        folder, manifest={"image_groups": [{"title": "g", "objectUrl_0": urls[0], "objectUrl_1": urls[1]}]}
    )

    assert (job["status"], len(items_in(folder)[0]["members"])) == ("DONE", 2)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"size_bytes": 0}, "size_bytes"),
        ({"size_bytes": LARGEST_BYTES + 1}, "size_bytes"),
        ({"kind": "image_group"}, "kind"),
        ({"content_type": "image/png\r\nx: y"}, "content_type"),
        ({"file_name": ""}, "file_name"),
    ],
)
def test_an_announcement_that_breaks_a_rule_is_refused(house: House, body: Any, path: str) -> None:
    wanted = {"file_name": "a.png", "kind": "image", "size_bytes": 1, **body}

    answer = ask("POST", f"/v1/folders/{a_folder()}/uploads", wanted)

    assert (answer.status, answer.body["errors"][0]["path"]) == (422, path)


def test_what_did_not_come_or_came_in_part_is_not_registered(house: House, inbox: MemoryInbox) -> None:
    folder = a_folder()
    missing, short = announced(folder), announced(folder)
    inbox.put(short["url"], PICTURE[:-1])

    assert (completion(folder, missing).status, completion(folder, short).status) == (409, 422)
    assert not inbox.kept
    assert not house.ports.machines.started  # type: ignore[attr-defined]


def test_a_file_that_lies_about_its_kind_fails_as_a_unit(house: House, inbox: MemoryInbox) -> None:
    folder = a_folder()
    upload = uploaded(folder, inbox, kind="pdf", file_name="door.pdf")

    job_id = completion(folder, upload).body["id"]
    run(job_id)

    assert ask("GET", f"/v1/data-upload-jobs/{job_id}").body["units_error_count"] == 1


def hostile(url: str) -> list[str]:
    return [
        url.replace("door.png", "../door.png"),
        url.replace("door.png", "%64oor.png"),
        f"{url}?versionId=null",
        f"{url}/",
        url.replace("gloss-upload", "GLOSS-UPLOAD"),
        url.replace("gloss-upload://", "s3://own/uploads/"),
        "gloss-upload://../exports/x/y",
    ]


def test_no_hostile_spelling_of_an_upload_is_registered(house: House, inbox: MemoryInbox) -> None:
    folder = a_folder()
    upload = uploaded(folder, inbox)
    completion(folder, upload)
    urls = hostile(upload["object_url"])

    job = registered(folder, manifest={"images": [{"objectUrl": url} for url in urls]})

    assert (job["units_error_count"], job["units_done_count"]) == (len(urls), 0)


def test_uploads_of_another_folder_are_closed(house: House, inbox: MemoryInbox) -> None:
    theirs, mine = a_folder(), a_folder()
    upload = uploaded(theirs, inbox)
    ask("POST", f"/v1/folders/{theirs}/uploads/{upload['id']}/keep", {})

    job = registered(mine, manifest={"images": [{"objectUrl": upload["object_url"]}]})

    assert job["units_error_count"] == 1
    assert completion(mine, upload).status == 404


def test_an_upload_that_is_not_kept_is_not_registered(house: House, inbox: MemoryInbox) -> None:
    folder = a_folder()
    upload = uploaded(folder, inbox)

    job = registered(folder, manifest={"images": [{"objectUrl": upload["object_url"]}]})

    assert "complete or keep it first" in job["unit_errors"][0]["error"]


def test_a_job_with_an_integration_reads_no_uploads(house: House, inbox: MemoryInbox) -> None:
    folder = a_folder()
    upload = uploaded(folder, inbox)
    ask("POST", f"/v1/folders/{folder}/uploads/{upload['id']}/keep", {})

    manifest = {"images": [{"objectUrl": upload["object_url"]}]}
    job = registered(folder, manifest=manifest, integration_id=an_integration())

    assert job["units_error_count"] == 1


def test_only_an_admin_of_the_folder_uploads(house: House, inbox: MemoryInbox) -> None:
    folder, token = a_folder(), a_person(house, "bob@acme.io")
    upload = uploaded(folder, inbox)
    wanted = {"file_name": "a.png", "kind": "image", "size_bytes": 1}

    assert ask("POST", f"/v1/folders/{folder}/uploads", wanted, token=token).status == 404
    grant(house, "bob@acme.io", f"folder:{folder}", Role.USER)
    assert ask("POST", f"/v1/folders/{folder}/uploads", wanted, token=token).status == 403
    assert completion(folder, upload, token=token).status == 403

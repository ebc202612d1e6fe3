"""The doorways of cloud-synced folders, called as the gateway calls them."""

from collections.abc import Iterator
from typing import Any

import pytest

from functions.register import app
from gloss.adapters.memory_media import MemoryMedia
from gloss.adapters.timetables import MemoryTimetable
from gloss.domain.access import Role
from tests.doorway import ADMIN_TOKEN, Answered, House, a_house, a_person, call, grant
from tests.walk import walk

MEDIA = {"s3://bkt/raw/a.txt": b"one", "s3://bkt/raw/a.txt.meta": b"[]", "s3://bkt/raw/lie.png": b"no image"}


@pytest.fixture
def timetable() -> MemoryTimetable:
    return MemoryTimetable()


@pytest.fixture
def house(timetable: MemoryTimetable) -> Iterator[House]:
    with a_house(media=MemoryMedia(MEDIA), timetable=timetable) as made:
        yield made


def ask(method: str, path: str, body: Any = None, token: str | None = ADMIN_TOKEN) -> Answered:
    return call(app.handler, method, path, body, token)


def a_link(**more: Any) -> dict[str, Any]:
    integration = ask("POST", "/v1/integrations", {"title": "bucket"}).body["id"]
    return {"integration_id": integration, "url": "s3://bkt/raw", "sidecars": {"suffix": ".meta"}, **more}


def a_folder(**more: Any) -> str:
    return str(ask("POST", "/v1/folders", {"title": "Mirror", "link": a_link(**more)}).body["id"])


def run(folder: str) -> Any:
    """The latest sync walked to its end."""
    sync = ask("GET", f"/v1/folders/{folder}/sync").body["id"]
    walk("folder_sync", "register", {"folder_id": folder}, sync)
    return ask("GET", f"/v1/folders/{folder}/sync").body


def test_a_linked_folder_says_what_it_mirrors(house: House) -> None:
    folder = ask("GET", f"/v1/folders/{a_folder()}").body

    assert (folder["folder_type"], folder["link"]["url"]) == ("CLOUD_LINKED", "s3://bkt/raw/")
    assert folder["link"]["sidecars"] == {"suffix": ".meta", "paused": False}
    assert ask("POST", "/v1/folders", {"title": "plain"}).body["folder_type"] == "GENERIC"


def test_a_sync_is_started_followed_and_its_problems_listed(house: House) -> None:
    folder = a_folder()
    begun = ask("POST", f"/v1/folders/{folder}/sync").body
    again = ask("POST", f"/v1/folders/{folder}/sync").body

    done = run(folder)

    problems = ask("GET", f"/v1/folders/{folder}/syncs/{done['id']}/problems").body["entries"]
    counts = [done[name] for name in ("scanned", "new", "errors", "warnings", "pending")]
    assert (begun["status"], again["id"], done["status"]) == ("PENDING", begun["id"], "DONE")
    assert counts == [3, 1, 1, 1, 0]
    assert {problem["key"]: problem["status"] for problem in problems} == {"lie.png": "failed", "a.txt.meta": "warned"}


def test_problems_are_listed_page_by_page(house: House) -> None:
    folder = a_folder()
    ask("POST", f"/v1/folders/{folder}/sync")
    path = f"/v1/folders/{folder}/syncs/{run(folder)['id']}/problems"

    first = ask("GET", f"{path}?limit=1").body
    rest = ask("GET", f"{path}?limit=1&token={first['next_token']}").body

    assert {page["entries"][0]["key"] for page in (first, rest)} == {"lie.png", "a.txt.meta"}
    assert ask("GET", f"{path}?token=made-up").status == 400


def test_a_sync_is_cancelled_resumed_and_in_the_history(house: House) -> None:
    folder = a_folder()
    sync = ask("POST", f"/v1/folders/{folder}/sync").body["id"]

    cancelled = ask("POST", f"/v1/folders/{folder}/sync/cancel").body
    resumed = ask("POST", f"/v1/folders/{folder}/sync/resume").body

    assert (cancelled["status"], resumed["status"], resumed["id"]) == ("CANCELLED", "PENDING", sync)
    assert ask("POST", f"/v1/folders/{folder}/sync/resume").status == 409
    assert [each["id"] for each in ask("GET", f"/v1/folders/{folder}/syncs").body["entries"]] == [sync]
    assert ask("GET", f"/v1/folders/{folder}/syncs/{sync}").body["status"] == "PENDING"


def test_a_daily_folder_stands_in_the_timetable_while_it_is_there(house: House, timetable: MemoryTimetable) -> None:
    folder = a_folder(daily=True)
    standing = set(timetable.daily)

    ask("PUT", f"/v1/folders/{folder}/sync/settings", {"daily": False})
    off = set(timetable.daily)
    changed = ask("PUT", f"/v1/folders/{folder}/sync/settings", {"daily": True, "sidecars": {"paused": True}}).body
    ask("DELETE", f"/v1/folders/{folder}")

    assert (standing, off, set(timetable.daily)) == ({f"folder-{folder}"}, set(), set())
    assert (changed["link"]["url"], changed["link"]["sidecars"]["paused"]) == ("s3://bkt/raw/", True)


@pytest.mark.parametrize(
    ("more", "status", "path"),
    [
        ({"url": "ftp://x/y"}, 422, "link.url"),
        ({"url": ""}, 422, "link.url"),
        ({"sidecars": {"suffix": ""}}, 422, "link.sidecars.suffix"),
        ({"sidecars": {"suffix": "x" * 129}}, 422, "link.sidecars.suffix"),
        ({"colour": 1}, 422, "link.colour"),
        ({"integration_id": "none"}, 404, None),
    ],
)
def test_a_link_that_breaks_a_rule_makes_no_folder(house: House, more: Any, status: int, path: str | None) -> None:
    refused = ask("POST", "/v1/folders", {"title": "Mirror", "link": a_link(**more)})

    assert refused.status == status
    assert path is None or refused.body["errors"][0]["path"] == path
    assert ask("GET", "/v1/folders").body["entries"] == []


def test_the_url_and_integration_of_a_synced_folder_never_change(house: House) -> None:
    folder = a_folder()

    assert ask("PATCH", f"/v1/folders/{folder}", {"link": {"url": "s3://bkt/other/"}}).status == 422
    assert ask("PUT", f"/v1/folders/{folder}/sync/settings", {"url": "s3://bkt/other/"}).status == 422
    assert ask("GET", f"/v1/folders/{folder}").body["link"]["url"] == "s3://bkt/raw/"


def test_manifests_for_a_synced_folder_are_refused_with_the_reason(house: House) -> None:
    folder = a_folder()

    for path, body in (("data-upload-jobs", {"manifest": {"images": []}}), ("manifests", {})):
        refused = ask("POST", f"/v1/folders/{folder}/{path}", body)
        assert (refused.status, "mirrors s3://bkt/raw/" in refused.body["message"]) == (409, True)


def test_a_plain_folder_has_no_syncs(house: House) -> None:
    plain = ask("POST", "/v1/folders", {"title": "plain"}).body["id"]

    assert ask("POST", f"/v1/folders/{plain}/sync").status == 409
    assert ask("GET", f"/v1/folders/{plain}/sync").status == 404
    assert ask("PUT", f"/v1/folders/{plain}/sync/settings", {"daily": True}).status == 409


def test_who_may_only_read_sees_syncs_and_starts_none(house: House) -> None:
    folder, token = a_folder(), a_person(house, "bob@acme.io")
    ask("POST", f"/v1/folders/{folder}/sync")

    hidden = ask("GET", f"/v1/folders/{folder}/sync", token=token)
    grant(house, "bob@acme.io", f"folder:{folder}", Role.USER)

    assert hidden.status == 404
    assert ask("GET", f"/v1/folders/{folder}/sync", token=token).status == 200
    assert ask("POST", f"/v1/folders/{folder}/sync", token=token).status == 403

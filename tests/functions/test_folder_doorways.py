"""The doorways of folders and items: moving, deleting, summaries and search, called as the gateway calls them."""

from collections.abc import Iterator
from typing import Any

import pytest

from gloss.adapters.memory_media import MemoryMedia
from gloss.domain.access import Role
from tests.builders_media import an_image
from tests.doorway import ADMIN_TOKEN, House, a_house, a_person, grant
from tests.functions.test_register_doorways import a_folder, ask, registered, rows

MEDIA = {f"s3://bkt/{number}.png": an_image(size=(16 + number, 8)) for number in range(4)}


@pytest.fixture
def house() -> Iterator[House]:
    with a_house(media=MemoryMedia(MEDIA)) as made:
        yield made


def items_in(folder: str, **query: Any) -> list[Any]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return list(ask("GET", f"/v1/folders/{folder}/items?{asked}").body["entries"])


def titles(answer: Any) -> list[str]:
    return [each["title"] for each in answer.body["entries"]]


def test_a_folder_moves_and_its_path_follows(house: House) -> None:
    top, other = a_folder(), a_folder()
    low = a_folder(parent_id=top)

    moved = ask("PATCH", f"/v1/folders/{low}", {"parent_id": other})
    ring = ask("PATCH", f"/v1/folders/{other}", {"parent_id": low})
    up = ask("PATCH", f"/v1/folders/{low}", {"parent_id": None})

    assert (moved.body["path_to_root"], ring.status, up.body["path_to_root"]) == ([other], 409, [])


def test_folders_on_top_are_listed_by_title(house: House) -> None:
    low, top = a_folder(title="b"), a_folder(title="a")
    a_folder(title="c", parent_id=top)

    assert [each["id"] for each in ask("GET", "/v1/folders?parent_id=top").body["entries"]] == [top, low]


def test_a_full_folder_is_deleted_when_asked_and_restored(house: House) -> None:
    folder = a_folder()
    registered(folder, manifest=rows(0))

    refused = ask("DELETE", f"/v1/folders/{folder}")
    done = ask("DELETE", f"/v1/folders/{folder}?recursive=true")
    hidden = ask("GET", f"/v1/folders/{folder}/items").status
    restored = ask("POST", f"/v1/folders/{folder}/restore", {})

    assert (refused.status, "recursive=true" in refused.body["message"], done.status) == (409, True, 200)
    assert (hidden, restored.status, len(items_in(folder))) == (404, 200, 1)


def test_a_summary_counts_items_bytes_and_folders(house: House) -> None:
    folder = a_folder()
    a_folder(parent_id=folder)
    registered(folder, manifest=rows(0, 1))

    summary = ask("GET", f"/v1/folders/{folder}/summary").body

    sizes = [each["facts"]["size_bytes"] for each in items_in(folder)]
    assert summary == {"items": {"image": 2}, "size_bytes": sum(sizes), "folders": 1}


def test_items_move_and_go_many_at_once(house: House) -> None:
    folder, other = a_folder(), a_folder()
    registered(folder, manifest=rows(0, 1, 2))
    ids = [each["id"] for each in items_in(folder)]

    moved = ask("POST", "/v1/items/move", {"item_ids": [*ids[:2], "none"], "folder_id": other}).body
    gone = ask("POST", "/v1/items/delete", {"item_ids": [ids[2]]}).body

    assert (moved["done"], [each["item_id"] for each in moved["refused"]]) == (ids[:2], ["none"])
    assert (gone["done"], items_in(folder), len(items_in(other))) == ([ids[2]], [], 2)


@pytest.mark.parametrize("body", [{"item_ids": []}, {"item_ids": ["x"] * 1001}, {}, {"item_ids": ["x"], "all": True}])
def test_a_list_of_items_that_breaks_a_rule_is_refused(house: House, body: Any) -> None:
    assert ask("POST", "/v1/items/delete", body).status == 422


def test_items_are_listed_in_every_order(house: House) -> None:
    folder = a_folder()
    manifest = [{"objectUrl": f"s3://bkt/{number}.png", "title": title} for number, title in enumerate("bCa")]
    registered(folder, manifest={"images": manifest})

    orders = {"created": "bCa", "-created": "aCb", "title": "abC", "-title": "Cba"}

    for order, expected in orders.items():
        first = ask("GET", f"/v1/folders/{folder}/items?order={order}&limit=2")
        rest = ask("GET", f"/v1/folders/{folder}/items?order={order}&limit=2&token={first.body['next_token']}")
        assert "".join(titles(first) + titles(rest)) == expected
    assert ask("GET", f"/v1/folders/{folder}/items?order=size").status == 422


def test_members_of_a_group_are_listed_in_their_order(house: House) -> None:
    folder = a_folder()
    group = {"title": "rig", "objectUrl_0": "s3://bkt/2.png", "objectUrl_1": "s3://bkt/0.png"}
    registered(folder, manifest={"image_groups": [group]})
    path = f"/v1/items/{items_in(folder)[0]['id']}/members"

    first = ask("GET", f"{path}?limit=1")
    rest = ask("GET", f"{path}?limit=1&token={first.body['next_token']}")

    assert (titles(first), titles(rest), rest.body["next_token"]) == (["2.png"], ["0.png"], None)
    assert [ask("GET", f"{path}?token={token}").status for token in ("x", "9", "²")] == [400, 400, 400]


def test_items_are_found_by_what_is_known_of_them(house: House) -> None:
    folder = a_folder()
    images = [{"objectUrl": f"s3://bkt/{n}.png", "title": f"Door {n}", "clientMetadata": {"n": n}} for n in range(4)]
    registered(folder, manifest={"images": images})

    def found(**search: Any) -> str:
        answer = ask("POST", "/v1/items/search", search)
        return "".join(title[-1] for title in titles(answer))

    assert found(title_prefix="door 2") == "2"
    assert found(title_contains="OR 3", folder_id=folder) == "3"
    assert found(metadata={"n": 1}) == "1"
    assert (found(kinds=["video"]), found(kinds=["image"], order="-title")) == ("", "3210")
    assert found(created_before="2026-01-01T00:00:00Z") == ""
    assert found(created_from="2026-01-01T00:00:00Z") == "0123"


def test_nobody_finds_what_they_may_not_see(house: House) -> None:
    seen, hidden = a_folder(title="seen"), a_folder(title="hidden")
    inside = a_folder(title="inside", parent_id=hidden)
    registered(inside, manifest=rows(0))
    registered(seen, manifest=rows(1))
    token = a_person(house, "bob@acme.io")
    grant(house, "bob@acme.io", f"folder:{seen}", Role.USER)

    assert titles(ask("POST", "/v1/items/search", {}, token=token)) == ["1.png"]
    assert titles(ask("POST", "/v1/folders/search", {}, token=token)) == ["seen"]
    assert titles(ask("GET", "/v1/folders?parent_id=top", token=token)) == ["seen"]
    assert ask("POST", "/v1/items/search", {"folder_id": hidden, "recursive": True}, token=token).status == 404
    assert len(titles(ask("POST", "/v1/items/search", {}, token=ADMIN_TOKEN))) == 2


def test_folders_are_found_by_title_below_one_another(house: House) -> None:
    top = a_folder(title="Plant")
    hall = a_folder(title="Hall 1", parent_id=top)
    a_folder(title="hall 2", parent_id=hall)
    a_folder(title="Hall 3")

    def found(**search: Any) -> list[str]:
        return titles(ask("POST", "/v1/folders/search", search))

    assert found(title_prefix="HALL") == ["Hall 1", "hall 2", "Hall 3"]
    assert found(title_contains="all", parent_id=top) == ["Hall 1"]
    assert found(title_contains="all", parent_id=top, recursive=True) == ["Hall 1", "hall 2"]


@pytest.mark.parametrize("token", ["x", "~", "nobody~", "~!!", "00000000-0000-4000-8000-000000000001~e30"])
def test_a_made_up_token_is_refused(house: House, token: str) -> None:
    folder = a_folder()

    for search in ({"folder_id": folder}, {"folder_id": folder, "recursive": True}):
        assert ask("POST", "/v1/items/search", {**search, "token": token}).status in (400, 404)

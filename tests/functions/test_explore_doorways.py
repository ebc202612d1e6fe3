"""Collections are made, changed and sent back to Annotate; bad questions are refused with their place."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.explore import app as explore
from functions.import_stages import app as imports
from gloss.domain import shards
from gloss.domain.access import Role
from gloss.domain.model import JobId
from gloss.services import relaying, sending
from gloss.services.relaying import Arrived
from tests.builders_active import Studio, a_picture, a_studio
from tests.builders_catalog import move
from tests.doorway import Answered, a_person, call, grant

COLOURS = {"red.png": (200, 20, 20), "green.png": (20, 200, 20), "blue.png": (20, 20, 200)}


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A project of three pictures, imported through all stages."""
    files = {name: a_picture(colour) for name, colour in COLOURS.items()}
    with a_studio(tmp_path, *({"title": name} for name in COLOURS), files=files) as made:
        call(imports.handler, "POST", f"/v1/projects/{made.project.id}/imports", {})
        made.run()
        yield made


def ask(studio: Studio, method: str, path: str, body: Any = None, **headers: Any) -> Answered:
    return call(explore.handler, method, f"/v1/projects/{studio.project.id}/{path}", body, **headers)


def frame(studio: Studio, title: str) -> str:
    return f"{studio.task(title).data_id}:0"


def collect(studio: Studio, *names: str) -> str:
    wanted = {"name": "chosen", "frames": [frame(studio, name) for name in names]}
    return str(ask(studio, "POST", "collections", wanted).body["id"])


def send(studio: Studio, collection: str, **body: Any) -> Answered:
    return ask(studio, "POST", f"collections/{collection}/send-to-annotate", {"request_id": "r-1", **body})


def test_a_filter_becomes_a_collection(studio: Studio) -> None:
    filters = {"metrics": {"red": [{"start": 0.5}]}}

    made = ask(studio, "POST", "collections", {"name": "reds", "filters": filters})

    assert (made.status, made.body["members"], made.body["failed_items"]) == (200, 1, [])


def test_unknown_frames_are_named_and_left_out(studio: Studio) -> None:
    frames = [frame(studio, "red.png"), "nothing:0"]

    made = ask(studio, "POST", "collections", {"name": "some", "frames": frames})

    assert (made.body["members"], made.body["failed_items"]) == (1, ["nothing:0"])


def test_a_collection_needs_exactly_one_source(studio: Studio) -> None:
    assert ask(studio, "POST", "collections", {"name": "none"}).status == 422


def test_frames_are_added_and_taken_out(studio: Studio) -> None:
    collection = collect(studio, "red.png", "green.png")
    change = {"add": [frame(studio, "blue.png"), "gone:0"], "remove": [frame(studio, "red.png")]}

    edited = ask(studio, "PATCH", f"collections/{collection}/frames", change)
    listed = ask(studio, "GET", f"collections/{collection}/frames")

    assert edited.body == {"failed_items": ["gone:0"], "members": 2}
    assert [it["frame"] for it in listed.body["entries"]] == [frame(studio, "green.png"), frame(studio, "blue.png")]


def test_the_frames_of_a_collection_come_in_pages(studio: Studio) -> None:
    collection = collect(studio, "red.png", "green.png", "blue.png")

    first = ask(studio, "GET", f"collections/{collection}/frames?limit=2").body
    rest = ask(studio, "GET", f"collections/{collection}/frames?limit=2&token={first['next_token']}").body

    assert (len(first["entries"]), len(rest["entries"]), rest["next_token"]) == (2, 1, None)


def test_a_collection_narrows_a_search(studio: Studio) -> None:
    collection = collect(studio, "blue.png")

    found = ask(studio, "POST", "explore/search", {"filters": {"collections": [collection]}})

    assert [entry["title"] for entry in found.body["entries"]] == ["blue.png"]


def test_an_unknown_collection_in_a_filter_is_named(studio: Studio) -> None:
    refused = ask(studio, "POST", "explore/search", {"filters": {"collections": ["nope"]}})

    assert (refused.status, refused.body["errors"][0]["path"]) == (422, "filters.collections")


def test_a_dropped_collection_is_gone(studio: Studio) -> None:
    collection = collect(studio, "red.png")

    ask(studio, "DELETE", f"collections/{collection}")

    assert ask(studio, "GET", f"collections/{collection}").status == 404
    assert ask(studio, "GET", "collections").body["entries"] == []


def test_a_dry_run_counts_by_stage_and_starts_nothing(studio: Studio) -> None:
    move(studio.house, studio.task("red.png"), "complete")
    collection = collect(studio, "red.png", "green.png")

    answered = send(studio, collection, reopen_tasks=True, dry_run=True)

    assert (answered.body["tasks"], answered.body["job_id"]) == (2, None)
    assert answered.body["by_stage"] == {"complete": 1, studio.task("green.png").stage: 1}
    assert [name for name, _ in studio.house.ports.machines.started] == []


def test_sending_starts_one_bulk_job_and_keeps_the_state_before(studio: Studio) -> None:
    move(studio.house, studio.task("red.png"), "complete")
    collection = collect(studio, "red.png")

    answered = send(studio, collection, reopen_tasks=True, priority=0.9, comment="look again")

    job = JobId(answered.body["job_id"])
    (before,) = shards.parse(studio.house.ports.blobs.get(sending.before_key(job)))
    assert (before["stage"], before["priority"], before["frames"]) == ("complete", 0.5, [0])
    assert list(studio.house.ports.machines.started) == [("bulk", job)]


def test_the_same_request_is_carried_out_once(studio: Studio) -> None:
    collection = collect(studio, "red.png")

    first, second = (send(studio, collection, priority=0.9) for _ in range(2))

    assert first.body == second.body
    assert len(studio.house.ports.machines.started) == 1


def test_a_request_id_is_good_for_one_sending_only(studio: Studio) -> None:
    collection = collect(studio, "red.png")
    send(studio, collection, priority=0.9)

    assert send(studio, collection, priority=0.1).status == 409


def test_a_metric_shows_how_it_is_spread(studio: Studio) -> None:
    spread = ask(studio, "GET", "explore/metrics/red").body

    assert (spread["count"], sum(spread["bins"])) == (3, 3)
    assert spread["least"] < spread["greatest"]


def test_every_metric_says_whether_it_is_open(studio: Studio) -> None:
    listed = ask(studio, "GET", "explore/metrics").body["entries"]

    assert {"uniqueness", "brightness", "max_iou"} <= {metric["key"] for metric in listed}
    assert all(metric["open"] for metric in listed)


def test_every_picture_has_its_place_on_the_map(studio: Studio) -> None:
    assert len(ask(studio, "GET", "explore/map").body["entries"]) == 3


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"limit": 1001}, "limit"),
        ({"filters": {"metrics": {"beauty": [{"start": 0}]}}}, "filters"),
        ({"filters": {"metadata": {"a": {"op": "between"}}}}, "filters.metadata.a"),
        ({"sort": {"by": "beauty"}}, "sort"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_question_is_refused_with_its_place(studio: Studio, body: dict[str, Any], path: str) -> None:
    refused = ask(studio, "POST", "explore/search", body)

    assert (refused.status, refused.body["errors"][0]["path"]) == (422, path)


def test_similar_to_an_unknown_frame_is_refused(studio: Studio) -> None:
    assert ask(studio, "POST", "explore/similar", {"frame": "nothing:0"}).status == 422


def test_annotators_explore_but_do_not_collect(studio: Studio) -> None:
    token = a_person(studio.house, "ann@acme.io")
    grant(studio.house, "ann@acme.io", f"project:{studio.project.id}", Role.ANNOTATOR)

    seen = ask(studio, "POST", "explore/search", {}, token=token)
    made = ask(studio, "POST", "collections", {"name": "mine", "frames": []}, token=token)

    assert (seen.status, made.status) == (200, 403)


def test_only_the_projects_admin_imports_it(studio: Studio) -> None:
    token = a_person(studio.house, "lead@acme.io")
    grant(studio.house, "lead@acme.io", f"project:{studio.project.id}", Role.TEAM_MANAGER)

    refused = call(imports.handler, "POST", f"/v1/projects/{studio.project.id}/imports", {}, token=token)

    assert refused.status == 403


def test_a_task_that_moved_after_the_import_is_found_in_its_new_stage(studio: Studio) -> None:
    move(studio.house, studio.task("red.png"), "complete")
    told = [Arrived(sequence=str(number), event=event) for number, event in enumerate(studio.house.ports.store.events)]
    relaying.archive(told, studio.house.ports.blobs)

    found = ask(studio, "POST", "explore/search", {"filters": {"stages": ["complete"]}})

    assert [(entry["title"], entry["stage"]) for entry in found.body["entries"]] == [("red.png", "complete")]


def test_shortcuts_count_what_needs_a_second_look(studio: Studio) -> None:
    listed = {it["key"]: it["frames"] for it in ask(studio, "GET", "explore/shortcuts").body["entries"]}

    assert (listed["blur"], listed["bright"], listed["label_duplicates"]) == (3, 0, 0)


def test_every_shortcut_is_a_filter_that_search_takes(studio: Studio) -> None:
    for shortcut in ask(studio, "GET", "explore/shortcuts").body["entries"]:
        found = ask(studio, "POST", "explore/search", {"filters": shortcut["filters"]})

        assert (found.status, found.body["total"]) == (200, shortcut["frames"])


def test_labels_can_be_looked_at_one_by_one(studio: Studio) -> None:
    assert ask(studio, "POST", "explore/labels", {}).body == {"entries": [], "total": 0, "next_token": None}

"""The import machine runs through its stages, opens what each unlocks, fails with a reason and resumes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from functions.explore import app as explore
from functions.import_stages import app as imports
from gloss.domain.media import Facts, MediaKind
from gloss.kinds.register import ITEMS, item_key
from gloss.services import describing, retelling
from gloss.services.describing import WantedSchema
from tests.builders_active import Studio, a_picture, a_studio
from tests.builders_catalog import label, the_admin
from tests.builders_media import a_video
from tests.doorway import Answered, call
from tests.walk import Failed

RED, GREEN, BLUE = (200, 20, 20), (20, 200, 20), (20, 20, 200)
COLOURS = {"red.png": RED, "rose.png": (220, 60, 60), "green.png": GREEN, "blue.png": BLUE, "sea.png": (30, 90, 190)}


def pictures() -> list[dict[str, Any]]:
    return [{"title": name, "metadata": {"hue": name.removesuffix(".png")}} for name in COLOURS]


@contextmanager
def a_gallery(tmp_path: Path, *more: dict[str, Any], **files: bytes) -> Iterator[Studio]:
    painted = {name: a_picture(colour) for name, colour in COLOURS.items()}
    named = {name.replace("_", "."): body for name, body in files.items()}
    with a_studio(tmp_path, *pictures(), *more, files={**painted, **named}) as studio:
        yield studio


VECTORS = [(1, 0), (0.9, 0.1), (0.5, 0.5), (0, 2), (0.4, 0.1)]
GREENISH = {"metrics": {"green": [{"start": 0.5}]}}
WRONG = [
    {"space": "unknown", "vector": [1, 2]},
    {"space": "my clip", "vector": [1, 2]},
    {"space": "my clip", "frame": "nowhere:0"},
    {"vector": [1, 2]},
]
TYPED = {"code": "2024-05-06", "spot": {"latitude": 48.001, "longitude": 11}}


def import_schema(studio: Studio, **types: Any) -> None:
    wanted = WantedSchema.model_validate({"types": types})
    describing.replace(wanted, the_admin(studio.house), studio.house.ports)


def passing(studio: Studio, **metadata: Any) -> list[str]:
    return titles(ask(studio, "explore/search", {"filters": {"metadata": metadata}}))


def begin(studio: Studio, **body: Any) -> Answered:
    return call(imports.handler, "POST", f"/v1/projects/{studio.project.id}/imports", body)


def progress(studio: Studio, begun: Answered) -> Any:
    path = f"/v1/projects/{studio.project.id}/imports/{begun.body['id']}"
    return call(imports.handler, "GET", path).body


def ask(studio: Studio, path: str, body: Any = None, method: str = "POST") -> Answered:
    return call(explore.handler, method, f"/v1/projects/{studio.project.id}/{path}", body)


def titles(answered: Answered) -> list[str]:
    return [entry["title"] for entry in answered.body["entries"]]


def test_an_import_runs_through_all_five_stages(tmp_path: Path) -> None:
    with a_gallery(tmp_path) as studio:
        begun = begin(studio)

        studio.run()

        seen = progress(studio, begun)
    assert (begun.status, begun.body["status"]) == (200, "RUNNING")
    assert (seen["status"], seen["closed_stage"]) == ("DONE", 5)
    assert [stage["status"] for stage in seen["stages"]] == ["DONE"] * 5
    assert seen["stages"][0]["frames_done"] == 5


@pytest.mark.parametrize("stage", [1, 2, 3, 4, 5])
def test_each_stage_opens_what_it_unlocks_and_no_more(tmp_path: Path, stage: int) -> None:
    with a_gallery(tmp_path) as studio:
        begin(studio, through_stage=stage)
        studio.run()

        needed = {
            1: ask(studio, "explore/search", {}),
            2: ask(studio, "explore/search", {"filters": {"labels": {"classes": ["car"]}}}),
            3: ask(studio, "explore/search", {"filters": {"metrics": {"brightness": [{"start": 0.1}]}}}),
            4: ask(studio, "explore/text", {"query": "red"}),
            5: ask(studio, "explore/map", {}),
        }

    assert {number: answered.status for number, answered in needed.items()} == {
        number: 200 if number <= stage else 409 for number in needed
    }
    assert all(answered.body["required_stage"] == it for it, answered in needed.items() if it > stage)


def test_before_any_import_every_question_names_stage_one(tmp_path: Path) -> None:
    with a_gallery(tmp_path) as studio:
        refused = ask(studio, "explore/search", {})

    assert (refused.status, refused.body["error"], refused.body["required_stage"]) == (409, "stage_locked", 1)


def test_metadata_words_and_likeness_find_the_right_pictures(tmp_path: Path) -> None:
    with a_gallery(tmp_path) as studio:
        begin(studio)
        studio.run()

        by_hue = ask(studio, "explore/search", {"filters": {"metadata": {"hue": {"op": "is", "values": ["sea"]}}}})
        by_words = ask(studio, "explore/text", {"query": "red", "limit": 2})
        alike = ask(studio, "explore/similar", {"frame": by_hue.body["entries"][0]["id"], "limit": 1})
        reddest = ask(studio, "explore/search", {"sort": {"by": "red", "direction": "desc"}, "limit": 1})

    assert titles(by_hue) == ["sea.png"]
    assert set(titles(by_words)) == {"red.png", "rose.png"}
    assert titles(alike) == ["blue.png"]
    assert titles(reddest) == ["red.png"]
    assert by_hue.body["entries"][0]["thumbnail_url"].startswith("https://")


def test_an_import_takes_types_from_the_schema_that_it_began_with(tmp_path: Path) -> None:
    with a_gallery(tmp_path, {"title": "typed.png", "metadata": TYPED}, typed_png=a_picture(RED)) as studio:
        import_schema(studio, code="varchar", spot="geospatial")
        begin(studio, through_stage=1)
        import_schema(studio, code={"ty": "tombstone", "deleted_ty": "varchar"}, spot="geospatial")
        studio.run()

        as_text = passing(studio, code={"op": "is", "values": [TYPED["code"]]})
        as_moment = passing(studio, code={"op": "between", "start": "2000-01-01T00:00:00Z"})
        there = passing(studio, spot={"op": "near", "latitude": 48, "longitude": 11, "radius_m": 1000})

    assert (as_text, as_moment, there) == (["typed.png"], [], ["typed.png"])


def test_large_metadata_are_imported_like_any_other(tmp_path: Path) -> None:
    with a_gallery(tmp_path) as studio:
        ports = studio.house.ports
        item = ports.store.get(ITEMS, item_key(studio.task("sea.png").item_id))
        retelling.upsert(item, {"log": "x" * 40_000, "depth": 12}, ports.blobs, ports.store)
        begin(studio, through_stage=1)
        studio.run()

        found = passing(studio, depth={"op": "between", "start": 10}, hue={"op": "is", "values": ["sea"]})

    assert ports.store.get(ITEMS, item_key(item.id)).stowed is not None
    assert found == ["sea.png"]


def test_pictures_are_found_by_the_customers_own_vectors(tmp_path: Path) -> None:
    rows = [{"title": name, "embeddings": {"my clip": [*at, 0]}} for name, at in zip(COLOURS, VECTORS, strict=True)]
    odd = {"title": "odd.png", "embeddings": {"my clip": [1, 0], "unknown": [1, 2]}}
    painted = {name: a_picture(colour) for name, colour in {**COLOURS, "odd.png": RED}.items()}
    with a_studio(tmp_path, *rows, odd, files=painted) as studio:
        import_schema(studio, **{"my clip": {"ty": "embedding", "size": 3}})
        begin(studio, through_stage=4)
        studio.run()

        near = ask(studio, "explore/similar", {"space": "my clip", "vector": [0, 1e300, 0], "limit": 2})
        frame = near.body["entries"][0]["id"]
        beside = ask(studio, "explore/similar", {"space": "my clip", "frame": frame})
        greenish = ask(studio, "explore/similar", {"space": "my clip", "vector": [1, 0, 0], "filters": GREENISH})
        wrong = [ask(studio, "explore/similar", body) for body in WRONG]

    assert (titles(near), near.body["entries"][0]["score"], near.body["total"]) == (["blue.png", "green.png"], 1, 5)
    assert (titles(beside)[0], len(titles(beside))) == ("green.png", 4)
    assert titles(greenish) == ["sea.png", "green.png"]
    assert [(each.status, each.body["errors"][0]["path"]) for each in wrong] == [
        (422, "space"),
        (422, "vector"),
        (422, "frame"),
        (422, "body"),
    ]


def test_key_frames_are_found_by_vectors_of_their_own(tmp_path: Path) -> None:
    facts = Facts(width_px=64, height_px=48, fps=10, frame_count=30, duration_s=3)
    told = {"keyframes": (7, 22), "frame_embeddings": {7: {"clip": [1, 0]}, 22: {"clip": [0, 1]}}}
    film = {"title": "film.mp4", "kind": MediaKind.VIDEO, "facts": facts, "sampling_rate": 0, **told}
    with a_studio(tmp_path, film, files={"film.mp4": a_video(frames=30, fps=10)}) as studio:
        import_schema(studio, clip={"ty": "embedding", "size": 2})
        begin(studio, through_stage=4)
        studio.run()

        found = ask(studio, "explore/similar", {"space": "clip", "vector": [0.1, 0.9]}).body["entries"]

    assert [entry["frame"] for entry in found] == [22, 7]


def test_a_film_is_sampled_at_the_rate_that_was_asked_for(tmp_path: Path) -> None:
    facts = Facts(width_px=64, height_px=48, fps=10, frame_count=30, duration_s=3)
    film = {"title": "film.mp4", "kind": MediaKind.VIDEO, "facts": facts}
    with a_gallery(tmp_path, film, film_mp4=a_video(frames=30, fps=10)) as studio:
        begin(studio, video_sampling_rate=2, through_stage=1)
        studio.run()

        shown = ask(studio, "explore/search", {"filters": {"kinds": ["video"]}})

    assert sorted(entry["frame"] for entry in shown.body["entries"]) == [0, 5, 10, 15, 20, 25]
    assert {entry["timestamp_s"] for entry in shown.body["entries"]} == {0.0, 0.5, 1.0, 1.5, 2.0, 2.5}


@pytest.mark.parametrize(("kind", "what"), [(MediaKind.AUDIO, "sound"), (MediaKind.TIME_SERIES, "a time series")])
def test_what_is_not_seen_counts_as_one_frame_without_a_picture(tmp_path: Path, kind: MediaKind, what: str) -> None:
    with a_gallery(tmp_path, {"title": "talk.wav", "kind": kind}, talk_wav=b"RIFF") as studio:
        begun = begin(studio)
        studio.run()

        first = progress(studio, begun)["stages"][0]

    assert (first["frames_done"], first["frames_failed"]) == (6, 0)
    assert first["without_pixels"] == [{"reason": f"{what} has no picture", "count": 1, "example": "talk.wav"}]


def test_too_many_broken_files_stop_the_import_with_the_reason(tmp_path: Path) -> None:
    with a_gallery(tmp_path, {"title": "gone.png"}) as studio:
        begun = begin(studio)
        with pytest.raises(Failed):
            studio.run()

        seen = progress(studio, begun)

    assert (seen["status"], seen["closed_stage"]) == ("ERROR", 0)
    assert "1 of 6 frames failed" in seen["reason"]
    assert "s3://media/gone.png" in seen["reason"]


def test_a_tolerated_share_of_failures_is_counted_and_passed(tmp_path: Path) -> None:
    with a_gallery(tmp_path, {"title": "gone.png"}) as studio:
        begun = begin(studio, tolerated_failures=0.5)
        studio.run()

        seen = progress(studio, begun)

    assert (seen["status"], seen["stages"][0]["frames_failed"]) == ("DONE", 1)


def test_an_import_resumes_where_it_stopped(tmp_path: Path) -> None:
    with a_gallery(tmp_path, {"title": "late.png"}) as studio:
        begun = begin(studio)
        with pytest.raises(Failed):
            studio.run()
        studio.media.objects["s3://media/late.png"] = a_picture(RED)

        resumed = call(imports.handler, "POST", f"/v1/projects/{studio.project.id}/imports/{begun.body['id']}/resume")
        studio.run()

        seen = progress(studio, begun)
    assert (resumed.status, seen["status"], seen["stages"][0]["frames_done"]) == (200, "DONE", 6)


def test_a_finished_import_cannot_be_resumed(tmp_path: Path) -> None:
    with a_gallery(tmp_path) as studio:
        begun = begin(studio, through_stage=1)
        studio.run()

        again = call(imports.handler, "POST", f"/v1/projects/{studio.project.id}/imports/{begun.body['id']}/resume")

    assert again.status == 409


def test_a_second_import_waits_for_the_first(tmp_path: Path) -> None:
    with a_gallery(tmp_path) as studio:
        begin(studio)

        assert begin(studio).status == 409


def test_labels_are_filtered_by_class_and_measured(tmp_path: Path) -> None:
    box = {"shape": "bounding_box", "x": 0.25, "y": 0.25, "w": 0.5, "h": 0.5}
    answers = [{"feature": "colourco", "answer": ["redredre"]}]
    car = {"id": "aaaaaaaa", "feature": "carcarca", "answers": answers, "frames": {"0": {"geometry": box}}}
    with a_gallery(tmp_path) as studio:
        label(studio.house, studio.task("red.png"), {"objects": [car]})
        begin(studio)
        studio.run()

        found = ask(studio, "explore/search", {"filters": {"labels": {"classes": ["carcarca"]}}})
        crowded = ask(studio, "explore/search", {"filters": {"metrics": {"object_density": [{"start": 0.2}]}}})

    assert titles(found) == titles(crowded) == ["red.png"]
    assert found.body["entries"][0]["metrics"]["object_density"] == pytest.approx(0.25)


def test_running_a_stage_again_changes_nothing(tmp_path: Path) -> None:
    with a_gallery(tmp_path) as studio:
        begin(studio, through_stage=1)
        machines = studio.house.ports.machines
        started = dict(machines.started)
        studio.run()
        before = ask(studio, "explore/search", {}).body["entries"]
        machines.started.update(started)

        studio.run()

        after = ask(studio, "explore/search", {}).body["entries"]
    assert [entry["id"] for entry in after] == [entry["id"] for entry in before]


def test_resuming_ends_the_run_before(tmp_path: Path) -> None:
    with a_gallery(tmp_path) as studio:
        begun = begin(studio)
        path = f"/v1/projects/{studio.project.id}/imports/{begun.body['id']}/resume"

        call(imports.handler, "POST", path)

        machines = studio.house.ports.machines
    assert machines.stopped == [("active_import", f"{begun.body['id']}-1")]
    assert ("active_import", f"{begun.body['id']}-2") in machines.started


def test_a_data_group_counts_as_one_frame_without_a_picture(tmp_path: Path) -> None:
    spaces = ({"id": "film", "key": "film", "kind": "video", "title": "film.mp4"},)
    group = {"title": "scene", "kind": MediaKind.DATA_GROUP, "members": ("film",), "spaces": spaces, "url": None}
    with a_gallery(tmp_path, group) as studio:
        begun = begin(studio)
        studio.run()

        first = progress(studio, begun)["stages"][0]

    assert (first["frames_done"], first["frames_failed"]) == (6, 0)
    reason = "a data group has no picture of its own"
    assert first["without_pixels"] == [{"reason": reason, "count": 1, "example": "scene"}]

"""Steps 6 and 7: the staged import, then filters, likeness, words, a collection, and the way back to Annotate."""

from collections.abc import Iterator
from typing import Any

from infra.local.demo import designs
from infra.local.demo.client import Refused, until
from infra.local.demo.manifests import KEY_FRAMES, SIGNATURE
from infra.local.demo.walk import Walk

SAMPLED_FPS = 2
QUESTION = "a photo of a cat"
PRIORITY = 0.9
SIGNED = {"space": SIGNATURE, "vector": [0.6, 0.8, 0.0], "limit": 5}
PLACE = {"place": {"op": "near", "latitude": 48.1, "longitude": 11.6, "radius_m": 10_000}}
NOTE = "Please check the dark pictures again."


def explore(walk: Walk) -> None:
    """Steps 6 and 7."""
    _import(walk)
    _filter_and_sort(walk)
    _search(walk)
    _send_back(walk)


def _import(walk: Walk) -> None:
    with walk.board.step(6, "Active import through five stages") as counts:
        wanted = {"video_sampling_rate": SAMPLED_FPS, "through_stage": 5}
        begun = walk.admin.post(f"{walk.project}/imports", wanted)
        counts["asked too early"] = _too_early(walk)
        path = f"{walk.project}/imports/{begun['id']}"
        for stage in begun["stages"]:
            walk.board.follow(f"stage {stage['stage']}: {stage['name']}", _shares(walk, path, stage["stage"]))
        ended = until(lambda: _ended(walk.admin.get(path)), "the import")
        if ended["status"] != "DONE":
            raise AssertionError(f"the import ended {ended['status']}: {ended['reason']}")
        counts |= {stage["name"]: f"{stage['frames_done']} frames" for stage in ended["stages"]}
        without = {why["reason"]: why["count"] for stage in ended["stages"] for why in stage["without_pixels"]}
        counts |= {"without pixels": without, "capabilities": len(ended["capabilities"])}


def _too_early(walk: Walk) -> str:
    """Words are understood from stage 4 on; before that the answer is 409 with the stage that is needed."""
    try:
        walk.admin.post(f"{walk.project}/explore/text", {"query": QUESTION})
    except Refused as refused:
        if (refused.status, refused.body.get("required_stage")) != (409, 4):
            raise
        return f"409, needs stage {refused.body['required_stage']}"
    raise AssertionError("a search by words was answered before its stage had closed")


def _shares(walk: Walk, path: str, number: int) -> Iterator[tuple[int, int, float | None]]:
    """How far one stage is, until it or the import has ended."""
    while True:
        seen = walk.admin.get(path)
        stage = next(each for each in seen["stages"] if each["stage"] == number)
        decided = stage["frames_done"] + stage["frames_failed"]
        yield decided, decided + stage["frames_pending"], stage["seconds_left"]
        if seen["closed_stage"] >= number or seen["status"] != "RUNNING":
            return


def _ended(seen: Any) -> Any:
    return seen if seen["status"] != "RUNNING" else None


def _filter_and_sort(walk: Walk) -> None:
    with walk.board.step(7, "Filtered by metadata, class and metric; sorted") as counts:
        on_street = {"metadata": {"site": {"op": "is", "values": ["street"]}}}
        vehicles = {"labels": {"classes": [designs.VEHICLE]}}
        dark = {"metrics": {"brightness": [{"start": 0, "end": 0.4}]}}
        brightest = {"by": "brightness", "direction": "desc"}
        found = {name: _frames(walk, filters) for name, filters in (("site street", on_street), ("Vehicle", vehicles))}
        lit = _frames(walk, {}, sort=brightest)["entries"]
        counts |= {name: each["total"] for name, each in found.items()}
        counts |= {"near Munich": _frames(walk, {"metadata": PLACE})["total"]}
        counts |= {"brightness <= 0.4": _frames(walk, dark)["total"], "brightest": lit[0]["title"]}
        shown = [each["metrics"]["brightness"] for each in lit if "brightness" in each["metrics"]]
        if shown != sorted(shown, reverse=True):
            raise AssertionError("the frames are not sorted by brightness")


def _frames(walk: Walk, filters: dict[str, Any], **more: Any) -> Any:
    return walk.admin.post(f"{walk.project}/explore/search", {"filters": filters, "limit": 200, **more})


def _search(walk: Walk) -> None:
    with walk.board.step(7, "Similar images; a question in words") as counts:
        every = _frames(walk, {})["entries"]
        cat = next(frame for frame in every if frame["title"] == "chelsea.png")
        alike = walk.admin.post(f"{walk.project}/explore/similar", {"frame": cat["id"], "limit": 5})["entries"]
        asked = walk.admin.post(f"{walk.project}/explore/text", {"query": QUESTION, "limit": 5})["entries"]
        signed = walk.admin.post(f"{walk.project}/explore/similar", SIGNED)["entries"]
        if [frame["frame"] for frame in signed] != [KEY_FRAMES[1], 0]:
            raise AssertionError(f"the vectors of the manifest found other frames: {signed}")
        spots = walk.admin.get(f"{walk.project}/explore/map")["entries"]
        counts |= {
            "like chelsea.png": [f"{frame['title']} {frame['score']:.2f}" for frame in alike[:3]],
            QUESTION: [f"{frame['title']} {frame['score']:.2f}" for frame in asked[:3]],
            "like a vector": [f"{frame['title']}, frame {frame['frame']} {frame['score']:.2f}" for frame in signed],
            "spots on the map": len(spots),
        }


def _send_back(walk: Walk) -> None:
    with walk.board.step(7, "Collection made and sent to Annotate") as counts:
        dark = {"metrics": {"brightness": [{"start": 0, "end": 0.4}]}, "kinds": ["image"]}
        made = walk.admin.post(f"{walk.project}/collections", {"name": "Dark pictures", "filters": dark})
        wanted = {"priority": PRIORITY, "reopen_tasks": True, "comment": NOTE}
        path = f"{walk.project}/collections/{made['id']}/send-to-annotate"
        tried = walk.admin.post(path, {**wanted, "request_id": "demo-dry", "dry_run": True})
        sent = walk.admin.post(path, {**wanted, "request_id": "demo-send"})
        job = until(lambda: _finished(walk, sent["job_id"]), "sending the collection")
        back = [
            task for task in walk.admin.every(f"{walk.project}/tasks", stage=designs.ANNOTATE)
            if task["priority"] == PRIORITY and task["status"] == "REOPENED"
        ]  # fmt: skip
        if len(back) != tried["tasks"] or not back:
            raise AssertionError(f"{len(back)} tasks came back, the dry run said {tried['tasks']}; the job: {job}")
        issues = list(walk.admin.every(f"{walk.project}/tasks/{back[0]['id']}/issues"))
        counts |= {"frames": made["members"], "by stage before": tried["by_stage"], "reopened": len(back)}
        counts |= {"comments on the first": len(issues)}


def _finished(walk: Walk, job_id: str) -> Any:
    job = walk.admin.get(f"/v1/bulk-jobs/{job_id}")
    return job if job["finished_at"] else None

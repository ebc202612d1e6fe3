"""Step 4: an agent pre-labels, an annotator edits and submits, a reviewer rejects one and approves the rest."""

from collections.abc import Callable
from typing import Any

from infra.local.demo import designs
from infra.local.demo.client import Client
from infra.local.demo.walk import Walk

VISUAL = {"image", "video", "image_group", "image_sequence", "dicom_series", "nifti"}
BOX = {"shape": "bounding_box", "x": 0.25, "y": 0.3, "w": 0.4, "h": 0.35}
TIGHT = {**BOX, "x": 0.28, "w": 0.34}
COMMENT = "The box is too wide on the left."


def prelabel(walk: Walk) -> None:
    """The agent: list the stage's tasks, save labels, proceed by the pathway's name."""
    with walk.board.step(4, "Agent pre-labelled and proceeded") as counts:
        stage = f"{walk.project}/agent-stages/{designs.PRELABEL}/tasks"
        tasks = list(walk.admin.every(stage))
        for task in tasks:
            _save(walk, walk.admin, task, _guess(task))
            walk.admin.post(f"{stage}/{task['id']}/proceed", {"pathway": "Labelled"})
        counts |= {"tasks": len(tasks), "left in the stage": len(walk.admin.get(stage)["entries"])}


def steer(walk: Walk) -> None:
    """A manager assigns, releases, sets a priority and moves, each once."""
    with walk.board.step(4, "Manager assigned, released, prioritised, moved") as counts:
        manager, waiting = walk.people["manager"], _waiting(walk, designs.ANNOTATE)
        first, second, last = waiting[0]["id"], waiting[1]["id"], waiting[-1]["id"]
        _act(walk, manager, first, {"action": "assign", "assignee": walk.ids["annotator"]})
        counts["assigned to"] = _task(walk, first)["assignee"] == walk.ids["annotator"]
        _act(walk, manager, first, {"action": "release"})
        _act(walk, manager, last, {"action": "set_priority", "priority": 0.95})
        _act(walk, manager, second, {"action": "move", "destination": designs.COMPLETE})
        walk.ids |= {"urgent": last, "moved": second}
        counts |= {"released": _task(walk, first)["status"], "moved to": _task(walk, second)["stage"]}


def annotate(walk: Walk) -> int:
    """The annotator claims by priority, edits and submits until nothing is left; returns how many."""
    with walk.board.step(4, "Annotator claimed, edited, submitted") as counts:
        annotator = walk.people["annotator"]
        order = _drain(walk, annotator, designs.ANNOTATE, lambda task: _edit_and_submit(walk, annotator, task))
        if order[0] != walk.ids["urgent"]:
            raise AssertionError("the claim did not hand out the task with the highest priority first")
        counts |= {"submitted": len(order), "first claimed": "the prioritised task"}
        return len(order)


def review(walk: Walk) -> int:
    """The reviewer rejects the first with a comment and approves the rest; returns how many were approved."""
    with walk.board.step(4, "Reviewer rejected one, approved the rest") as counts:
        reviewer = walk.people["reviewer"]
        verdicts = iter([{"action": "reject", "comment": COMMENT}])

        def judge(task: Any) -> None:
            _act(walk, reviewer, task["id"], next(verdicts, {"action": "approve"}))

        judged = _drain(walk, reviewer, designs.REVIEW, judge)
        walk.ids["rejected"] = judged[0]
        counts |= {"rejected": 1, "approved": len(judged) - 1, "back in Annotate": _task(walk, judged[0])["status"]}
        return len(judged) - 1


def repair(walk: Walk) -> None:
    """The rejected task is fixed, submitted and approved."""
    with walk.board.step(4, "Rejected task fixed and approved") as counts:
        annotator, reviewer, rejected = walk.people["annotator"], walk.people["reviewer"], walk.ids["rejected"]
        comments = [step["comment"] for step in walk.admin.every(f"{_path(walk, rejected)}/history")]
        if COMMENT not in comments:
            raise AssertionError(f"the reviewer's comment is not in the history: {comments}")
        fixed = _drain(walk, annotator, designs.ANNOTATE, lambda task: _edit_and_submit(walk, annotator, task))
        approved = _drain(
            walk, reviewer, designs.REVIEW, lambda task: _act(walk, reviewer, task["id"], {"action": "approve"})
        )
        if fixed != [rejected] or approved != [rejected]:
            raise AssertionError("another task than the rejected one came back")
        stages = walk.admin.get(f"{walk.project}/stages")["entries"]
        counts |= {"comment": COMMENT, **{stage["title"]: stage["tasks"] for stage in stages if stage["tasks"]}}


def _drain(walk: Walk, who: Client, stage: str, work: Callable[[Any], None]) -> list[str]:
    """Claim and do until the stage has nothing left for this person; the ids in the order of the claims."""
    done: list[str] = []
    while task := who.post(f"{walk.project}/stages/{stage}/claim", {"lease_seconds": 600})["task"]:
        work(task)
        done.append(task["id"])
    return done


def _edit_and_submit(walk: Walk, who: Client, task: Any) -> None:
    saved = who.get(f"{_path(walk, task['id'])}/labels")
    _save(walk, who, task, _corrected(saved["labels"]), row_version=saved["row_version"])
    _act(walk, who, task["id"], {"action": "submit"})


def _guess(task: Any) -> dict[str, Any]:
    """What the agent's model sees: a vehicle in anything visual, else a remark."""
    if task["media_kind"] not in VISUAL:
        remark = {"feature": designs.REMARK_IS, "answer": "to be read"}
        return {"classifications": [{"id": "remark01", "feature": designs.REMARK, "answers": [remark]}]}
    frames = ("0", "60", "120") if task["media_kind"] == "video" else ("0",)
    seen = {"geometry": BOX, "confidence": 0.62, "manual": False}
    vehicle = {"id": "vehicle1", "feature": designs.VEHICLE, "frames": dict.fromkeys(frames, seen)}
    return {"objects": [vehicle]}


def _corrected(labels: dict[str, Any]) -> dict[str, Any]:
    """The annotator's version: a tighter box that is certain, a colour with its shade, the weather."""
    for vehicle in labels.get("objects", []):
        for seen in vehicle["frames"].values():
            seen |= {"geometry": TIGHT, "confidence": 1.0, "manual": True}
        vehicle["answers"] = [
            {"feature": designs.COLOUR, "answer": [designs.RED]},
            {"feature": designs.SHADE, "answer": [designs.DARK]},
            {"feature": designs.PARTS, "answer": [designs.DOOR, designs.WHEEL]},
            {"feature": designs.PLATE, "answer": "GL 055"},
        ]
    if labels.get("objects"):
        sun = {"feature": designs.WEATHER_IS, "answer": [designs.SUN]}
        weather = {"id": "weather1", "feature": designs.WEATHER, "ranges": [[0, 0]], "answers": [sun]}
        labels["classifications"] = [weather]
    return labels


def _save(walk: Walk, who: Client, task: Any, labels: dict[str, Any], **more: Any) -> None:
    who.put(f"{_path(walk, task['id'])}/labels", {"labels": labels, **more})


def _act(walk: Walk, who: Client, task_id: str, action: dict[str, Any]) -> Any:
    return who.post(f"{_path(walk, task_id)}/actions", action)


def _path(walk: Walk, task_id: str) -> str:
    return f"{walk.project}/tasks/{task_id}"


def _task(walk: Walk, task_id: str) -> Any:
    return walk.admin.get(_path(walk, task_id))


def _waiting(walk: Walk, stage: str) -> list[Any]:
    return list(walk.admin.every(f"{walk.project}/tasks", stage=stage))

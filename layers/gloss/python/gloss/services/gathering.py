"""State Gather of an import, stage 2: the labels on a batch's frames as they are saved at this moment."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from gloss.domain.errors import GlossError
from gloss.domain.imports import tally
from gloss.domain.labels import AnyBody, LabelBody
from gloss.domain.shards import Folder
from gloss.domain.workflow.task import Task
from gloss.kinds.workflow import TASKS, task_key
from gloss.ports import Blobs, Ports
from gloss.services import leafing, noting
from gloss.services.noting import Outcome, Work


def gather(work: Work, ports: Ports) -> Outcome:
    """Write every object and classification on the batch's frames as one line each."""
    frames = list(noting.read(work, Folder.FRAMES, ports.blobs))
    ids = list(dict.fromkeys(frame["task_id"] for frame in frames))
    tasks = {task.id: task for task in ports.store.get_many(TASKS, [task_key(id_) for id_ in ids])}
    broken: list[tuple[str, str]] = []
    rows = []
    for id_, some in groupby(frames, itemgetter("task_id")):  # a unit's frames follow each other
        body = _body(tasks.get(id_), ports.blobs, broken)
        rows += [row for frame in some for row in _on_frame(frame, body)]
    noting.write(work, Folder.LABELS, rows, ports.blobs)
    noting.write(work, Folder.LABEL_MEASURES, map(_known_now, rows), ports.blobs)
    return noting.finish(work, len(frames), tally(broken), (), ports)


def _body(task: Task | None, blobs: Blobs, broken: list[tuple[str, str]]) -> AnyBody:
    if task is None or task.label_sha256 is None:
        return LabelBody()
    try:
        return leafing.body_of(task.label_sha256, blobs)
    except GlossError as refused:
        broken.append((refused.message, task.title))
        return LabelBody()


def _on_frame(frame: dict[str, Any], body: AnyBody) -> Iterator[dict[str, Any]]:
    for seen in body.on_frame(frame["frame"]):
        yield {
            **_identity(frame, seen.id, seen.feature),
            "kind": seen.geometry.shape,
            "manual": seen.appearance.manual,
            "confidence": seen.confidence,
            "geometry": seen.geometry.model_dump(mode="json"),
        }
    for answer in body.classifications_on(frame["frame"]):
        yield {
            **_identity(frame, answer.id, answer.feature),
            "kind": "classification",
            "manual": answer.manual,
            "confidence": answer.confidence,
        }


def _identity(frame: dict[str, Any], instance: str, feature: str) -> dict[str, Any]:
    return {
        "id": f"{frame['id']}:{instance}",
        "frame_id": frame["id"],
        "feature": feature,
        "object_hash": instance,
    }


def _known_now(row: dict[str, Any]) -> dict[str, Any]:
    return {"id": row["id"], "confidence": row["confidence"]}

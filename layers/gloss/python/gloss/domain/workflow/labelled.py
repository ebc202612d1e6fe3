"""What workflow needs to know of labels: one entry for each save, and each label's digest for its review."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gloss.domain.labels import AnyBody, LongLabels
from gloss.domain.labels.body import Instance
from gloss.domain.model import ProjectId, StageId, TaskId, Timestamp, UserId, Value
from gloss.domain.workflow.label_rows import MAIN
from gloss.domain.workflow.reviews import Labelled

#: Who labelled when is no edit.
STAMPS: Final = frozenset({"created_by", "created_at", "edited_by", "edited_at"})


class LabelSave(Value):
    """One save of a task's labels; the body lies under `labels_blob(sha256)`.

    `task_id` is the row's id; on a branch beside `main`, `of_task` is the task's. `stage` is where the task was.
    """

    task_id: TaskId
    row_version: int
    sha256: str
    objects: int
    classifications: int
    by: UserId
    at: Timestamp
    project_id: ProjectId | None = None
    stage: StageId | None = None
    branch: str = MAIN
    of_task: TaskId | None = None

    @property
    def task(self) -> TaskId:
        """The task whose labels they are, on whichever branch."""
        return self.of_task or self.task_id


def labels_blob(sha256: str) -> str:
    """Where a label body lies."""
    return f"labels/{sha256}"


def labelled(body: AnyBody) -> Iterator[Labelled]:
    """Each label of a body as its review sees it; a long body knows the digests of its labels."""
    if isinstance(body, LongLabels):
        yield from _of_long(body)
        return
    for id_, thing in body.every_object().items():
        yield Labelled(label_id=id_, label_type="object", feature=_feature(thing), digest=_digest(thing))
    for id_, answer in body.every_classification().items():
        yield Labelled(label_id=id_, label_type="classification", feature=_feature(answer), digest=_digest(answer))


def _of_long(body: LongLabels) -> Iterator[Labelled]:
    known = body.stored.digests
    for thing in body.objects:
        yield Labelled(label_id=thing.id, label_type="object", feature=thing.feature, digest=known[thing.id])
    for it in body.classifications:
        yield Labelled(label_id=it.id, label_type="classification", feature=it.feature, digest=known[it.id])


def _feature(seen: Mapping[str, Instance]) -> str:
    return next(iter(seen.values())).feature


def _digest(seen: Mapping[str, Instance]) -> str:
    """Of what a thing is on the data unit, or in which spaces it is what."""
    plain = {id_: _unstamped(each.model_dump(mode="json", exclude_defaults=True)) for id_, each in seen.items()}
    text = json.dumps(plain[""] if plain.keys() == {""} else plain, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _unstamped(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _unstamped(inner) for name, inner in value.items() if name not in STAMPS}
    return [_unstamped(inner) for inner in value] if isinstance(value, list) else value

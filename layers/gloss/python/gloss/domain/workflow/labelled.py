"""What workflow needs to know of labels: one entry for each save, and each label's digest for its review."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any, Final

from gloss.domain.labels import ClassificationInstance, LabelBody, ObjectInstance
from gloss.domain.model import TaskId, Timestamp, UserId, Value
from gloss.domain.workflow.reviews import Labelled

#: Who labelled when is no edit.
STAMPS: Final = frozenset({"created_by", "created_at", "edited_by", "edited_at"})


class LabelSave(Value):
    """One save of a task's labels; the body lies under `labels_blob(sha256)`."""

    task_id: TaskId
    row_version: int
    sha256: str
    objects: int
    classifications: int
    by: UserId
    at: Timestamp


def labels_blob(sha256: str) -> str:
    """Where a label body lies."""
    return f"labels/{sha256}"


def labelled(body: LabelBody) -> Iterator[Labelled]:
    """Each label of a body as its review sees it."""
    for thing in body.objects:
        yield Labelled(label_id=thing.id, label_type="object", feature=thing.feature, digest=_digest(thing))
    for answer in body.classifications:
        yield Labelled(label_id=answer.id, label_type="classification", feature=answer.feature, digest=_digest(answer))


def _digest(instance: ObjectInstance | ClassificationInstance) -> str:
    plain = _unstamped(instance.model_dump(mode="json", exclude_defaults=True))
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:16]


def _unstamped(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _unstamped(inner) for name, inner in value.items() if name not in STAMPS}
    return [_unstamped(inner) for inner in value] if isinstance(value, list) else value

"""What workflow needs to know of labels: one entry for each save, and each label's digest for its review."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from gloss.domain.labels import AnyBody, LongLabels
from gloss.domain.labels.body import Instance
from gloss.domain.model import ProjectId, StageId, TaskId, Timestamp, UserId, Value
from gloss.domain.workflow.label_rows import MAIN
from gloss.domain.workflow.reviews import Labelled

#: The reviews of so many labels are written by one commit, which takes 4 MB.
MOST_REVIEWED: Final = 10_000
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
    """Each label of a body as its review sees it; a long body knows the digests of its labels.

    Of more than MOST_REVIEWED labels none has a review of its own: all are judged together.
    """
    if isinstance(body, LongLabels):
        yield from _of_long(body) if body.count <= MOST_REVIEWED else ()
        return
    for id_, thing in body.every_object():
        yield Labelled(label_id=id_, label_type="object", feature=_feature(thing), digest=_digest(thing))
    for id_, answer in body.every_classification():
        yield Labelled(label_id=id_, label_type="classification", feature=_feature(answer), digest=_digest(answer))


def _of_long(body: LongLabels) -> Iterator[Labelled]:
    pages = body.pages.items()
    objects = _digests_of((name, page.objects.digests()) for name, page in pages)
    answers = _digests_of((name, page.classifications.digests()) for name, page in pages)
    for id_, thing in body.every_object():
        yield Labelled(label_id=id_, label_type="object", feature=_feature(thing), digest=objects[id_])
    for id_, answer in body.every_classification():
        yield Labelled(label_id=id_, label_type="classification", feature=_feature(answer), digest=answers[id_])


def _digests_of(pages: Iterable[tuple[str, Iterable[tuple[str, str]]]]) -> dict[str, str]:
    """The digest of each label on the data unit, or of where in its spaces it is what."""
    told: dict[str, dict[str, str]] = {}
    for name, digests in pages:
        for id_, digest in digests:
            told.setdefault(id_, {})[name] = digest
    return {id_: on[""] if on.keys() == {""} else _digest_of(on) for id_, on in told.items()}


def _feature(seen: Mapping[str, Instance]) -> str:
    return next(iter(seen.values())).feature


def _digest(seen: Mapping[str, Instance]) -> str:
    """Of what a thing is on the data unit, or in which spaces it is what."""
    plain = {id_: _unstamped(each.model_dump(mode="json", exclude_defaults=True)) for id_, each in seen.items()}
    return _digest_of(plain[""] if plain.keys() == {""} else plain)


def _digest_of(said: Any) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def _unstamped(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _unstamped(inner) for name, inner in value.items() if name not in STAMPS}
    return [_unstamped(inner) for inner in value] if isinstance(value, list) else value

"""What goes with a task's labels: their bodies, the sheets of their reviews, and the event of a save."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, islice
from typing import Final

from gloss.domain.events import LabelsSaved
from gloss.domain.labels import AnyBody
from gloss.domain.model import TaskId
from gloss.domain.workflow.label_rows import Row
from gloss.domain.workflow.labelled import LabelSave
from gloss.domain.workflow.reviews import ReviewSheet
from gloss.kinds.workflow import REVIEW_SHEETS, of_task
from gloss.ports import Blobs, Query, Store
from gloss.services import leafing
from gloss.services.situating import Situation

READ_AT_ONCE: Final = 16
#: A body of so many labels takes some megabytes as it is stored.
MANY_LABELS: Final = 10_000


def sheets_of(task_id: TaskId, store: Store) -> list[ReviewSheet]:
    """All review sheets of a task, in order."""
    return list(store.every(REVIEW_SHEETS, of_task(task_id), Query(prefix="REVIEWS#", limit=50)))


def save_told(met: Situation, saved: LabelSave, event_id: str) -> LabelsSaved:
    """The event of a save."""
    return LabelsSaved(
        id=event_id,
        at=met.now,
        actor=saved.by,
        org_id=met.project.org_id,
        project_id=met.project.id,
        task_id=met.task.id,
        data_id=met.task.data_id,
        row_version=saved.row_version,
        sha256=saved.sha256,
        objects=saved.objects,
        classifications=saved.classifications,
    )


def bodies(rows: Sequence[Row], blobs: Blobs) -> Iterator[tuple[Row, AnyBody]]:
    """Each row with its labels: some rows' bodies are read at once as they are stored, and unpacked one by one."""
    with ThreadPoolExecutor(READ_AT_ONCE) as pool:
        for batch in _together(rows):
            for row, stored in zip(batch, pool.map(lambda it: leafing.stored(it.sha256, blobs), batch), strict=True):
                yield row, leafing.loaded(stored, blobs)


def _together(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows that are read at once; one of very many labels, which takes hundreds of megabytes, is read by itself."""
    for is_large, some in groupby(rows, lambda row: row.labels > MANY_LABELS):
        while batch := list(islice(some, 1 if is_large else READ_AT_ONCE)):
            yield batch

"""What every worker of an import takes and answers, and how it notes that its batch is done."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gloss.domain import shards
from gloss.domain.capabilities import Stage
from gloss.domain.imports import Batch, Failure
from gloss.domain.model import ImportId, ProjectId, Value
from gloss.domain.shards import Folder
from gloss.kinds.active import IMPORT_BATCHES, import_batch_key
from gloss.ports import Blobs, Overwrite, Ports


class Work(Value):
    """One batch of one stage."""

    project_id: ProjectId
    import_id: ImportId
    stage: Stage
    batch: int


class Outcome(Value):
    """How many frames of the batch are done, and how many failed."""

    done: int
    failed: int


def finish(work: Work, done: int, failures: tuple[Failure, ...], bare: tuple[Failure, ...], ports: Ports) -> Outcome:
    """Note the batch as done; a re-run notes the same again."""
    planned = ports.store.get(IMPORT_BATCHES, import_batch_key(work.import_id, work.stage, work.batch)).planned
    failed = sum(failure.count for failure in failures)
    batch = Batch(
        import_id=work.import_id,
        stage=work.stage,
        number=work.batch,
        planned=planned,
        done=done,
        failed=failed,
        failures=failures,
        without_pixels=bare,
        finished_at=ports.clock.now(),
    )
    ports.store.commit([Overwrite(IMPORT_BATCHES, batch)])
    return Outcome(done=done, failed=failed)


def read(work: Work, folder: Folder, blobs: Blobs) -> Iterator[dict[str, Any]]:
    """The lines that an earlier stage wrote for this batch."""
    return shards.parse(blobs.get(shards.shard(work.import_id, folder, work.batch)))


def write(work: Work, folder: Folder, rows: Iterable[Mapping[str, Any] | Value], blobs: Blobs) -> None:
    """The lines of this batch, in place of those of an earlier run."""
    blobs.put(shards.shard(work.import_id, folder, work.batch), shards.lines(rows), "application/x-ndjson")

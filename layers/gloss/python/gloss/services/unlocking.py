"""State Close of an import: judge the round, build the index of a finished stage and open its capabilities."""

from enum import StrEnum
from typing import Any

from gloss.domain import shards
from gloss.domain.capabilities import Stage
from gloss.domain.events import ImportStageClosed
from gloss.domain.imports import Explored, Import, Status, verdict
from gloss.kinds.active import EXPLORED, IMPORTS, explored_key, import_key
from gloss.ports import IndexBuilder, Ports, Save
from gloss.services.staging import Round, Running, batches_of


class Next(StrEnum):
    """Where the machine goes on."""

    MORE = "more"
    DONE = "done"
    FAILED = "failed"


class Closing(Round):
    """A round that is over; `error` is what the machine caught, if anything."""

    error: dict[str, Any] | None = None


class Closed(Running):
    """What follows the round."""

    next: Next


def close(round_: Closing, builder: IndexBuilder, ports: Ports) -> Closed:
    """Close the stage when all its batches are done and few enough frames failed; otherwise say what follows."""
    it = ports.store.get(IMPORTS, import_key(round_.import_id))
    if it.closed >= round_.stage:
        return _closed(it, Next.DONE if it.status is Status.DONE else Next.MORE)
    batches = batches_of(it, round_.stage, ports.store)
    reason = _caught(round_) or verdict([batch for batch in batches if batch.finished_at], it.tolerance)
    if reason:
        return _fail(it, f"Stage {round_.stage.value} ({round_.stage.name.lower()}): {reason}", ports)
    if any(batch.finished_at is None for batch in batches):
        return _closed(it, Next.MORE)
    return _open(it, round_.stage, builder, ports)


def _caught(round_: Closing) -> str:
    if round_.error is None:
        return ""
    return f"a worker failed again and again ({round_.error.get('Error', 'unknown')}); its function's log says why"


def _fail(it: Import, reason: str, ports: Ports) -> Closed:
    ports.store.commit([Save(IMPORTS, it.fail(reason, ports.clock.now()))])
    return _closed(it, Next.FAILED)


def _open(it: Import, stage: Stage, builder: IndexBuilder, ports: Ports) -> Closed:
    index = shards.index_of(it.project_id, it.id, f"stage-{stage.value}-run-{it.run}")
    rows = builder.build(shards.prefix_of(it.id), index, stage)
    closed = it.close(stage, ports.clock.now())
    shown = Explored(project_id=it.project_id, import_id=it.id, closed=stage, index=index, rows=rows, since=it.began_at)
    before = ports.store.find(EXPLORED, explored_key(it.project_id))
    after = shown if before is None else before.replaced(shown)
    event = ImportStageClosed(
        id=ports.ids.new(),
        at=ports.clock.now(),
        actor=it.requested_by,
        org_id=it.org_id,
        project_id=it.project_id,
        import_id=it.id,
        stage=stage.value,
    )
    ports.store.commit([Save(IMPORTS, closed), *([Save(EXPLORED, after)] if after is not before else [])], [event])
    return _closed(closed, Next.DONE if closed.status is Status.DONE else Next.MORE)


def _closed(it: Import, following: Next) -> Closed:
    return Closed(project_id=it.project_id, import_id=it.id, next=following)

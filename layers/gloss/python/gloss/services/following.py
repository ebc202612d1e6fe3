"""How far a registration job is, and what became of its units, page by page."""

import re
from collections.abc import Iterator

from gloss.domain.errors import Malformed
from gloss.domain.job import Batch, Job, Outcome, Progress, progress, summed
from gloss.domain.model import Value
from gloss.kinds.register import BATCHES, batches_of
from gloss.ports import Blobs, Page, Ports, Store
from gloss.services.parcelling import read_report

SHOWN = 100
_TOKEN = re.compile(r"(\d{1,7})\.(\d{1,7})")


class Followed(Value):
    """A job as it stands: its progress and the first of its units' errors and items."""

    job: Job
    progress: Progress
    errors: tuple[Outcome, ...]
    items: tuple[Outcome, ...]


def follow(job: Job, ports: Ports) -> Followed:
    """A job with its counts, rate and time left."""
    batches = _batches(job, ports.store)
    counts = summed(batch.counts for batch in batches)
    return Followed(
        job=job,
        progress=progress(job, counts, ports.clock.now()),
        errors=_first(job, [batch for batch in batches if batch.counts.error], True, ports.blobs),
        items=_first(job, [batch for batch in batches if batch.counts.done], False, ports.blobs),
    )


def errors_page(job: Job, limit: int, token: str | None, ports: Ports) -> Page[Outcome]:
    """Units that failed, in the order of the batches; raises Malformed for a token that is not ours."""
    return _page(job, limit, token, True, ports)


def items_page(job: Job, limit: int, token: str | None, ports: Ports) -> Page[Outcome]:
    """Units that were registered or skipped, in the order of the batches."""
    return _page(job, limit, token, False, ports)


def outcomes(job: Job, ports: Ports) -> Iterator[Outcome]:
    """Everything that is decided about a job's units so far."""
    for batch in _batches(job, ports.store):
        yield from read_report(job.id, batch.number, ports.blobs)


def _page(job: Job, limit: int, token: str | None, failed: bool, ports: Ports) -> Page[Outcome]:
    number, offset = _read(token)
    found: list[Outcome] = []
    for batch in _batches(job, ports.store):
        if batch.number < number or not (batch.counts.error if failed else batch.counts.done):
            continue
        fitting = _fitting(job, batch, failed, ports.blobs)
        skipped = offset if batch.number == number else 0
        taken = fitting[skipped : skipped + limit - len(found)]
        found += taken
        if len(found) == limit:
            return Page(tuple(found), f"{batch.number}.{skipped + len(taken)}")
    return Page(tuple(found))


def _first(job: Job, batches: list[Batch], failed: bool, blobs: Blobs) -> tuple[Outcome, ...]:
    found: list[Outcome] = []
    for batch in batches:
        found += _fitting(job, batch, failed, blobs)
        if len(found) >= SHOWN:
            break
    return tuple(found[:SHOWN])


def _fitting(job: Job, batch: Batch, failed: bool, blobs: Blobs) -> list[Outcome]:
    report = read_report(job.id, batch.number, blobs)
    return [outcome for outcome in report if (outcome.status == "error") is failed]


def _batches(job: Job, store: Store) -> list[Batch]:
    return list(store.every(BATCHES, batches_of(job.id)))


def _read(token: str | None) -> tuple[int, int]:
    if token is None:
        return 0, 0
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise Malformed("The page token is not one that this list gave out.")
    return int(found[1]), int(found[2])

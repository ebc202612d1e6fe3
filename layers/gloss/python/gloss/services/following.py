"""How far a registration job is, and what became of its units, page by page."""

import re
from collections.abc import Iterator, Sequence

from gloss.domain.errors import Malformed
from gloss.domain.job import Batch, Job, Outcome, Progress, progress, standing
from gloss.domain.model import Value
from gloss.kinds.register import BATCHES, batches_of
from gloss.ports import Blobs, Page, Ports, Query, Store
from gloss.services.parcelling import read_report
from gloss.services.planning import batches_done

SHOWN = 100
REPORTS_A_PAGE = 20
_TOKEN = re.compile(r"(\d{1,7})\.(\d{1,7})")


class Followed(Value):
    """A job as it stands: its progress and the first of its units' errors and items."""

    job: Job
    progress: Progress
    errors: tuple[Outcome, ...]
    items: tuple[Outcome, ...]


def standing_of(job: Job, ports: Ports) -> Progress:
    """A job's counts, rate and time left."""
    return progress(job, standing(job, list(batches_done(job, ports.store)))[0], ports.clock.now())


def follow(job: Job, ports: Ports) -> Followed:
    """A job with its counts, rate and time left; reads one round of batches and a few reports, however long the job."""
    counts, shown = standing(job, list(batches_done(job, ports.store)))
    return Followed(
        job=job,
        progress=progress(job, counts, ports.clock.now()),
        errors=_first(job, shown.errors, True, ports.blobs),
        items=_first(job, shown.items, False, ports.blobs),
    )


def errors_page(job: Job, limit: int, token: str | None, ports: Ports) -> Page[Outcome]:
    """Units that failed, in the order of the batches; raises Malformed for a token that is not ours.

    A page looks into a few reports only; where these hold little, it is short and its token goes on.
    """
    return _page(job, limit, token, True, ports)


def items_page(job: Job, limit: int, token: str | None, ports: Ports) -> Page[Outcome]:
    """Units that were registered or skipped, in the order of the batches; pages as those of errors."""
    return _page(job, limit, token, False, ports)


def outcomes(job: Job, ports: Ports) -> Iterator[Outcome]:
    """Everything that is decided about a job's units so far."""
    for batch in _batches(job, 0, ports.store):
        yield from read_report(job.id, batch.number, ports.blobs)


def _page(job: Job, limit: int, token: str | None, failed: bool, ports: Ports) -> Page[Outcome]:
    number, offset = _read(token)
    found: list[Outcome] = []
    looked_into = 0
    for batch in _batches(job, number, ports.store):
        if not (batch.counts.error if failed else batch.counts.done):
            continue
        if looked_into == REPORTS_A_PAGE:
            return Page(tuple(found), f"{batch.number}.0")
        looked_into += 1
        skipped = offset if batch.number == number else 0
        taken = _fitting(job, batch.number, failed, ports.blobs)[skipped : skipped + limit - len(found)]
        found += taken
        if len(found) == limit:
            return Page(tuple(found), f"{batch.number}.{skipped + len(taken)}")
    return Page(tuple(found))


def _first(job: Job, numbers: Sequence[int], failed: bool, blobs: Blobs) -> tuple[Outcome, ...]:
    found: list[Outcome] = []
    for number in numbers:
        found += _fitting(job, number, failed, blobs)
        if len(found) >= SHOWN:
            break
    return tuple(found[:SHOWN])


def _fitting(job: Job, number: int, failed: bool, blobs: Blobs) -> list[Outcome]:
    return [outcome for outcome in read_report(job.id, number, blobs) if (outcome.status == "error") is failed]


def _batches(job: Job, first: int, store: Store) -> Iterator[Batch]:
    """The batches that have ended, from a number on."""
    query = Query(limit=1000, beyond=f"{first - 1:06}") if first else Query(limit=1000)
    return (batch for batch in store.every(BATCHES, batches_of(job.id), query) if batch.ended_at is not None)


def _read(token: str | None) -> tuple[int, int]:
    if token is None:
        return 0, 0
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise Malformed("The page token is not one that this list gave out.")
    return int(found[1]), int(found[2])

"""The second state of a registration: each unit of a batch is probed and saved, once, however often it is tried."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import islice

from gloss.domain.errors import GlossError, Stale
from gloss.domain.integration import Integration, reach_of
from gloss.domain.job import Batch, Counts, Job, JobStatus, counted
from gloss.domain.manifest.units import RowFault, Unit
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import JobId, Value
from gloss.domain.registering import item_id_of
from gloss.domain.tally import came
from gloss.domain.uploads import is_upload
from gloss.kinds.register import BATCHES, INTEGRATIONS, ITEMS, JOBS, batch_key, integration_key, item_key, job_key
from gloss.ports import Media, Ports, Save, Store
from gloss.services import admitting, backing, describing, recognising, tallying
from gloss.services.parcelling import read_rows, write_report
from gloss.services.settling import (
    READING,
    Desk,
    Placed,
    Settled,
    Step,
    Work,
    failed,
    fault,
    held,
    probe_files,
    settle,
)

#: A sequence is rendered alone, since frames take memory.
AT_ONCE = {MediaKind.IMAGE_SEQUENCE: 1}
MOST_AT_ONCE = 8
SLICE = 100

Each = Callable[[Callable[[Placed], Settled], Iterable[Placed]], Iterator[Settled]]
MediaOf = Callable[[Integration | None], Media]


class BatchRef(Value):
    """Which batch of which job a state works on."""

    job_id: JobId
    number: int


class Registration(Value):
    """What became of a batch, for the machine's history."""

    job_id: JobId
    number: int
    counts: Counts


def register(job_id: str, number: int, media_of: MediaOf, ports: Ports) -> Registration:
    """Probe and save the units of a batch; an error of one unit is that unit's outcome."""
    return carry_out(BatchRef(job_id=JobId(job_id), number=number), media_of, probe_files, ports)


def carry_out(ref: BatchRef, media_of: MediaOf, step: Step, ports: Ports) -> Registration:
    """The same with another step between a unit's URLs and its facts.

    A batch that was done before, or whose job is over, is left alone; of one that was begun, only the rest is done.
    """
    job, number = ports.store.get(JOBS, job_key(ref.job_id)), ref.number
    known = ports.store.find(BATCHES, batch_key(job.id, number))
    if job.status is not JobStatus.PENDING or (known is not None and known.ended_at is not None):
        return Registration(job_id=job.id, number=number, counts=known.counts if known else Counts())
    again = known is not None or not _begun(job, number, ports)
    desk = _desk(job, number, media_of, ports)._replace(step=step)
    rows = describing.read_rows(read_rows(job.id, number, ports.blobs), job, ports.store)
    settled = sorted(_all(rows, _made_before(rows, job, ports.store) if again else {}, desk), key=_row)
    write_report(job.id, number, [each.outcome for each in settled], ports.blobs)
    backing.take_in(job, _items(settled, ports.store), ports)
    return Registration(job_id=job.id, number=number, counts=_end(job, number, settled, ports).counts)


def _items(settled: Sequence[Settled], store: Store) -> Iterator[Item]:
    """The items that the units are now, those that were there before at the end."""
    for each in settled:
        yield from (item for item in (each.made, *each.more) if item is not None)
    there = (each.outcome.item_id for each in settled if each.made is None)
    yield from store.get_many(ITEMS, [item_key(id_) for id_ in there if id_ is not None])


def desk_of(job_id: JobId, number: int, media_of: MediaOf, ports: Ports) -> Desk:
    """Where the units of a batch are worked on; raises NotFound when there is no such job."""
    return _desk(ports.store.get(JOBS, job_key(job_id)), number, media_of, ports)


def wanted(number: int, desk: Desk) -> Iterator[Placed]:
    """The unit of a row with its canonical URLs, unless it is faulty, or in the folder already."""
    job, batch = desk.work.job, desk.work.batch
    units = [row for row in read_rows(job.id, batch, desk.work.blobs) if row.row == number]
    read = describing.read_rows(units, job, desk.store)
    placed, _ = _placed([row for row in read if not isinstance(row, RowFault)], desk)
    known = recognising.known_places(placed, job, desk.store)
    before = _made_before(read, job, desk.store)
    for unit, urls in placed:
        if not before and recognising.same_as(unit, urls, known) is None:
            yield unit, urls


def _desk(job: Job, number: int, media_of: MediaOf, ports: Ports) -> Desk:
    integration = _integration(job, ports.store)
    work = Work(job, media_of(integration), reach_of(integration), ports.clock.now(), ports.blobs, number)
    return Desk(work, probe_files, ports.store)


def _begun(job: Job, number: int, ports: Ports) -> bool:
    """Note that the batch is begun; whether nobody did so before."""
    try:
        ports.store.commit([Save(BATCHES, Batch(job_id=job.id, number=number))])
    except Stale:
        return False
    return True


def _end(job: Job, number: int, settled: Sequence[Settled], ports: Ports) -> Batch:
    """Note what became of the batch together with what the folder got, once."""
    begun = ports.store.get(BATCHES, batch_key(job.id, number))
    if begun.ended_at is not None:
        return begun
    ended = begun.changed(counts=counted(each.outcome for each in settled), ended_at=ports.clock.now())
    made = came(item for each in settled for item in (each.made, *each.more) if item is not None)
    tally = [] if made.is_empty else [tallying.tally(job.folder_id, f"{job.id}#{number}", made)]
    ports.store.commit([Save(BATCHES, ended), *tally])
    return ended


def _integration(job: Job, store: Store) -> Integration | None:
    return None if job.integration_id is None else store.get(INTEGRATIONS, integration_key(job.integration_id))


def _made_before(rows: Sequence[Unit | RowFault], job: Job, store: Store) -> dict[str, Item]:
    """The items that an earlier try made of the rows; those of a job that skips duplicates are found by their URLs."""
    keys = [item_key(item_id_of(job.id, row.row)) for row in rows if not isinstance(row, RowFault)]
    return {} if job.skip_duplicate_urls else {it.id: it for it in store.get_many(ITEMS, keys)}


def _row(settled: Settled) -> int:
    return settled.outcome.row


def _all(rows: Sequence[Unit | RowFault], before: dict[str, Item], desk: Desk) -> Iterator[Settled]:
    """Faults, URLs that lead nowhere, units that were made before, and the rest."""
    yield from (fault(row) for row in rows if isinstance(row, RowFault))
    placed, wrong = _placed([row for row in rows if not isinstance(row, RowFault)], desk)
    yield from wrong
    yield from _units(placed, before, desk)


def _units(placed: Sequence[Placed], before: dict[str, Item], desk: Desk) -> Iterator[Settled]:
    """Some at a time, until the job is cancelled."""
    job = desk.work.job
    yield from (held(unit, made, desk) for unit, _ in placed if (made := before.get(item_id_of(job.id, unit.row))))
    rest = iter([each for each in placed if item_id_of(job.id, each[0].row) not in before])
    with _hands(placed) as each:
        yield from _settled(list(islice(rest, SLICE)), each, desk)
        while (some := list(islice(rest, SLICE))) and desk.store.get(JOBS, job_key(job.id)).status is JobStatus.PENDING:
            yield from _settled(some, each, desk)


@contextmanager
def _hands(placed: Sequence[Placed]) -> Iterator[Each]:
    """A way to do something with each of several units: several at once where there are several."""
    hands = min([len(placed), *(AT_ONCE.get(unit.kind, MOST_AT_ONCE) for unit, _ in placed)])
    if hands <= 1:
        yield map
    else:
        with ThreadPoolExecutor(hands) as pool:
            yield pool.map


def _placed(units: Sequence[Unit], desk: Desk) -> tuple[list[Placed], list[Settled]]:
    """Each unit with its canonical URLs, and the outcomes of those whose URLs lead nowhere, or where they may not."""
    placed, wrong = [], []
    mine = admitting.opened((url for unit in units for url in unit.urls), desk.work.job, desk.store)
    for unit in units:
        try:
            placed.append((unit, tuple(_canonical(url, desk.work, mine) for url in unit.urls)))
        except GlossError as refused:
            wrong.append(failed(unit, refused, READING))
    return placed, wrong


def _canonical(url: str, work: Work, mine: set[str]) -> str:
    return admitting.demand_open(url, mine) if is_upload(url) else work.reach.locate(url).url


def _settled(placed: Sequence[Placed], each: Each, desk: Desk) -> Iterator[Settled]:
    """Several units at once; one that shares a URL with an earlier one waits for it, if duplicates are skipped."""
    waiting = placed
    while waiting:
        now, waiting = _apart(waiting, desk.work.job)
        known = recognising.known_places(now, desk.work.job, desk.store)
        yield from each(partial(settle, known=known, desk=desk), now)


def _apart(placed: Sequence[Placed], job: Job) -> tuple[Sequence[Placed], Sequence[Placed]]:
    """Units no two of which share a URL, and those that must wait; all at once where duplicates are kept."""
    if not job.skip_duplicate_urls:
        return placed, ()
    now: list[Placed] = []
    later: list[Placed] = []
    seen: set[str] = set()
    for unit, urls in placed:
        prints = recognising.prints_of(unit, urls)
        (later if seen.intersection(prints) else now).append((unit, urls))
        seen.update(prints)
    return now, later

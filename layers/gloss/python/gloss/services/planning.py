"""The first state of a registration: the manifest as a stream becomes batches of rows, handed out round by round."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal

from gloss.domain.errors import Fault, GlossError, Invalid, TooLarge
from gloss.domain.job import RENDERS_FROM, Batch, Job, JobStatus, Pace, folded, round_of
from gloss.domain.manifest.opening import opened
from gloss.domain.manifest.plain import Part, Run
from gloss.domain.manifest.reading import Manifest
from gloss.domain.manifest.units import SequenceUnit
from gloss.domain.model import JobId, Value
from gloss.domain.segments import FRAMES_A_SEGMENT, LongSequence, names_of, segments_of
from gloss.kinds.register import BATCHES, JOBS, batches_of, job_key
from gloss.ports import Blobs, Ports, Query, Save, Store
from gloss.services import describing
from gloss.services.parcelling import NDJSON, line_of, read_long, rows_key, write_long
from gloss.services.situating import persistently

MAX_ROWS = MAX_URLS = 1_000_000
FRAMES_A_RENDER = 200
MAX_BYTES = 2**30
MAX_BATCH_BYTES = 4 * 2**20
PUTS_AT_ONCE = 4


class JobRef(Value):
    """Which job a state works on."""

    job_id: JobId


class Planned(Value):
    """The next round: batches of files and groups, or of sequences that must be rendered; over: there is none."""

    status: Literal["planned", "over"]
    job_id: JobId
    batches: tuple[int, ...] = ()
    segments: tuple[str, ...] = ()
    renders: tuple[int, ...] = ()


def plan(job_id: str, ports: Ports, frames_a_segment: int = FRAMES_A_SEGMENT) -> Planned:
    """Cut the manifest into batches, once, fold what is done into the job's counts, and hand out the next round.

    A manifest that cannot be read ends the job with the reason. A plan that breaks off is made again: the same manifest
    gives the same batches.
    """
    job = persistently(lambda: _planned(job_id, ports, frames_a_segment))
    batches = list(batches_done(job, ports.store))
    while job.status is JobStatus.PENDING and (numbers := round_of(job)):
        open_numbers = set(numbers) - {batch.number for batch in batches}
        if open_numbers:
            return _handed_out(job, sorted(open_numbers), ports.blobs)
        job = persistently(lambda known=batches: _fold(job_id, known, ports))  # type: ignore[misc]
        batches = list(batches_done(job, ports.store))
    return Planned(status="over", job_id=job.id)


def batches_done(job: Job, store: Store) -> Iterator[Batch]:
    """The batches of the job's round that have ended; never more than a round."""
    numbers = round_of(job)
    if not numbers:
        return iter(())
    query = Query(limit=len(numbers), beyond=f"{numbers[0] - 1:06}" if numbers[0] else None)
    page = store.page(BATCHES, batches_of(job.id), query)
    return (batch for batch in page.entries if batch.number in numbers and batch.ended_at is not None)


def batch_weight(number: int) -> int:
    """How many URLs a batch takes: few at first, so that something is seen soon, then more, so that few are needed."""
    return 50 if number < 20 else 200 if number < 60 else 1000


def _planned(job_id: str, ports: Ports, frames_a_segment: int) -> Job:
    """The job with its batches written; raises Stale when it was changed meanwhile."""
    job = ports.store.get(JOBS, job_key(job_id))
    if job.status is not JobStatus.PENDING or job.batches is not None:
        return job
    manifest = opened(job.format, _bounded(ports.blobs.open(job.manifest_key)), job.lenient)
    with ThreadPoolExecutor(PUTS_AT_ONCE) as pool:
        writer = _Writer(_Puts(job.id, ports.blobs, pool), frames_a_segment)
        try:
            for part in manifest.parts():
                writer.add(part)
        except GlossError as refused:
            return _refused(job, refused, ports)
        writer.close()
    return _noted(job, writer, manifest, ports)


def _fold(job_id: str, batches: Sequence[Batch], ports: Ports) -> Job:
    """The job with a round in its counts; whoever folded it before, or cancelled the job, is left to have done so."""
    job = ports.store.get(JOBS, job_key(job_id))
    if job.status is not JobStatus.PENDING or {batch.number for batch in batches} != set(round_of(job)):
        return job
    done = folded(job, batches, ports.clock.now())
    ports.store.commit([Save(JOBS, done)])
    return done


def _handed_out(job: Job, numbers: list[int], blobs: Blobs) -> Planned:
    renders = tuple(number for number in numbers if number >= RENDERS_FROM)
    batches = tuple(number for number in numbers if number < RENDERS_FROM)
    long = read_long(job.id, blobs) if renders and job.frames_a_segment else ()
    segments = tuple(str(name) for each in long if each.batch in renders for name in names_of(each))
    return Planned(status="planned", job_id=job.id, batches=batches, segments=segments, renders=renders)


def _bounded(chunks: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_BYTES:
            raise TooLarge(f"The manifest is too large: a manifest has at most {MAX_BYTES:,} bytes; split it.")
        yield chunk


def _refused(job: Job, refused: GlossError, ports: Ports) -> Job:
    now = ports.clock.now()
    failed = job.changed(status=JobStatus.ERROR, reason=refused.message, total=0, started_at=now, ended_at=now)
    ports.store.commit([Save(JOBS, failed)])
    return failed


def _noted(job: Job, writer: "_Writer", manifest: Manifest, ports: Ports) -> Job:
    now = ports.clock.now()
    noted = job.changed(
        total=writer.rows,
        batches=writer.files.count,
        renders=writer.sequences.count,
        frames_a_segment=writer.frames_a_segment if writer.long else None,
        skip_duplicate_urls=job.skip_duplicate_urls or manifest.flags.skip_duplicate_urls,
        upsert_metadata=job.upsert_metadata or manifest.flags.upsert_metadata,
        schema_version=_schema_version(job, ports.store),
        warnings=tuple(manifest.warnings[:100]),
        started_at=now,
        paces=(Pace(at=now, decided=0),),
    )
    ports.store.commit([Save(JOBS, noted)])
    return noted


class _Puts:
    """Writes batches, a few at once, so that no more than these wait in memory."""

    def __init__(self, job_id: JobId, blobs: Blobs, pool: ThreadPoolExecutor) -> None:
        self._job_id, self._blobs, self._pool = job_id, blobs, pool
        self._waiting: deque[Future[None]] = deque()

    def put(self, number: int, body: bytes) -> None:
        if len(self._waiting) == PUTS_AT_ONCE:
            self._waiting.popleft().result()
        self._waiting.append(self._pool.submit(self._blobs.put, rows_key(self._job_id, number), body, NDJSON))

    def put_long(self, long: Sequence[LongSequence]) -> None:
        """Note which sequences are cut; the last that is written."""
        write_long(self._job_id, long, self._blobs)

    def wait(self) -> None:
        """Until everything is written."""
        while self._waiting:
            self._waiting.popleft().result()


class _Pile:
    """Rows of one sort; each batch of them is written as soon as it is full, under numbers from `first` on."""

    def __init__(self, puts: _Puts, first: int, weight: Callable[[int], int]) -> None:
        self._puts, self._first, self._full = puts, first, weight
        self._lines: list[bytes] = []
        self._weight = self._bytes = 0
        self.count = 0

    @property
    def room(self) -> int:
        """How many more URLs the present batch takes."""
        return self._full(self.count) - self._weight

    def add(self, line: bytes, urls: int) -> None:
        self._lines.append(line)
        self._weight += max(1, urls)
        self._bytes += len(line)
        if self.room <= 0 or self._bytes > MAX_BATCH_BYTES:
            self.close()

    def close(self) -> None:
        """Write what is left."""
        if self._lines:
            self._puts.put(self._first + self.count, b"".join(self._lines))
            self._lines, self._weight, self._bytes, self.count = [], 0, 0, self.count + 1


def _schema_version(job: Job, store: Store) -> int:
    """The metadata schema's version, pinned by whichever try comes first."""
    return describing.schema_of(job.org_id, store).version if job.schema_version is None else job.schema_version


class _Writer:
    """Puts rows on two piles: files and groups, and sequences, which are batches apart since they must be rendered."""

    def __init__(self, puts: _Puts, frames_a_segment: int) -> None:
        self._puts, self.frames_a_segment = puts, frames_a_segment
        self.rows = self._urls = 0
        self.long: list[LongSequence] = []
        self.files = _Pile(puts, 0, batch_weight)
        self.sequences = _Pile(puts, RENDERS_FROM, lambda _: FRAMES_A_RENDER)

    def add(self, part: Part) -> None:
        """Take a row, or a run of rows; raises Invalid when there are too many."""
        if isinstance(part, Run):
            return self._add_run(part)
        self._count(1, len(part.urls))
        if isinstance(part, SequenceUnit):
            self._note(part)
            return self.sequences.add(line_of(part), len(part.urls))
        return self.files.add(line_of(part), len(part.urls))

    def close(self) -> None:
        """Write what is left, and wait until everything is written."""
        self.files.close()
        self.sequences.close()
        self._puts.wait()
        if self.long:
            self._puts.put_long(self.long)

    def _note(self, unit: SequenceUnit) -> None:
        """Note a sequence that is longer than a segment, and the batch that it comes into."""
        frames = len(unit.urls)
        if frames > self.frames_a_segment:
            batch, segments = RENDERS_FROM + self.sequences.count, segments_of(frames, self.frames_a_segment)
            self.long.append(LongSequence(batch, unit.row, segments))

    def _add_run(self, run: Run) -> None:
        self._count(len(run.texts), len(run.texts))
        while run.texts:
            first, run = run.parted(self.files.room)
            self.files.add(line_of(first), len(first.texts))

    def _count(self, rows: int, urls: int) -> None:
        self.rows, self._urls = self.rows + rows, self._urls + urls
        _demand_few("rows", self.rows, MAX_ROWS)
        _demand_few("URLs", self._urls, MAX_URLS)


def _demand_few(what: str, number: int, most: int) -> None:
    if number > most:
        reason = f"a manifest has at most {most:,} {what}; split it"
        raise Invalid(f"The manifest is too long: {reason}.", [Fault("", reason)])

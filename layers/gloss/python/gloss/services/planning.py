"""The first state of a registration: the manifest as a stream becomes batches of rows."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Literal

from gloss.domain.errors import Fault, GlossError, Invalid, TooLarge
from gloss.domain.job import Job, JobStatus
from gloss.domain.manifest.opening import opened
from gloss.domain.manifest.plain import Part, Run
from gloss.domain.manifest.reading import Manifest
from gloss.domain.manifest.units import SequenceUnit
from gloss.domain.model import JobId, Value
from gloss.kinds.register import JOBS, job_key
from gloss.ports import Blobs, Ports, Save, Store
from gloss.services import describing
from gloss.services.parcelling import NDJSON, line_of, rows_key

MAX_ROWS = 1_000_000
MAX_BYTES = 2**30
MAX_BATCH_BYTES = 4 * 2**20
PUTS_AT_ONCE = 4


class JobRef(Value):
    """Which job a state works on."""

    job_id: JobId


class Planned(Value):
    """Which batches there are: of files and groups, and of sequences that must be rendered."""

    status: Literal["planned", "over"]
    job_id: JobId
    batches: tuple[int, ...] = ()
    renders: tuple[int, ...] = ()


def plan(job_id: str, ports: Ports) -> Planned:
    """Cut the manifest into batches; a manifest that cannot be read ends the job with the reason."""
    job = ports.store.get(JOBS, job_key(job_id))
    if job.status is not JobStatus.PENDING:
        return Planned(status="over", job_id=job.id)
    manifest = opened(job.format, _bounded(ports.blobs.open(job.manifest_key)), job.lenient)
    with ThreadPoolExecutor(PUTS_AT_ONCE) as pool:
        writer = _Writer(job.id, ports.blobs, pool)
        try:
            for part in manifest.parts():
                writer.add(part)
        except GlossError as refused:
            return _refused(job, refused, ports)
        writer.close()
    _note(job, writer, manifest, ports)
    return Planned(status="planned", job_id=job.id, batches=tuple(writer.batches), renders=tuple(writer.renders))


def batch_weight(number: int) -> int:
    """How many URLs a batch takes: few at first, so that something is seen soon, then more, so that few are needed."""
    return 50 if number < 20 else 200 if number < 60 else 1000


def _bounded(chunks: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_BYTES:
            raise TooLarge(f"The manifest is too large: a manifest has at most {MAX_BYTES:,} bytes; split it.")
        yield chunk


def _refused(job: Job, refused: GlossError, ports: Ports) -> Planned:
    now = ports.clock.now()
    failed = job.changed(status=JobStatus.ERROR, reason=refused.message, total=0, started_at=now, ended_at=now)
    ports.store.commit([Save(JOBS, failed)])
    return Planned(status="over", job_id=job.id)


def _note(job: Job, writer: "_Writer", manifest: Manifest, ports: Ports) -> None:
    noted = job.changed(
        total=writer.rows,
        batches=writer.number,
        skip_duplicate_urls=job.skip_duplicate_urls or manifest.flags.skip_duplicate_urls,
        upsert_metadata=job.upsert_metadata or manifest.flags.upsert_metadata,
        schema_version=_schema_version(job, ports.store),
        warnings=tuple(manifest.warnings[:100]),
        started_at=job.started_at or ports.clock.now(),
    )
    ports.store.commit([Save(JOBS, noted)])


def _schema_version(job: Job, store: Store) -> int:
    """The metadata schema's version, pinned by whichever try comes first."""
    return describing.schema_of(job.org_id, store).version if job.schema_version is None else job.schema_version


class _Writer:
    """Collects rows and writes each batch as soon as it is full, a few at once; a sequence is a batch of its own."""

    def __init__(self, job_id: JobId, blobs: Blobs, pool: Executor) -> None:
        self._job_id, self._blobs, self._pool = job_id, blobs, pool
        self._lines: list[bytes] = []
        self._weight = self._bytes = 0
        self._writes: deque[Future[None]] = deque()
        self.rows = self.number = 0
        self.batches: list[int] = []
        self.renders: list[int] = []

    def add(self, part: Part) -> None:
        """Take a row, or a run of rows; raises Invalid when there are too many."""
        if isinstance(part, Run):
            self._add_run(part)
        elif isinstance(part, SequenceUnit):
            self._count(1)
            self._write([line_of(part)], self.renders)
        else:
            self._count(1)
            self._collect(line_of(part), len(part.urls))

    def close(self) -> None:
        """Write what is left, and wait until everything is written."""
        self._flush()
        while self._writes:
            self._writes.popleft().result()

    def _add_run(self, run: Run) -> None:
        self._count(len(run.texts))
        while run.texts:
            first, run = run.parted(batch_weight(len(self.batches)) - self._weight)
            self._collect(line_of(first), len(first.texts))

    def _count(self, rows: int) -> None:
        self.rows += rows
        if self.rows > MAX_ROWS:
            reason = f"a manifest has at most {MAX_ROWS:,} rows; split it"
            raise Invalid(f"The manifest is too long: {reason}.", [Fault("", reason)])

    def _collect(self, line: bytes, urls: int) -> None:
        self._lines.append(line)
        self._weight += max(1, urls)
        self._bytes += len(line)
        if self._weight >= batch_weight(len(self.batches)) or self._bytes > MAX_BATCH_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._lines:
            self._write(self._lines, self.batches)
            self._lines, self._weight, self._bytes = [], 0, 0

    def _write(self, lines: list[bytes], numbers: list[int]) -> None:
        """No more than a few batches wait in memory to be written."""
        if len(self._writes) == PUTS_AT_ONCE:
            self._writes.popleft().result()
        key = rows_key(self._job_id, self.number)
        self._writes.append(self._pool.submit(self._blobs.put, key, b"".join(lines), NDJSON))
        numbers.append(self.number)
        self.number += 1

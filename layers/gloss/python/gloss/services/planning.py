"""The first state of a registration: the manifest as a stream becomes batches of rows."""

from typing import Literal

from gloss.domain.errors import Fault, GlossError, Invalid
from gloss.domain.job import Job, JobStatus, ManifestFormat
from gloss.domain.manifest.reading import JsonManifest
from gloss.domain.manifest.tables import CsvManifest
from gloss.domain.manifest.units import RowFault, SequenceUnit, Unit
from gloss.domain.model import JobId, Value
from gloss.kinds.register import JOBS, job_key
from gloss.ports import Blobs, Ports, Save
from gloss.services.parcelling import NDJSON, line_of, rows_key

MAX_ROWS = 1_000_000
MAX_BATCH_BYTES = 4 * 2**20


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
    manifest = _opened(job, ports.blobs)
    writer = _Writer(job.id, ports.blobs)
    try:
        for row in manifest.rows():
            writer.add(row)
    except GlossError as refused:
        return _refused(job, refused, ports)
    writer.close()
    _note(job, writer, manifest, ports)
    return Planned(status="planned", job_id=job.id, batches=tuple(writer.batches), renders=tuple(writer.renders))


def batch_weight(number: int) -> int:
    """How many URLs a batch takes: few at first, so that something is seen soon, then more, so that few are needed."""
    return 50 if number < 20 else 200 if number < 60 else 1000


def _opened(job: Job, blobs: Blobs) -> JsonManifest | CsvManifest:
    chunks = blobs.open(job.manifest_key)
    return CsvManifest(chunks) if job.format is ManifestFormat.CSV else JsonManifest(chunks, job.lenient)


def _refused(job: Job, refused: GlossError, ports: Ports) -> Planned:
    now = ports.clock.now()
    failed = job.changed(status=JobStatus.ERROR, reason=refused.message, total=0, started_at=now, ended_at=now)
    ports.store.commit([Save(JOBS, failed)])
    return Planned(status="over", job_id=job.id)


def _note(job: Job, writer: "_Writer", manifest: JsonManifest | CsvManifest, ports: Ports) -> None:
    noted = job.changed(
        total=writer.rows,
        batches=writer.number,
        skip_duplicate_urls=job.skip_duplicate_urls or manifest.flags.skip_duplicate_urls,
        upsert_metadata=job.upsert_metadata or manifest.flags.upsert_metadata,
        warnings=tuple(manifest.warnings[:100]),
        started_at=job.started_at or ports.clock.now(),
    )
    ports.store.commit([Save(JOBS, noted)])


class _Writer:
    """Collects rows and writes each batch as soon as it is full; a sequence is a batch of its own."""

    def __init__(self, job_id: JobId, blobs: Blobs) -> None:
        self._job_id, self._blobs = job_id, blobs
        self._lines: list[bytes] = []
        self._weight = self._bytes = 0
        self.rows = self.number = 0
        self.batches: list[int] = []
        self.renders: list[int] = []

    def add(self, row: Unit | RowFault) -> None:
        self.rows += 1
        if self.rows > MAX_ROWS:
            reason = f"a manifest has at most {MAX_ROWS:,} rows; split it"
            raise Invalid(f"The manifest is too long: {reason}.", [Fault("", reason)])
        if isinstance(row, SequenceUnit):
            self._write([line_of(row)], self.renders)
        else:
            self._collect(line_of(row), len(row.urls))

    def close(self) -> None:
        """Write what is left."""
        if self._lines:
            self._write(self._lines, self.batches)
            self._lines, self._weight, self._bytes = [], 0, 0

    def _collect(self, line: bytes, urls: int) -> None:
        self._lines.append(line)
        self._weight += max(1, urls)
        self._bytes += len(line)
        if self._weight >= batch_weight(len(self.batches)) or self._bytes > MAX_BATCH_BYTES:
            self.close()

    def _write(self, lines: list[bytes], numbers: list[int]) -> None:
        self._blobs.put(rows_key(self._job_id, self.number), b"".join(lines), NDJSON)
        numbers.append(self.number)
        self.number += 1

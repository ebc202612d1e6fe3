"""Where the parts of a job lie among the blobs: batches of rows, and what became of them."""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import Field, TypeAdapter
from pydantic_core import to_json

from gloss.domain.job import Job, Outcome
from gloss.domain.manifest.plain import Origin, Part, Run
from gloss.domain.manifest.units import RowFault, Unit
from gloss.domain.model import Value
from gloss.domain.segments import LongSequence
from gloss.ports import Blobs

NDJSON = "application/x-ndjson"


class Plain(Value):
    """Plain rows that follow each other, as they stand in the manifest."""

    origin: Origin
    rows: list[Any]


class Line(Value):
    """A line of a batch: a unit, a fault, or a run of plain rows."""

    unit: Unit | None = Field(default=None, discriminator="kind")
    fault: RowFault | None = None
    plain: Plain | None = None

    def read(self) -> Iterator[Unit | RowFault]:
        """The rows of the line."""
        if self.plain is not None:
            yield from (self.plain.origin.unit(raw, at) for at, raw in enumerate(self.plain.rows))
        yield from (row for row in (self.unit, self.fault) if row is not None)


_LINE = TypeAdapter(Line)
_LONG = TypeAdapter(list[LongSequence])


def rows_key(job_id: str, number: int) -> str:
    """Where the rows of a batch lie."""
    return f"jobs/{job_id}/rows/{number:06}.ndjson"


def report_key(job_id: str, number: int) -> str:
    """Where the outcomes of a batch lie."""
    return f"{reports_of(job_id)}{number:06}.ndjson"


def reports_of(job_id: str) -> str:
    """Under which prefix the outcomes of all batches lie, in their order."""
    return f"jobs/{job_id}/report/"


def write_long(job_id: str, long: Iterable[LongSequence], blobs: Blobs) -> None:
    """Keep which sequences of a job are cut into segments."""
    blobs.put(_long_key(job_id), to_json(list(long)), "application/json")


def read_long(job_id: str, blobs: Blobs) -> list[LongSequence]:
    """Which sequences of a job are cut into segments; raises NotFound."""
    return _LONG.validate_json(blobs.get(_long_key(job_id)))


def segments_prefix(job_id: str, batch: int | None = None) -> str:
    """Where the segments of a job's, or a batch's, long sequences lie; what is left there is gone after two days."""
    return f"tmp/segments/{job_id}/" if batch is None else f"tmp/segments/{job_id}/{batch}/"


def clear_segments(job: Job, blobs: Blobs, batch: int | None = None) -> None:
    """Remove the segments of a job or batch that is done, if it had any."""
    if job.frames_a_segment is not None:
        blobs.remove(blobs.keys(segments_prefix(job.id, batch)))


def _long_key(job_id: str) -> str:
    return f"jobs/{job_id}/segments.json"


def line_of(part: Part) -> bytes:
    """A row as one line, and a run of plain rows as one line too."""
    if isinstance(part, Run):
        return _plain_line(part)
    name = b"fault" if isinstance(part, RowFault) else b"unit"
    return b'{"%b":%b}\n' % (name, part.model_dump_json(by_alias=True, exclude_defaults=True).encode())


def _plain_line(run: Run) -> bytes:
    """The rows' own texts; their line feeds, which JSON has only between values, would end the line."""
    texts = b",".join(run.texts).replace(b"\n", b" ")
    return b'{"plain":{"origin":%b,"rows":[%b]}}\n' % (to_json(run.origin), texts)


def read_rows(job_id: str, number: int, blobs: Blobs) -> list[Unit | RowFault]:
    """The rows of a batch; raises NotFound."""
    lines = (_LINE.validate_json(line) for line in blobs.get(rows_key(job_id, number)).split(b"\n") if line)
    return [row for line in lines for row in line.read()]


def write_report(job_id: str, number: int, outcomes: Iterable[Outcome], blobs: Blobs) -> None:
    """Keep the outcomes of a batch by their rows; the same again when the batch is done again."""
    ordered = sorted(outcomes, key=lambda outcome: outcome.row)
    body = b"".join(outcome.model_dump_json(exclude_defaults=True).encode() + b"\n" for outcome in ordered)
    blobs.put(report_key(job_id, number), body, NDJSON)


def read_report(job_id: str, number: int, blobs: Blobs) -> Iterator[Outcome]:
    """The outcomes of a batch; raises NotFound."""
    lines = blobs.get(report_key(job_id, number)).split(b"\n")
    return (Outcome.model_validate_json(line) for line in lines if line)

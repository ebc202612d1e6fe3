"""Where the parts of a job lie among the blobs: batches of rows, and what became of them."""

from collections.abc import Iterable, Iterator

from pydantic import Field, TypeAdapter

from gloss.domain.job import Outcome
from gloss.domain.manifest.units import RowFault, Unit
from gloss.domain.model import Value
from gloss.ports import Blobs

NDJSON = "application/x-ndjson"


class Line(Value):
    """One row of a batch: a unit or a fault."""

    unit: Unit | None = Field(default=None, discriminator="kind")
    fault: RowFault | None = None


_LINE = TypeAdapter(Line)


def rows_key(job_id: str, number: int) -> str:
    """Where the rows of a batch lie."""
    return f"jobs/{job_id}/rows/{number:06}.ndjson"


def report_key(job_id: str, number: int) -> str:
    """Where the outcomes of a batch lie."""
    return f"jobs/{job_id}/report/{number:06}.ndjson"


def line_of(row: Unit | RowFault) -> bytes:
    """A row as one line."""
    name = b"fault" if isinstance(row, RowFault) else b"unit"
    return b'{"%b":%b}\n' % (name, row.model_dump_json(by_alias=True, exclude_defaults=True).encode())


def read_rows(job_id: str, number: int, blobs: Blobs) -> list[Unit | RowFault]:
    """The rows of a batch; raises NotFound."""
    lines = (_LINE.validate_json(line) for line in blobs.get(rows_key(job_id, number)).split(b"\n") if line)
    return [row for line in lines if (row := line.unit or line.fault) is not None]


def write_report(job_id: str, number: int, outcomes: Iterable[Outcome], blobs: Blobs) -> None:
    """Keep the outcomes of a batch; the same again when the batch is done again."""
    body = b"".join(outcome.model_dump_json(exclude_defaults=True).encode() + b"\n" for outcome in outcomes)
    blobs.put(report_key(job_id, number), body, NDJSON)


def read_report(job_id: str, number: int, blobs: Blobs) -> Iterator[Outcome]:
    """The outcomes of a batch; raises NotFound."""
    lines = blobs.get(report_key(job_id, number)).split(b"\n")
    return (Outcome.model_validate_json(line) for line in lines if line)

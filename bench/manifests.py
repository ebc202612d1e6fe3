"""Rows a second out of JSON, NDJSON and CSV manifests, checked, each with its number; then the whole of Plan."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Annotated, Any

import msgspec
import orjson
from pydantic import BaseModel

from bench.measuring import Comparison, per_cpu_second
from gloss.adapters.memory import MemoryBlobs, memory_ports
from gloss.domain.job import Job, ManifestFormat
from gloss.domain.manifest.opening import opened
from gloss.domain.manifest.plain import Run
from gloss.domain.model import FolderId, JobId, OrgId, UserId
from gloss.kinds.register import JOBS
from gloss.ports import Ports, Save
from gloss.services import planning

ROWS = 50_000
CHUNK_BYTES = 2**20
BARS: Mapping[ManifestFormat, int | None] = {
    ManifestFormat.JSON: 100_000,
    ManifestFormat.NDJSON: 200_000,
    ManifestFormat.CSV: None,
}


class Image(BaseModel):
    """What a plain reader would check of a row."""

    objectUrl: str  # noqa: N815 - the manifest's own word
    title: str | None = None
    clientMetadata: dict[str, Any] = {}  # noqa: N815


class Struct(msgspec.Struct, forbid_unknown_fields=True):
    """The same for msgspec, with the limits of a URL and a title."""

    objectUrl: Annotated[str, msgspec.Meta(min_length=1, max_length=16_384)]  # noqa: N815
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=256)] | None = None
    clientMetadata: dict[str, Any] = {}  # noqa: N815
    kind: str = "image"


class Images(msgspec.Struct):
    """A JSON manifest for msgspec."""

    images: list[Struct]


def comparisons() -> Iterator[Comparison]:
    """Each format, parsed and checked; then planned, which also writes the batches."""
    bodies = {form: a_manifest(form, ROWS) for form in BARS}
    for form, body in bodies.items():
        yield Comparison(
            f"manifest {form.value.upper()}, streamed and checked",
            "rows/s",
            per_cpu_second(ROWS, partial(checked, form, body)),
            {name: per_cpu_second(ROWS, partial(read, body)) for name, read in PEERS[form].items()},
            bar=BARS[form],
        )
    for form, body in bodies.items():
        name = f"manifest {form.value.upper()}, planned"
        yield Comparison(name, "rows/s", per_cpu_second(ROWS, partial(plan, form, body)))


def a_manifest(form: ManifestFormat, rows: int) -> bytes:
    """Images with a title, and metadata where the format has a place for them: about 240 bytes a row."""
    makers = {ManifestFormat.JSON: a_json_manifest, ManifestFormat.NDJSON: lines, ManifestFormat.CSV: a_csv_manifest}
    return makers[form](rows)


def a_json_manifest(rows: int) -> bytes:
    return orjson.dumps({"images": [a_row(number) for number in range(rows)]})


def lines(rows: int, first: int = 0) -> bytes:
    return b"".join(orjson.dumps({"kind": "image", **a_row(first + at)}) + b"\n" for at in range(rows))


def a_row(number: int) -> dict[str, Any]:
    told = {"camera": f"cam-{number % 7}", "captured": "2025-03-01T09:00:00Z", "run": number // 1000, "wet": True}
    url = f"s3://a-bucket-of-fruit/2025/03/01/orchard-{number % 31:03}/image-{number:09}.jpg"
    return {"objectUrl": url, "title": f"image-{number:09}.jpg", "clientMetadata": told}


def a_csv_manifest(rows: int) -> bytes:
    told = (a_row(number) for number in range(rows))
    return ("ObjectURL,Image title\n" + "".join(f"{row['objectUrl']},{row['title']}\n" for row in told)).encode()


def chunks(body: bytes) -> Iterator[bytes]:
    """As a bucket would send it."""
    return (body[start : start + CHUNK_BYTES] for start in range(0, len(body), CHUNK_BYTES))


def checked(form: ManifestFormat, body: bytes) -> int:
    """Read all parts; how many rows there were."""
    return sum(len(part.texts) if isinstance(part, Run) else 1 for part in opened(form, chunks(body)).parts())


class Forgetful(MemoryBlobs):
    """Blobs that give the manifest and only count what is put."""

    def __init__(self, manifest: Iterable[bytes]) -> None:
        super().__init__()
        self._manifest, self.put_bytes = manifest, 0

    def put(self, *said: Any) -> None:
        self.put_bytes += len(said[1])

    def open(self, *_: str) -> Iterator[bytes]:
        return iter(self._manifest)


def plan(form: ManifestFormat, body: bytes) -> int:
    """The whole of Plan; how many bytes of batches it wrote."""
    return planned(form, chunks(body))


def planned(form: ManifestFormat, manifest: Iterable[bytes]) -> int:
    memory, blobs = memory_ports(), Forgetful(manifest)
    ports = Ports(memory.store, blobs, memory.machines, memory.clock, memory.ids)
    job = Job(
        id=JobId("job"),
        org_id=OrgId("acme"),
        folder_id=FolderId("folder"),
        format=form,
        manifest_key="manifest",
        created_by=UserId("ann"),
        created_at=memory.clock.now(),
    )
    memory.store.commit([Save(JOBS, job)])
    planning.plan(job.id, ports)
    return blobs.put_bytes


def exhausted(rows: Iterable[object]) -> int:
    return sum(1 for _ in rows)


def json_and_pydantic(body: bytes) -> list[Image]:
    """Everything in memory at once."""
    return [Image.model_validate(row) for row in json.loads(body)["images"]]


def lines_and_pydantic(body: bytes) -> list[Image]:
    return [Image.model_validate_json(line) for line in body.splitlines()]


def csv_and_pydantic(table: bytes) -> list[Image]:
    rows = csv.reader(io.StringIO(table.decode()))
    next(rows)
    return [Image.model_validate({"objectUrl": url, "title": title}) for url, title in rows]


PEERS: Mapping[ManifestFormat, Mapping[str, Callable[[bytes], object]]] = {
    ManifestFormat.JSON: {
        "json + pydantic each": json_and_pydantic,
        "msgspec, whole": msgspec.json.Decoder(Images).decode,
        "orjson, unchecked": orjson.loads,
    },
    ManifestFormat.NDJSON: {
        "pydantic each line": lines_and_pydantic,
        "msgspec, whole": msgspec.json.Decoder(Struct).decode_lines,
    },
    ManifestFormat.CSV: {
        "csv + pydantic each": csv_and_pydantic,
        "csv, unchecked": lambda table: exhausted(csv.reader(io.StringIO(table.decode()))),
    },
}

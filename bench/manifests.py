"""Rows a second out of JSON and CSV manifests, checked, each with its number."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from pydantic import BaseModel

from bench.measuring import Comparison, per_second
from gloss.domain.manifest.reading import JsonManifest
from gloss.domain.manifest.tables import CsvManifest

ROWS = 50_000
CHUNK_BYTES = 2**20
BAR = 200_000


class Image(BaseModel):
    """What a plain reader would check of a row."""

    objectUrl: str  # noqa: N815 - the manifest's own word
    title: str | None = None
    clientMetadata: dict[str, Any] = {}  # noqa: N815


def comparisons() -> Iterator[Comparison]:
    """JSON, then CSV."""
    body, table = a_json_manifest(ROWS), a_csv_manifest(ROWS)
    yield Comparison(
        "manifest JSON, streamed and checked",
        "rows/s",
        per_second(ROWS, lambda: exhausted(JsonManifest(chunks(body)).parts())),
        {
            "json + pydantic each": per_second(ROWS, lambda: whole_json(body)),
            "orjson, unchecked": per_second(ROWS, lambda: orjson.loads(body)),
        },
        bar=BAR,
    )
    yield Comparison(
        "manifest CSV, streamed and checked",
        "rows/s",
        per_second(ROWS, lambda: exhausted(CsvManifest(chunks(table)).parts())),
        {
            "csv + pydantic each": per_second(ROWS, lambda: whole_csv(table)),
            "csv, unchecked": per_second(ROWS, lambda: exhausted(csv.reader(io.StringIO(table.decode())))),
        },
        bar=BAR,
    )


def a_json_manifest(rows: int) -> bytes:
    """About 240 bytes a row."""
    return orjson.dumps({"images": [a_row(number) for number in range(rows)]})


def a_row(number: int) -> dict[str, Any]:
    told = {"camera": f"cam-{number % 7}", "captured": "2025-03-01T09:00:00Z", "run": number // 1000, "wet": True}
    url = f"s3://a-bucket-of-fruit/2025/03/01/orchard-{number % 31:03}/image-{number:09}.jpg"
    return {"objectUrl": url, "title": f"image-{number:09}.jpg", "clientMetadata": told}


def a_csv_manifest(rows: int) -> bytes:
    """Images with a title."""
    told = (a_row(number) for number in range(rows))
    lines = (f"{row['objectUrl']},{row['title']}\n" for row in told)
    return ("ObjectURL,Image title\n" + "".join(lines)).encode()


def chunks(body: bytes) -> Iterator[bytes]:
    """As a bucket would send it."""
    return (body[start : start + CHUNK_BYTES] for start in range(0, len(body), CHUNK_BYTES))


def exhausted(rows: Iterable[object]) -> int:
    """How many there were."""
    return sum(1 for _ in rows)


def whole_json(body: bytes) -> list[Image]:
    """Everything in memory at once."""
    return [Image.model_validate(row) for row in json.loads(body)["images"]]


def whole_csv(table: bytes) -> list[Image]:
    """Everything in memory at once."""
    rows = csv.reader(io.StringIO(table.decode()))
    next(rows)
    return [Image.model_validate({"objectUrl": url, "title": title}) for url, title in rows]

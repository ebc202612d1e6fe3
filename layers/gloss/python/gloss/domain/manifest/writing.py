"""Rows to the text of a manifest in each of the three formats, piece by piece."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, groupby
from typing import Any

from gloss.domain.errors import Fault, Invalid
from gloss.domain.job import ManifestFormat
from gloss.domain.manifest.listing import Row

Flags = Mapping[str, bool]
_ARRAY = {
    "video": "videos",
    "image": "images",
    "audio": "audio",
    "pdf": "pdfs",
    "text": "text",
    "nifti": "nifti",
    "time_series": "time_series",
    "image_group": "image_groups",
    "image_sequence": "image_groups",
    "dicom_series": "dicom_series",
}
_CREATES_VIDEO = {"image_group": False, "image_sequence": True}
_HEADER = {
    "video": "Video title",
    "image": "Image title",
    "image_group": "Image group title",
    "image_sequence": "Image group title",
    "dicom_series": "Series title",
}


def written(form: ManifestFormat, rows: Iterable[Row], flags: Flags) -> Iterator[str]:
    """The text of a manifest of rows that name their kind; raises Invalid for what the format cannot say.

    NDJSON and CSV are written as the rows come; JSON keeps the rows of each array until all have come.
    """
    return _WRITER[form](rows, {name: True for name, said in flags.items() if said})


def _ndjson(rows: Iterable[Row], flags: Flags) -> Iterator[str]:
    first = [dict(flags)] if flags else []
    return (f"{json.dumps(each, ensure_ascii=False)}\n" for each in chain(first, rows))


def _json(rows: Iterable[Row], flags: Flags) -> Iterator[str]:
    """One element a line, so that a long manifest can be looked at and compared."""
    arrays: dict[str, list[str]] = {}
    for row in rows:
        arrays.setdefault(_ARRAY[row["kind"]], []).append(_element(row))
    texts = [f" {json.dumps(key)}: [\n  " + ",\n  ".join(elements) + "\n ]" for key, elements in arrays.items()]
    texts += [f" {json.dumps(name)}: {json.dumps(said)}" for name, said in flags.items()]
    yield "{\n" + ",\n".join(texts) + "\n}\n"


def _element(row: Row) -> str:
    video = _CREATES_VIDEO.get(row["kind"])
    said = {name: value for name, value in row.items() if name != "kind"}
    return json.dumps(said if video is None else {"createVideo": video, **said}, ensure_ascii=False)


def _csv(rows: Iterable[Row], flags: Flags) -> Iterator[str]:
    """A header of three columns at every change of kind, since that is right with and without sequences."""
    if flags:
        raise _not_csv("CSV has no flags; say them when the job is started")
    for header, group in groupby(rows, _csv_header):
        yield _line(["ObjectUrl", header, "Create video"])
        for row in group:
            yield from map(_line, _csv_rows(row))


def _csv_header(row: Row) -> str:
    kind, metadata = row["kind"], row.get("clientMetadata")
    if kind not in _HEADER or metadata:
        raise _not_csv(f"CSV has no place for {'metadata' if metadata else f'{kind} files'}")
    return _HEADER[kind]


def _csv_rows(row: Row) -> Iterator[list[Any]]:
    video = str(_CREATES_VIDEO.get(row["kind"], False)).lower()
    urls = [value for name, value in row.items() if name.startswith("objectUrl")]
    for url in urls:
        if any(map(str.isspace, url)):
            raise _not_csv(f"CSV takes no whitespace in {url!r}")
    return ([url, row.get("title", ""), video] for url in urls)


def _not_csv(reason: str) -> Invalid:
    return Invalid(f"This manifest cannot be CSV: {reason}. Write JSON or NDJSON.", [Fault("format", reason)])


def _line(cells: list[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


_WRITER: Mapping[ManifestFormat, Callable[[Iterable[Row], Flags], Iterator[str]]] = {
    ManifestFormat.JSON: _json,
    ManifestFormat.NDJSON: _ndjson,
    ManifestFormat.CSV: _csv,
}

"""The one way into a manifest of any format."""

from collections.abc import Callable, Iterable, Mapping

from gloss.domain.job import ManifestFormat
from gloss.domain.manifest.lines import NdjsonManifest
from gloss.domain.manifest.reading import JsonManifest, Manifest
from gloss.domain.manifest.tables import CsvManifest

CONTENT_TYPE: Mapping[ManifestFormat, str] = {
    ManifestFormat.JSON: "application/json",
    ManifestFormat.NDJSON: "application/x-ndjson",
    ManifestFormat.CSV: "text/csv",
}
_SUFFIX = {
    "json": ManifestFormat.JSON,
    "csv": ManifestFormat.CSV,
    **dict.fromkeys(("ndjson", "jsonl"), ManifestFormat.NDJSON),
}
_READER: Mapping[ManifestFormat, Callable[[Iterable[bytes], bool], Manifest]] = {
    ManifestFormat.JSON: JsonManifest,
    ManifestFormat.NDJSON: lambda chunks, _: NdjsonManifest(chunks),
    ManifestFormat.CSV: lambda chunks, _: CsvManifest(chunks),
}


def opened(form: ManifestFormat, chunks: Iterable[bytes], lenient: bool = False) -> Manifest:
    """A manifest out of its bytes; `lenient` overlooks trailing commas in JSON."""
    return _READER[form](chunks, lenient)


def format_of(file_name: str) -> ManifestFormat | None:
    """The format that a file's name tells (`.json`, `.ndjson`, `.jsonl`, `.csv`), or None."""
    return _SUFFIX.get(file_name.rpartition(".")[2].lower())

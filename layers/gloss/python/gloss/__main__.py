"""`gloss manifest`: a manifest out of a bucket, or out of a list of files (docs/manifests.md)."""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from gloss import wiring
from gloss.domain.errors import GlossError
from gloss.domain.job import ManifestFormat
from gloss.domain.manifest import listing, writing
from gloss.domain.manifest.listing import Wish
from gloss.domain.manifest.opening import format_of
from gloss.domain.media import MediaKind

SHOWN = 5
UNITS = [kind for kind in MediaKind if kind not in (MediaKind.DICOM_FILE, MediaKind.DATA_GROUP)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; what is wrong ends it with one line and status 1."""
    asked = _parser().parse_args(arguments)
    try:
        unknown = _write(asked)
    except (GlossError, OSError) as refused:
        raise SystemExit(f"gloss: {refused}") from None
    if unknown:
        named = ", ".join(unknown[:SHOWN]) + (", ..." if len(unknown) > SHOWN else "")
        sys.stderr.write(f"gloss: left out {len(unknown)} files of no known kind: {named}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gloss")
    command = parser.add_subparsers(required=True).add_parser("manifest", help="write a manifest of many files")
    add = command.add_argument
    add("source", help="s3://bucket/prefix, a file that names one file a line, or - for standard input")
    add("--output", type=Path, help="where to write; standard output without it")
    add("--format", type=ManifestFormat, help="json, ndjson or csv; by the name of the output without it, else json")
    add("--under", default="", metavar="URL", help="put before each name of a list that is no URL itself")
    add("--pattern", help="searched in each URL; named groups: group, title, and metadata")
    add("--kind", type=MediaKind, choices=UNITS, help="of every file, whatever it is called")
    add("--sequences", action="store_true", help="joined images become videos instead of groups")
    add("--skip-duplicate-urls", action="store_true", help="leave out what the folder has")
    add("--upsert-metadata", action="store_true", help="and update its metadata instead")
    return parser


def _write(asked: argparse.Namespace) -> list[str]:
    """Write the manifest; the files that were left out."""
    together = MediaKind.IMAGE_SEQUENCE if asked.sequences else MediaKind.IMAGE_GROUP
    pattern = listing.compiled(asked.pattern) if asked.pattern else None
    found = listing.listed(_urls(asked), Wish(pattern, asked.kind, together))
    flags = {"skip_duplicate_urls": asked.skip_duplicate_urls, "upsert_metadata": asked.upsert_metadata}
    form = asked.format or (asked.output and format_of(asked.output.name)) or ManifestFormat.JSON
    texts = writing.written(form, found.rows, flags)
    if asked.output is None:
        sys.stdout.writelines(texts)
    else:
        with asked.output.open("w", encoding="utf-8", newline="") as out:
            out.writelines(texts)
    return found.unknown


def _urls(asked: argparse.Namespace) -> Iterator[str]:
    if asked.source.startswith("s3://"):
        objects = wiring.ambient_media().listed(asked.source, None)
        yield from (each.url for each in objects if not each.url.endswith("/"))
    elif asked.source == "-":
        yield from _named(sys.stdin, asked.under)
    else:
        with Path(asked.source).open(encoding="utf-8") as lines:
            yield from _named(lines, asked.under)


def _named(lines: Iterable[str], under: str) -> Iterator[str]:
    names = (line.strip() for line in lines)
    return (name if "://" in name else under + name for name in names if name)


if __name__ == "__main__":
    main()

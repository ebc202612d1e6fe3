"""Facts of text files: their size, and their type by name."""

from gloss.domain.media import Facts
from gloss.probes.ranged import Ranges
from gloss.probes.seeming import TEXT, refusal

TYPES = {
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".csv": "text/csv",
    ".html": "text/html",
    ".htm": "text/html",
    ".json": "application/json",
    ".ndjson": "application/x-ndjson",
    ".xml": "application/xml",
}
_FIRST_BYTES = 2**12


def probe(file: Ranges) -> Facts:
    """Size and type; raises Invalid for a file that is plainly binary."""
    if b"\0" in file.read(0, _FIRST_BYTES) and file.read(0, 2) not in (b"\xff\xfe", b"\xfe\xff"):
        raise refusal(file, TEXT, "is binary")
    return Facts(mime_type=mime_of(file.name), size_bytes=file.size)


def mime_of(name: str) -> str:
    """The type that a file's name stands for; text/plain when it says nothing."""
    return next((kind for ending, kind in TYPES.items() if name.lower().endswith(ending)), "text/plain")

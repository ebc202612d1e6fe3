"""Facts of a PDF: its number of pages, read through the cross-reference table at its end."""

import logging
from io import BufferedReader
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.errors import PyPdfError

from gloss.domain.errors import Invalid
from gloss.domain.media import Facts
from gloss.probes.ranged import RangedFile, Ranges
from gloss.probes.seeming import PDF, refusal

logging.getLogger("pypdf").setLevel(logging.ERROR)
#: Readers look for the end mark in the last kilobyte (ISO 32000-1 H.3.18); some writers leave more behind it.
TAIL = 2**15
MAX_OBJECTS = 500_000
#: What one stream may unpack to: a table of half a million objects with room to spare.
MAX_UNPACKED = 8 * 2**20
_LIMITS: dict[str, Any] = {
    "zlib_maximum_output_length": MAX_UNPACKED,
    "lzw_maximum_output_length": MAX_UNPACKED,
    "run_length_maximum_output_length": MAX_UNPACKED,
    "maximum_declared_stream_length": MAX_UNPACKED,
    "stream_decoding_work_maximum_length": 4 * MAX_UNPACKED,
}
_BROKEN = (
    *(PyPdfError, OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, IndexError),
    *(RuntimeError, ArithmeticError, AssertionError),
)


def probe(file: Ranges) -> Facts:
    """Pages; raises Invalid for what is no PDF, or opens with a password only."""
    if b"%PDF-" not in file.read(0, 1024):
        raise refusal(file, PDF, "does not begin like one")
    if b"startxref" not in file.read(max(0, file.size - TAIL), TAIL):
        raise Invalid(f"{file.name} is a PDF that is cut off: its end does not say where its table of objects lies.")
    try:
        with apply_configuration(**_LIMITS):
            pages = _pages(file)
    except _BROKEN as error:
        raise Invalid(f"{file.name} is a PDF that cannot be read: {str(error)[:200]}.") from None
    if pages is None:
        raise Invalid(f"{file.name} is protected by a password; remove it before registering.")
    if pages < 1:
        raise Invalid(f"{file.name} is a PDF without pages.")
    return Facts(mime_type="application/pdf", size_bytes=file.size, num_pages=pages)


def _pages(file: Ranges) -> int | None:
    """What the root of the page tree says, the pages themselves are not read; None when a password is wanted."""
    stream = BufferedReader(RangedFile(file), 2**16)
    reader = PdfReader(stream, strict=False, xref_stream_maximum_entries=MAX_OBJECTS)
    if reader.is_encrypted and not reader.decrypt(""):
        return None
    tree: Any = reader.root_object["/Pages"]
    return int(tree["/Count"])

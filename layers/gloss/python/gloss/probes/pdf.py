"""Facts of a PDF: its number of pages, read through the cross-reference table at its end."""

import logging
from io import BufferedReader
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from gloss.domain.errors import Invalid
from gloss.domain.media import Facts
from gloss.probes.ranged import RangedFile, Ranges

logging.getLogger("pypdf").setLevel(logging.ERROR)
_BROKEN = (
    *(PyPdfError, OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, IndexError),
    *(RuntimeError, ArithmeticError, AssertionError),
)


def probe(file: Ranges) -> Facts:
    """Pages; raises Invalid for what is no PDF or is protected by a password."""
    if b"%PDF-" not in file.read(0, 1024):
        raise Invalid(f"Expected a PDF, but {file.name} does not begin like one.")
    try:
        reader = PdfReader(BufferedReader(RangedFile(file), 2**16), strict=False)
        encrypted = reader.is_encrypted
        pages = 0 if encrypted else _pages(reader)
    except _BROKEN as error:
        raise Invalid(f"{file.name} is a PDF that cannot be read: {str(error)[:200]}.") from None
    if encrypted:
        raise Invalid(f"{file.name} is protected by a password; remove it before registering.")
    return Facts(mime_type="application/pdf", size_bytes=file.size, num_pages=pages)


def _pages(reader: PdfReader) -> int:
    """What the root of the page tree says; the pages themselves are not read."""
    tree: Any = reader.root_object["/Pages"]
    return int(tree["/Count"])

"""What a file is by its first bytes, for who is told that it is not what it should be."""

from typing import Final, NamedTuple

from gloss.domain.errors import Invalid
from gloss.probes.ranged import Ranges

VIDEO: Final = "a video"
AUDIO: Final = "an audio file"
IMAGE: Final = "an image"
PDF: Final = "a PDF"
TEXT: Final = "a text file"
SERIES: Final = "a time series"
NIFTI: Final = "a NIfTI volume"
DICOM: Final = "a DICOM file"
HEAD_BYTES: Final = 512


class Sign(NamedTuple):
    """Bytes at a place, what a file with these is called, and as what it might be meant although it is broken."""

    at: int
    mark: bytes
    words: str
    might_be: tuple[str, ...] = ()


SIGNS: Final = (
    Sign(0, b"%PDF-", "a PDF", (PDF,)),
    Sign(0, b"\x89PNG\r\n\x1a\n", "a PNG image", (IMAGE,)),
    Sign(0, b"\xff\xd8\xff", "a JPEG image", (IMAGE,)),
    Sign(0, b"GIF8", "a GIF image"),
    Sign(0, b"II*\0", "a TIFF image", (IMAGE,)),
    Sign(0, b"MM\0*", "a TIFF image", (IMAGE,)),
    Sign(8, b"WEBP", "a WEBP image", (IMAGE,)),
    Sign(8, b"WAVE", "a WAV sound", (AUDIO,)),
    Sign(8, b"AVI ", "an AVI video", (VIDEO, AUDIO)),
    Sign(4, b"ftypavif", "an AVIF image", (IMAGE,)),
    Sign(4, b"ftypheic", "a HEIC image"),
    Sign(4, b"ftyp", "an MP4 or QuickTime file", (VIDEO, AUDIO)),
    Sign(0, b"\x1aE\xdf\xa3", "a Matroska or WebM file", (VIDEO, AUDIO)),
    Sign(0, b"OggS", "an Ogg file", (VIDEO, AUDIO)),
    Sign(0, b"fLaC", "a FLAC sound", (AUDIO,)),
    Sign(0, b"ID3", "an MP3 sound", (AUDIO,)),
    Sign(128, b"DICM", "a DICOM file", (DICOM,)),
    Sign(344, b"n+1\0", "a NIfTI volume", (NIFTI,)),
    Sign(4, b"n+2\0", "a NIfTI volume", (NIFTI,)),
    Sign(0, b"\x1f\x8b", "a gzip archive", (NIFTI,)),
    Sign(0, b"PK\x03\x04", "a ZIP archive"),
    Sign(0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    Sign(0, b"Rar!\x1a\x07", "a RAR archive"),
)
#: Pages and messages that servers send in a file's place, in any case and after any space.
WRITTEN: Final = {b"<!doctype html": "an HTML page", b"<html": "an HTML page", b"<?xml": "an XML text"}


def refusal(file: Ranges, wanted: str, otherwise: str) -> Invalid:
    """That a file is not what was wanted: what it is instead, or else `otherwise` said of it."""
    return Invalid(f"Expected {wanted}, but {file.name} {_seems(file, wanted) or otherwise}.")


def _seems(file: Ranges, wanted: str) -> str:
    if file.size == 0:
        return "is empty"
    head = file.read(0, HEAD_BYTES)
    sign = next((sign for sign in SIGNS if head.startswith(sign.mark, sign.at)), None)
    if sign is not None:
        return "" if wanted in sign.might_be else f"is {sign.words}"
    words = next((words for begins, words in WRITTEN.items() if head.lstrip().lower().startswith(begins)), None)
    return f"is {words}" if words and wanted != TEXT else ""

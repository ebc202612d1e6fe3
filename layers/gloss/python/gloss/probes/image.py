"""Facts of an image from its header; no pixel is decoded, and nothing is unpacked."""

import struct
from collections.abc import Callable, Mapping
from typing import Final

from gloss.domain.errors import Invalid
from gloss.domain.media import Facts
from gloss.probes import avif, tiff
from gloss.probes.heads import Cut, Head, Strange
from gloss.probes.ranged import BLOCK, Ranges
from gloss.probes.seeming import IMAGE, refusal

FORMATS: Final = ("JPEG", "PNG", "WEBP", "AVIF", "BMP", "TIFF")
MAX_PIXELS: Final = 1_000_000_000
MARK_BYTES: Final = 64
MAX_SEGMENTS: Final = 10_000
#: PNG colour types to samples a pixel; a palette's index is one.
_PNG_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_SIZES_IN: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE: Final = frozenset(range(0xD0, 0xDA)) - {0xD9}


def probe(file: Ranges) -> Facts:
    """Format, size in pixels and channels; raises Invalid for what is none, is cut off, or has a gigapixel or more."""
    head = file.read(0, 16)
    try:
        found = next((read(file) for begins, read in READERS.items() if head.startswith(begins)), None)
        found = found or avif.head(file)
    except Cut:
        raise Invalid(f"Expected an image, but {file.name} is cut off: it is shorter than its header says.") from None
    except (Strange, struct.error, IndexError):
        found = None
    if found is None or min(found.width, found.height) < 1:
        raise refusal(file, IMAGE, f"cannot be read as one ({', '.join(FORMATS)})")
    if found.width * found.height > MAX_PIXELS:
        raise Invalid(f"{file.name} claims more than {MAX_PIXELS:,} pixels; no image of that size is taken.")
    return Facts(
        mime_type=f"image/{found.form.lower()}",
        size_bytes=file.size,
        width_px=found.width,
        height_px=found.height,
        codec=found.form.lower(),
        num_channels=found.channels,
    )


def _png(file: Ranges) -> Head:
    """PNG 11.2.2: the header is the first chunk; IEND is the last."""
    body = file.read(0, 33)
    if body[12:16] != b"IHDR":
        raise Strange
    width, height, _, kind = struct.unpack_from(">IIBB", body, 16)
    if kind not in _PNG_CHANNELS:
        raise Strange
    _demand_end(file, b"IEND\xaeB`\x82", 8)
    return Head("PNG", width, height, _PNG_CHANNELS[kind])


def _jpeg(file: Ranges) -> Head:
    """ITU T.81 B.2.2: segments up to the frame header; those before it are passed unread."""
    at = 2
    for _ in range(MAX_SEGMENTS):
        mark, code, length, _, height, width, parts = struct.unpack(">BBHBHHB", file.read(at, 10))
        if mark != 0xFF:
            raise Strange
        if code in _SIZES_IN:
            _demand_end(file, b"\xff\xd9", at)
            return Head("JPEG", width, height, parts)
        at += 1 if code == 0xFF else 2 if code in _ALONE else 2 + length
    raise Strange


def _webp(file: Ranges) -> Head:
    """RFC 9649: a simple file has one frame, an extended one says its canvas."""
    body = file.read(0, 30)
    if body[8:12] != b"WEBP":
        raise Strange
    if struct.unpack_from("<I", body, 4)[0] + 8 > file.size:
        raise Cut
    return _WEBP[body[12:16]](body) if body[12:16] in _WEBP else _strange()


def _lossy(body: bytes) -> Head:
    width, height = struct.unpack_from("<HH", body, 26)
    return Head("WEBP", width & 0x3FFF, height & 0x3FFF, 3) if body[23:26] == b"\x9d\x01\x2a" else _strange()


def _lossless(body: bytes) -> Head:
    bits = int.from_bytes(body[21:25], "little")
    width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return Head("WEBP", width, height, 4 if bits >> 28 & 1 else 3) if body[20] == 0x2F else _strange()


def _extended(body: bytes) -> Head:
    width, height = (int.from_bytes(body[at : at + 3], "little") + 1 for at in (24, 27))
    return Head("WEBP", width, height, 4 if body[20] & 0x10 else 3)


def _bmp(file: Ranges) -> Head:
    """BITMAPINFOHEADER and its successors, or the first header with 16 bits a side; rows are padded to four bytes."""
    body = file.read(0, 70)
    pixels_at, header = struct.unpack_from("<II", body, 10)
    width, height, _, bits = struct.unpack_from("<HHHH" if header == 12 else "<iiHH", body, 18)
    if header not in (12, 40, 52, 56, 64, 108, 124) or bits not in (1, 2, 4, 8, 16, 24, 32):
        raise Strange
    packing = 0 if header == 12 else struct.unpack_from("<I", body, 30)[0]
    if packing == 0 and pixels_at + (width * bits + 31) // 32 * 4 * abs(height) > file.size:
        raise Cut
    alpha = bits == 32 and packing == 3 and header >= 56 and any(body[66:70])
    return Head("BMP", width, abs(height), 1 if bits <= 8 else 4 if alpha else 3)


def _strange() -> Head:
    raise Strange


def _demand_end(file: Ranges, end: bytes, behind: int) -> None:
    """The format's end mark within the last block; what other programs append is shorter."""
    start = max(behind, (file.size - MARK_BYTES) // BLOCK * BLOCK)
    if end not in file.read(start, file.size - start):
        raise Cut


_WEBP: Final[Mapping[bytes, Callable[[bytes], Head]]] = {b"VP8 ": _lossy, b"VP8L": _lossless, b"VP8X": _extended}
READERS: Final[Mapping[bytes, Callable[[Ranges], Head]]] = {
    b"\x89PNG\r\n\x1a\n": _png,
    b"\xff\xd8\xff": _jpeg,
    b"RIFF": _webp,
    b"BM": _bmp,
    b"II*\0": tiff.head,
    b"MM\0*": tiff.head,
    b"II+\0": tiff.head,
    b"MM\0+": tiff.head,
}

"""Files that are made to exhaust whoever reads them: a few bytes that unpack, or claim, far more."""

import gzip
import io
import struct
import zlib
from functools import cache

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import NameObject, StreamObject

from tests.builders_media import a_dicom_file, a_png_header

MUCH = 320 * 2**20


@cache
def zeros(size: int = MUCH, wbits: int = 15) -> bytes:
    """So many zeros, deflated to a thousandth."""
    packer, part = zlib.compressobj(9, zlib.DEFLATED, wbits), bytes(2**20)
    return b"".join(packer.compress(part) for _ in range(size // 2**20)) + packer.flush()


def box(name: bytes, *parts: bytes) -> bytes:
    """A box of an MP4 or AVIF file."""
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + name + body


def full(name: bytes, *parts: bytes) -> bytes:
    """A box with version and flags."""
    return box(name, bytes(4), *parts)


def a_video_of_samples(tracks: int, samples: int) -> bytes:
    """MP4 of a kilobyte that claims so many samples of one byte in each of its tracks."""
    moov = box(b"moov", full(b"mvhd", struct.pack(">IIII", 0, 0, 30, samples), bytes(80)), *[_track(samples)] * tracks)
    return box(b"ftyp", b"isom\0\0\2\0isommp41") + box(b"mdat", bytes(100)) + moov


def _track(samples: int) -> bytes:
    size = struct.pack(">HH", 64, 48)
    entry = box(b"mp4v", bytes(6), b"\0\1", bytes(16), size, bytes(12), b"\0\1", bytes(32), b"\0\x18\xff\xff")
    table = box(
        b"stbl",
        full(b"stsd", struct.pack(">I", 1), entry),
        full(b"stts", struct.pack(">III", 1, samples, 1)),
        full(b"stsc", struct.pack(">IIII", 1, 1, samples, 1)),
        full(b"stsz", struct.pack(">II", 1, samples)),
        full(b"stco", struct.pack(">II", 1, 40)),
    )
    source = box(b"dinf", full(b"dref", struct.pack(">I", 1), box(b"url ", b"\0\0\0\1")))
    media = (
        full(b"mdhd", struct.pack(">IIIII", 0, 0, 30, samples, 0)),
        full(b"hdlr", b"\0\0\0\0vide", bytes(14)),
        box(b"minf", full(b"vmhd", bytes(8)), source, table),
    )
    head = full(b"tkhd", struct.pack(">IIIII", 0, 0, 1, 0, samples), bytes(52), struct.pack(">II", 64 << 16, 48 << 16))
    return box(b"trak", head, box(b"mdia", *media))


def a_pdf_of_objects(width: int) -> bytes:
    """A PDF whose cross-reference stream unpacks to 320 MB of entries of `width` bytes."""
    body = zeros()
    entries = f"/W [{width} 0 0] /Index [0 {MUCH // width}] /Size {MUCH // width} /Root 1 0 R"
    head = f"%PDF-1.7\n9 0 obj\n<< /Type /XRef {entries} /Filter /FlateDecode /Length {len(body)} >>\nstream\n"
    return head.encode() + body + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"


def a_pdf_of_streams() -> bytes:
    """A PDF whose page tree lies in an object stream that unpacks to 320 MB."""
    writer = PdfWriter()
    writer.add_blank_page(10, 10)
    stream = StreamObject()
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    stream._data = zeros()
    writer.root_object[NameObject("/Pages")] = writer._add_object(stream)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def a_broken_pdf(megabytes: int, end: bytes = b"startxref\n0\n%%EOF\n") -> bytes:
    """A PDF without a cross-reference table, which a reader might search from end to end."""
    line = b"1 0 obj\n<< >>\nendobj\n"
    return b"%PDF-1.4\n" + line * (megabytes * 2**20 // len(line)) + end


def a_deflated_dicom() -> bytes:
    """A DICOM file whose dataset is deflated and unpacks to 320 MB of one private element."""
    body = a_dicom_file("image_dfl.dcm")
    start = body.index(b"1.2.840.10008.1.2.1.99") + 22
    return body[:start] + zeros(wbits=-15)


def an_endless_sequence() -> bytes:
    """A DICOM file of sequences within sequences, none of which ends."""
    head = a_dicom_file("CT_small.dcm")[:132] + a_dicom_file("CT_small.dcm")[132:][:204]
    return head + struct.pack("<HH2sHI", 8, 0x1140, b"SQ", 0, 0xFFFFFFFF) * 10 + b"\xfe\xff\0\xe0\0\0\0\0" * 500_000


def a_crowded_dicom() -> bytes:
    """A DICOM file of a million different empty elements."""
    body = a_dicom_file("CT_small.dcm")
    tags = (
        struct.pack("<HH2sH", group, element, b"CS", 0) for group in range(8, 36) for element in range(0x9000, 0xFFFF)
    )
    return body[:336] + b"".join(tags)


def a_tiff_of_overlaps() -> bytes:
    """A TIFF whose thousand entries all claim the same four megabytes."""
    count, size = 1000, 4 * 2**20
    entries = b"".join(struct.pack("<HHII", 300 + number, 1, size, 16) for number in range(count))
    return b"II*\0" + struct.pack("<I", 16 + size) + bytes(8 + size) + struct.pack("<H", count) + entries + bytes(4)


def a_png_of_text(name: bytes = b"zTXt") -> bytes:
    """A PNG with twenty text chunks of a hundred megabytes, packed."""
    body = b"a\0\0" + zeros(100 * 2**20)
    chunk = struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    image = a_png_header(10, 10)
    return image[:33] + chunk * 20 + image[33:]


def a_webp_of(size: int) -> bytes:
    """A real WebP with so much behind it."""
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16)).save(buffer, "WEBP")
    body = buffer.getvalue() + b"XTRA" + struct.pack("<I", size) + bytes(size)
    return body[:4] + struct.pack("<I", len(body) - 8) + body[8:]


def an_avif_of(size: int) -> bytes:
    """A real AVIF with so much behind it."""
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16)).save(buffer, "AVIF")
    return buffer.getvalue() + box(b"free", bytes(size))


def a_packed_volume() -> bytes:
    """A NIfTI that is no volume but 320 MB of zeros."""
    return gzip.compress(b"")[:10] + zeros(wbits=-15) + bytes(8)

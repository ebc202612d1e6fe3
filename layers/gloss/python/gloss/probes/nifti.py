"""Facts of NIfTI volumes from the 348 or 540 bytes of their header, packed or not."""

import struct
import zlib
from typing import Any, NamedTuple

from gloss.domain.errors import Invalid
from gloss.domain.media import Facts
from gloss.probes.ranged import Ranges
from gloss.probes.seeming import NIFTI, refusal

HEADER_BYTES = 540
PACKED_BYTES = 2**14
_GZIP = b"\x1f\x8b"
_BITS = {2: 8, 4: 16, 8: 32, 16: 32, 32: 64, 64: 64, 128: 24, 256: 8, 512: 16, 768: 32, 1024: 64, 1280: 64, 2304: 32}
_TO_MM = {0: 1.0, 1: 1000.0, 2: 1.0, 3: 0.001}
_TO_S = {0: 1.0, 8: 1.0, 16: 1e-3, 24: 1e-6}


class _Layout(NamedTuple):
    """Where a version of the header keeps its parts."""

    size: int
    magic: slice
    magics: tuple[bytes, ...]
    dim: tuple[int, str]
    datatype: int
    pixdim: tuple[int, str]
    units: tuple[int, str]


_FIRST = _Layout(348, slice(344, 348), (b"n+1\0", b"ni1\0"), (40, "8h"), 70, (76, "8f"), (123, "B"))
_SECOND = _Layout(540, slice(4, 8), (b"n+2\0", b"ni2\0"), (16, "8q"), 12, (104, "8d"), (500, "i"))


def probe(file: Ranges) -> Facts:
    """Voxels, spacing in mm, depth and frames; raises Invalid for what is no NIfTI-1 or NIfTI-2."""
    header = _header(file)
    for order in "<>":
        for layout in (_FIRST, _SECOND):
            if len(header) >= layout.size and struct.unpack_from(order + "i", header)[0] == layout.size:
                return _facts(header, layout, order, file)
    raise refusal(file, NIFTI, "does not begin with its header")


def _header(file: Ranges) -> bytes:
    body = file.read(0, PACKED_BYTES)
    if not body.startswith(_GZIP):
        return body[:HEADER_BYTES]
    try:
        return zlib.decompressobj(wbits=31).decompress(body, HEADER_BYTES)
    except zlib.error:
        raise Invalid(f"{file.name} is packed, but cannot be unpacked.") from None


def _facts(header: bytes, layout: _Layout, order: str, file: Ranges) -> Facts:
    if header[layout.magic] not in layout.magics:
        raise Invalid(f"{file.name} has a NIfTI header without its magic word.")
    dim, pixdim = (_read(order, header, part) for part in (layout.dim, layout.pixdim))
    units = int(_read(order, header, layout.units)[0])
    axes = int(dim[0])
    if not 1 <= axes <= 7 or any(length < 1 for length in dim[1 : axes + 1]):
        raise Invalid(f"{file.name} has a NIfTI header with impossible dimensions {dim}.")
    shape = tuple(int(length) for length in dim[1 : axes + 1])
    spatial = min(3, axes)
    scale = _TO_MM.get(units & 0x07, 1.0)
    spacing = tuple(round(abs(float(step)) * scale, 9) for step in pixdim[1 : spatial + 1])
    return Facts(
        mime_type="application/gzip" if file.read(0, 2) == _GZIP else "application/octet-stream",
        size_bytes=file.size,
        width_px=shape[0],
        height_px=shape[1] if axes > 1 else 1,
        frame_count=shape[2] if axes > 2 else 1,
        bit_depth=_BITS.get(_read(order, header, (layout.datatype, "h"))[0]),
        duration_s=_duration(pixdim, axes, units, shape),
        shape=shape,
        spacing_mm=spacing,
        container="nifti1" if layout is _FIRST else "nifti2",
    )


def _read(order: str, header: bytes, part: tuple[int, str]) -> tuple[Any, ...]:
    offset, form = part
    return struct.unpack_from(order + form, header, offset)


def _duration(pixdim: tuple[Any, ...], axes: int, units: int, shape: tuple[int, ...]) -> float | None:
    seconds = _TO_S.get(units & 0x38)
    return None if axes < 4 or seconds is None else round(float(pixdim[4]) * seconds * shape[3], 9)

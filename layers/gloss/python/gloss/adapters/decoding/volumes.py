"""One slice of a DICOM file or a NIfTI volume as a picture; compressed DICOM is left alone."""

import gzip
import io
import struct
import zlib
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.errors import InvalidDicomError

from gloss.adapters.decoding.pictures import stretched
from gloss.domain.errors import Invalid
from gloss.domain.metrics.pixels import Pixels

_NIFTI_TYPES = {2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4"}
_HEADER = 348


class Unread(Exception):
    """A coding that is not read here; the frame has no picture but nothing is wrong with it."""


def dicom_slice(body: bytes, frame: int) -> Pixels:
    """A frame of a DICOM file; raises Unread for compressed pixels or none, Invalid for a broken file."""
    try:
        data = pydicom.dcmread(io.BytesIO(body))
    except InvalidDicomError as broken:
        raise Invalid("the file is not DICOM") from broken
    if "PixelData" not in data or "Rows" not in data:
        raise Unread("the DICOM file holds no picture")
    if data.file_meta.TransferSyntaxUID.is_compressed:
        raise Unread(f"DICOM pixels are compressed ({data.file_meta.TransferSyntaxUID.name})")
    return _shown(data, _planes(data), frame)


def _planes(data: Any) -> NDArray[Any]:
    """All frames, (frames, rows, columns, samples)."""
    shape = (int(data.get("NumberOfFrames", 1) or 1), int(data.Rows), int(data.Columns), int(data.SamplesPerPixel))
    signed = "i" if data.PixelRepresentation else "u"
    order = "<" if data.file_meta.TransferSyntaxUID.is_little_endian else ">"
    values = np.frombuffer(data.PixelData, f"{order}{signed}{data.BitsAllocated // 8}")
    if values.size < np.prod(shape):
        raise Invalid("the DICOM file is cut short")
    if data.get("PlanarConfiguration", 0):
        frames, rows, columns, samples = shape
        planar = values[: np.prod(shape)].reshape(frames, samples, rows, columns)
        return np.moveaxis(planar, 1, -1)
    return values[: np.prod(shape)].reshape(shape)


def _shown(data: Any, planes: NDArray[Any], frame: int) -> Pixels:
    plane = planes[min(frame, len(planes) - 1)]
    if plane.shape[2] == 3 and data.PhotometricInterpretation == "RGB" and data.BitsAllocated == 8:
        return np.ascontiguousarray(plane)
    if plane.shape[2] != 1:
        raise Unread(f"DICOM colours are not read ({data.PhotometricInterpretation})")
    grey = stretched(plane[..., 0].astype(np.float32))
    return 255 - grey if data.PhotometricInterpretation == "MONOCHROME1" else grey


def nifti_slice(body: bytes, frame: int) -> Pixels:
    """An axial slice of a NIfTI-1 volume (gzip or plain), first volume, left to right and top to bottom."""
    plain = _unzipped(body)
    if len(plain) < _HEADER:
        raise Invalid("the file is not NIfTI")
    order = "<" if struct.unpack("<i", plain[:4])[0] == _HEADER else ">"
    if struct.unpack(f"{order}i", plain[:4])[0] != _HEADER:
        raise Unread("only NIfTI-1 volumes have pictures")
    dims = struct.unpack(f"{order}8h", plain[40:56])
    kind = _NIFTI_TYPES.get(struct.unpack(f"{order}h", plain[70:72])[0])
    if kind is None:
        raise Unread("this NIfTI data type has no picture")
    start = int(struct.unpack(f"{order}f", plain[108:112])[0])
    return _axial(plain, start, np.dtype(order + kind), dims, frame)


def _axial(plain: bytes, start: int, dtype: Any, dims: tuple[int, ...], frame: int) -> Pixels:
    across, down, slices = dims[1], dims[2], max(1, dims[3] if dims[0] > 2 else 1)
    at = start + min(frame, slices - 1) * across * down * dtype.itemsize
    if at + across * down * dtype.itemsize > len(plain):
        raise Invalid("the NIfTI file is cut short")
    plane = np.frombuffer(plain, dtype, across * down, at).reshape(down, across)
    return stretched(np.nan_to_num(plane[::-1].astype(np.float32)))


def _unzipped(body: bytes) -> bytes:
    try:
        return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
    except (OSError, EOFError, zlib.error) as broken:
        raise Invalid("the NIfTI file's compression is broken") from broken

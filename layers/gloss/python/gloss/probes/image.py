"""Facts of an image from its header; no pixel is decoded."""

import struct
from io import BufferedReader

from PIL import Image, UnidentifiedImageError

from gloss.domain.errors import Invalid
from gloss.domain.media import Facts
from gloss.probes.ranged import RangedFile, Ranges

Image.init()
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "BMP", "TIFF")
MAX_PIXELS = 1_000_000_000
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
BROKEN = (
    *(OSError, EOFError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError),
    *(RuntimeError, ArithmeticError, struct.error, UnidentifiedImageError),
)


def probe(file: Ranges) -> Facts:
    """Format, size in pixels and channels; raises Invalid for what is no image, or one of a gigapixel or more."""
    try:
        with Image.open(BufferedReader(RangedFile(file)), formats=FORMATS) as image:
            return _facts(image, file)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large(file) from None
    except BROKEN:
        raise Invalid(f"Expected an image, but {file.name} cannot be read as one ({', '.join(FORMATS)}).") from None


def _facts(image: Image.Image, file: Ranges) -> Facts:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise _too_large(file)
    return Facts(
        mime_type=Image.MIME.get(image.format or "", "application/octet-stream"),
        size_bytes=file.size,
        width_px=width,
        height_px=height,
        codec=(image.format or "").lower(),
        num_channels=len(image.getbands()),
    )


def _too_large(file: Ranges) -> Invalid:
    return Invalid(f"{file.name} claims more than {MAX_PIXELS:,} pixels; no image of that size is taken.")

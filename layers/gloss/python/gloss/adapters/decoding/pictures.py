"""Still pictures and thumbnails, by Pillow."""

import io
import warnings

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from gloss.domain.errors import Invalid
from gloss.domain.metrics.pixels import Pixels

THUMBNAIL_SIDE = 256
_QUALITY = 85
_DEEP = ("I;16", "I;16B", "I", "F")


def decode(body: bytes) -> Pixels:
    """An image file as RGB, turned as its EXIF says, deep grey stretched to 8 bit; raises Invalid when it is broken."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _rgb(Image.open(io.BytesIO(body)))
    except UnidentifiedImageError as broken:
        raise Invalid("the file is not an image that can be read") from broken
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombWarning, Image.DecompressionBombError) as broken:
        raise Invalid(f"the image cannot be decoded: {broken}") from broken


def _rgb(image: Image.Image) -> Pixels:
    upright = ImageOps.exif_transpose(image)
    if upright.mode in _DEEP:
        return stretched(np.asarray(upright, dtype=np.float32))
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright.convert("RGBA"))
    return np.asarray(upright.convert("RGB"))


def stretched(plane: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]") -> Pixels:
    """A plane of numbers as grey RGB: from its 1st percentile (black) to its 99th (white)."""
    low, high = np.percentile(plane, (1, 99))
    grey = np.clip((plane - low) / ((high - low) or 1.0) * 255, 0, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


class JpegThumbnails:
    """Port Thumbnails."""

    def make(self, pixels: Pixels) -> bytes:
        """A JPEG of at most 256 pixels a side."""
        image = Image.fromarray(pixels)
        image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BICUBIC, reducing_gap=2.0)
        file = io.BytesIO()
        image.save(file, "JPEG", quality=_QUALITY)
        return file.getvalue()

    def read(self, jpeg: bytes) -> Pixels:
        """The pixels of a thumbnail."""
        return decode(jpeg)

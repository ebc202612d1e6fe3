"""Metrics of a picture's pixels beside the time that its decoding takes anyway."""

from collections.abc import Iterator
from functools import partial
from io import BytesIO

import numpy as np
from PIL import Image

from bench.measuring import Comparison, milliseconds
from gloss.adapters.decoding import pictures
from gloss.domain.metrics import pixels

TIMES = 5


def comparisons() -> Iterator[Comparison]:
    """Brightness, contrast, sharpness and three hues together; the bar is a ratio of 1.5."""
    for name, spread in (("muted", 20), ("vivid", 127)):
        picture = a_picture(spread)
        decoded = pictures.decode(picture)
        yield Comparison(
            f"pixel metrics, {name} 1280x720 JPEG",
            "ms",
            milliseconds(partial(pixels.measure, decoded), TIMES),
            {"decoding it": milliseconds(partial(pictures.decode, picture), TIMES)},
            better="less",
        )


def a_picture(spread: int) -> bytes:
    """Soft patches of colour under fine noise; `spread` is how far a colour may lie from middle grey."""
    draw = np.random.default_rng(1)
    colours = draw.integers(128 - spread, 128 + spread, (9, 16, 3), dtype=np.uint8)
    patches = Image.fromarray(colours).resize((1280, 720))
    noisy = np.asarray(patches, np.int16) + draw.integers(-12, 13, (720, 1280, 1), dtype=np.int16)
    file = BytesIO()
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=85)
    return file.getvalue()

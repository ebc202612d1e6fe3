"""Run lengths of masks, there and back, beside pycocotools."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from pycocotools import mask as coco

from bench.measuring import Comparison, milliseconds
from gloss.domain import rle
from gloss.domain.rle import Mask

SIZES = {"640x480": (480, 640), "1920x1080": (1080, 1920)}
TIMES = 20


def comparisons() -> Iterator[Comparison]:
    """Each size, encoded and decoded; every library in its own order of scanning."""
    for name, (height, width) in SIZES.items():
        mask = a_mask(height, width)
        columns = np.asfortranarray(mask, dtype=np.uint8)
        ours, theirs = rle.encode(mask), coco.encode(columns)
        yield Comparison(
            f"mask {name}, encode",
            "ms",
            milliseconds(partial(rle.encode, mask), TIMES),
            {"pycocotools": milliseconds(partial(coco.encode, columns), TIMES)},
            better="less",
        )
        yield Comparison(
            f"mask {name}, decode",
            "ms",
            milliseconds(partial(rle.decode, ours, height, width), TIMES),
            {"pycocotools": milliseconds(partial(coco.decode, theirs), TIMES)},
            better="less",
        )


def a_mask(height: int, width: int) -> Mask:
    """Twelve ellipses, some over each other."""
    draw, mask = np.random.default_rng(1), np.zeros((height, width), dtype=bool)
    rows, columns = np.ogrid[:height, :width]
    for y, x, ry, rx in draw.uniform([0, 0, 0.05, 0.05], [1, 1, 0.2, 0.2], (12, 4)):
        mask |= ((rows - y * height) / (ry * height)) ** 2 + ((columns - x * width) / (rx * width)) ** 2 < 1
    return mask

"""Exact nearest neighbours of one vector among 100 000 of 512 numbers."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bench.measuring import Comparison, milliseconds
from gloss.adapters.explorer_index import greatest, likeness
from gloss.domain.metrics.vectors import normalised

Rows = NDArray[np.int64]
Vectors = NDArray[np.float16] | NDArray[np.float32]
COUNT, WIDTH, NEIGHBOURS, TIMES = 100_000, 512, 10, 5


def comparisons() -> Iterator[Comparison]:
    """Floats as they are kept while there are few, and halves as they lie on disk; all rows, then every tenth."""
    draw = np.random.default_rng(1)
    vectors = normalised(draw.standard_normal((COUNT, WIDTH), dtype=np.float32))
    wanted, every = vectors[7], np.arange(COUNT)
    tenth = np.flatnonzero(draw.random(COUNT) < 0.1)
    for kind, matrix in (("float32", vectors), ("float16", vectors.astype(np.float16))):
        for name, rows in (("all", every), ("10 % pass", tenth)):
            yield Comparison(
                f"nearest of 100 000 x 512 {kind}, {name}",
                "ms",
                milliseconds(partial(nearest, matrix, rows, wanted), TIMES),
                {"numpy float32": milliseconds(partial(plain, vectors, rows, wanted), TIMES)},
                better="less",
            )


def nearest(matrix: Vectors, rows: Rows, wanted: NDArray[np.float32]) -> Rows:
    """As the explorer does it."""
    return rows[greatest(likeness(matrix, rows, wanted), NEIGHBOURS)]


def plain(vectors: NDArray[np.float32], rows: Rows, wanted: NDArray[np.float32]) -> Rows:
    """Multiply all, forget those that do not pass, part at the tenth."""
    scores = np.full(len(vectors), -np.inf, np.float32)
    scores[rows] = (vectors @ wanted)[rows]
    best = np.argpartition(-scores, NEIGHBOURS)[:NEIGHBOURS]
    return best[np.argsort(-scores[best])]

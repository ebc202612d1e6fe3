"""Port Mapper: a 2-D map by openTSNE, fitted on at most 20 000 landmarks; the others are placed among them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gloss.domain.metrics.vectors import Vectors

LANDMARKS = 20_000
_BLOCK = 5_000
_SEED = 0
_FEWEST = 4
_FEW = 2_000


class TsneMapper:
    """The same vectors give the same map."""

    def __init__(self, landmarks: int = LANDMARKS) -> None:
        self._landmarks = landmarks

    def flat(self, vectors: Vectors) -> NDArray[np.float64]:
        """A place (x, y) for every unit row; fewer than four rows lie on a line."""
        if len(vectors) < _FEWEST:
            return np.column_stack([np.arange(len(vectors), dtype=float), np.zeros(len(vectors))])
        chosen = np.sort(np.random.default_rng(_SEED).permutation(len(vectors))[: self._landmarks])
        fitted = _fit(vectors[chosen])
        places = np.empty((len(vectors), 2))
        places[chosen] = np.asarray(fitted)
        others = np.setdiff1d(np.arange(len(vectors)), chosen, assume_unique=True)
        for start in range(0, len(others), _BLOCK):
            block = others[start : start + _BLOCK]
            places[block] = np.asarray(fitted.transform(vectors[block]))
        return places


def _fit(vectors: Vectors) -> Any:
    from openTSNE import TSNE

    few = len(vectors) <= _FEW
    model = TSNE(
        perplexity=min(30.0, max(1.0, (len(vectors) - 1) / 3)),
        metric="cosine",
        random_state=_SEED,
        n_jobs=1 if few else 2,
        neighbors="exact" if few else "annoy",
        negative_gradient_method="bh" if few else "fft",
    )
    return model.fit(vectors)

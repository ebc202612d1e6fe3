"""The customers' own vectors of a batch, one space for each metadata key that the schema calls an embedding."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gloss.domain import shards
from gloss.domain.metadata_schema import Types
from gloss.domain.metadata_types import EmbeddingType
from gloss.domain.metrics.vectors import normalised
from gloss.domain.shards import STRIDE, Folder
from gloss.ports import Blobs
from gloss.services import noting
from gloss.services.noting import Work


def fitting(vectors: Mapping[str, list[float]], types: Types) -> Iterator[tuple[str, list[float]]]:
    """Those vectors whose keys are embeddings of just this size; others cannot be compared with anything."""
    for key, vector in vectors.items():
        kind = types.get(key)
        if isinstance(kind, EmbeddingType) and kind.size == len(vector):
            yield key, vector


def write(work: Work, vectors: Mapping[str, Sequence[tuple[str, list[float]]]], blobs: Blobs) -> None:
    """Unit rows of every space, in place of those of an earlier run, and which frames they belong to."""
    for key, rows in vectors.items():
        matrix = np.array([vector for _, vector in rows], dtype=np.float64)
        blobs.put(shards.custom(work.import_id, key, work.batch), shards.npy(_unit_rows(matrix)))
    places = (
        {"id": id_, "key": key, "place": work.batch * STRIDE + row}
        for key, rows in vectors.items()
        for row, (id_, _) in enumerate(rows)
    )
    noting.write(work, Folder.CUSTOM, places, blobs)


def _unit_rows(matrix: NDArray[np.float64]) -> NDArray[np.float16]:
    """Rows at length 1; scaled first, since the squares of very large or small numbers leave the range of floats."""
    largest = np.abs(matrix).max(axis=1, keepdims=True)
    return normalised(matrix / np.where(largest == 0, 1, largest)).astype(np.float16)

"""State Relate of an import, stage 5: nearest neighbours by blocks of rows, and the 2-D map with the diversity rank."""

from collections.abc import Iterable

import numpy as np

from gloss.domain import shards
from gloss.domain.embedding import Space
from gloss.domain.metrics.vectors import Vectors, diversity, normalised, uniqueness
from gloss.domain.shards import Folder
from gloss.ports import Blobs, Mapper, Ports
from gloss.services import noting
from gloss.services.noting import Outcome, Work
from gloss.services.staging import ROWS_A_BLOCK

CLUSTERS = 10


def relate(work: Work, mapper: Mapper, ports: Ports) -> Outcome:
    """Batch 0 draws the map and ranks by diversity; batch n seeks the neighbours of the n-th block of rows."""
    ids, vectors = _visual(work, ports.blobs)
    if work.batch == 0:
        noting.write(work, Folder.MAP, _map(ids, vectors, mapper), ports.blobs)
        return noting.finish(work, 0, (), (), ports)
    start = min((work.batch - 1) * ROWS_A_BLOCK, len(ids))
    stop = min(start + ROWS_A_BLOCK, len(ids))
    far = uniqueness(vectors, start, stop)
    rows = ({"id": id_, "uniqueness": float(it)} for id_, it in zip(ids[start:stop], far, strict=True))
    noting.write(work, Folder.RELATIONS, rows, ports.blobs)
    return noting.finish(work, stop - start, (), (), ports)


def _map(ids: list[str], vectors: Vectors, mapper: Mapper) -> Iterable[dict[str, object]]:
    places, ranks = mapper.flat(vectors), diversity(vectors, CLUSTERS)
    return (
        {"id": id_, "x": float(x), "y": float(y), "diversity": int(rank)}
        for id_, (x, y), rank in zip(ids, places, ranks, strict=True)
    )


def _visual(work: Work, blobs: Blobs) -> tuple[list[str], Vectors]:
    """All frames that have vectors, in the order of the batches that made them, and their visual vectors."""
    prefix = f"{shards.prefix_of(work.import_id)}/{Folder.VECTORS.value}"
    lines = (key for key in blobs.keys(f"{prefix}/") if key.endswith(".ndjson"))
    ids = [row["id"] for key in lines for row in shards.parse(blobs.get(key))]
    parts = [shards.parse_npy(blobs.get(key)) for key in blobs.keys(f"{prefix}/{Space.VISUAL.value}/")]
    return ids, normalised(np.concatenate(parts)) if parts else np.empty((0, 1), np.float32)

"""State Embed of an import, stage 4: visual and semantic vectors of a batch's thumbnails."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from gloss.domain import shards
from gloss.domain.embedding import Embedded, Space
from gloss.domain.errors import GlossError
from gloss.domain.imports import tally
from gloss.domain.metrics.pixels import Pixels
from gloss.domain.shards import STRIDE, Folder
from gloss.ports import Blobs, Embedder, Ports, Thumbnails
from gloss.services import noting
from gloss.services.noting import Outcome, Work

_AT_ONCE = 32


def embed(work: Work, thumbnails: Thumbnails, embedder: Embedder, ports: Ports) -> Outcome:
    """Write the vectors of all frames that have a thumbnail."""
    frames = list(noting.read(work, Folder.FRAMES, ports.blobs))
    broken: list[tuple[str, str]] = []
    pictures = _pictures((frame for frame in frames if frame["thumbnail"]), broken, thumbnails, ports.blobs)
    ids: list[str] = []
    parts: list[Embedded] = []
    while some := list(islice(pictures, _AT_ONCE)):
        ids.extend(id_ for id_, _ in some)
        parts.append(embedder.images([pixels for _, pixels in some]))
    _write(work, ids, parts, ports.blobs)
    return noting.finish(work, len(frames) - len(broken), tally(broken), (), ports)


def _pictures(
    frames: Iterator[dict[str, Any]], broken: list[tuple[str, str]], thumbnails: Thumbnails, blobs: Blobs
) -> Iterator[tuple[str, Pixels]]:
    for frame in frames:
        try:
            yield frame["id"], thumbnails.read(blobs.get(frame["thumbnail"]))
        except GlossError as refused:
            broken.append((refused.message, frame["title"]))


def _write(work: Work, ids: list[str], parts: list[Embedded], blobs: Blobs) -> None:
    places = [{"id": id_, "place": work.batch * STRIDE + row} for row, id_ in enumerate(ids)]
    noting.write(work, Folder.VECTORS, places, blobs)
    for number, space in enumerate(Space):
        if parts:
            rows = np.concatenate([part[number] for part in parts]).astype(np.float16)
            blobs.put(shards.matrix(work.import_id, space.value, work.batch), shards.npy(rows))

"""Builders for the import and explore rooms: shards of a small project, and its index."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gloss.adapters.explorer_build import DuckIndexBuilder, npy
from gloss.adapters.explorer_duckdb import DuckExplorer
from gloss.adapters.memory import MemoryBlobs
from gloss.domain import shards
from gloss.domain.capabilities import Stage
from gloss.domain.metrics.vectors import normalised
from gloss.domain.shards import Folder

IMPORT = "import-1"
INDEX = "explorer/p/import-1/0001"


def a_frame(number: int, **changes: Any) -> dict[str, Any]:
    """A frame's row; frame number n belongs to data unit d<n>."""
    return {
        "id": f"d{number}:0",
        "data_id": f"d{number}",
        "task_id": f"t{number}",
        "title": f"photo {number}",
        "frame_title": f"photo {number}",
        "kind": "image",
        "frame": 0,
        "width_px": 100,
        "height_px": 50,
        "stage": "annotate" if number % 2 else "review",
        "priority": 0.5,
        "metadata": {"site": f"site-{number % 3}"},
        **changes,
    }


def a_fact(number: int, key: str, value: str | float | bool, moment: str | None = None) -> dict[str, Any]:
    """One metadata value of frame n."""
    if isinstance(value, bool):
        return {"id": f"d{number}:0", "key": key, "type": "boolean", "text": str(value).lower()}
    kind = "text" if isinstance(value, str) else "number"
    return {"id": f"d{number}:0", "key": key, "type": kind, kind: value, "moment": moment}


def shards_of(frames: int = 6, **folders: Sequence[Mapping[str, Any]]) -> MemoryBlobs:
    """Shards of a project of n photographs, with these further folders (underscores for dashes)."""
    blobs = MemoryBlobs()
    rows = {"frames": [a_frame(number) for number in range(frames)], **folders}
    for name, lines in rows.items():
        blobs.put(shards.shard(IMPORT, Folder(name.replace("_", "-")), 0), shards.lines(lines))
    return blobs


def add_vectors(blobs: MemoryBlobs, visual: Any, semantic: Any) -> None:
    """Vectors of the first frames, in their order."""
    for space, rows in (("visual", visual), ("semantic", semantic)):
        body = npy(normalised(np.asarray(rows, float)).astype(np.float16))
        blobs.put(shards.matrix(IMPORT, space, 0), body)
    ids = [{"id": f"d{number}:0", "place": number} for number in range(len(visual))]
    blobs.put(shards.shard(IMPORT, Folder.VECTORS, 0), shards.lines(ids))


def an_explorer(blobs: MemoryBlobs, folder: Path, stage: Stage = Stage.ADVANCED) -> DuckExplorer:
    """The explorer over the index of these shards up to a stage."""
    DuckIndexBuilder(blobs).build(shards.prefix_of(IMPORT), INDEX, stage)
    return DuckExplorer(blobs, folder)

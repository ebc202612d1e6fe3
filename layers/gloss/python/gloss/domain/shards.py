"""Where the shards of an import lie, and their form: one JSON object a line, or a matrix of vectors."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json, to_json

from gloss.domain.model import Value

#: Greater than the frames of any batch: a vector's place is batch times this, plus its row in the batch's matrix.
STRIDE = 1_000_000


class Folder(StrEnum):
    """The kinds of shard: what the planner hands out, and what each stage's workers write."""

    UNITS = "units"
    FRAMES = "frames"
    FACTS = "facts"
    PIXELS = "pixels"
    LABELS = "labels"
    MEASURES = "measures"
    LABEL_MEASURES = "label-measures"
    VECTORS = "vectors"
    CUSTOM = "custom"
    RELATIONS = "relations"
    MAP = "map"


def prefix_of(import_id: str) -> str:
    """Where all shards of an import lie."""
    return f"imports/{import_id}"


def index_of(project_id: str, import_id: str, name: str) -> str:
    """Where an index of a project lies."""
    return f"explorer/{project_id}/{import_id}/{name}"


def shard(import_id: str, folder: Folder, number: int) -> str:
    """The one key of a batch's lines, so that a re-run overwrites them."""
    return f"{prefix_of(import_id)}/{folder.value}/{number:06d}.ndjson"


def matrix(import_id: str, space: str, number: int) -> str:
    """The one key of a batch's vectors of a space; its rows are in the order of the batch's lines."""
    return f"{prefix_of(import_id)}/{Folder.VECTORS.value}/{space}/{number:06d}.npy"


def custom(import_id: str, key: str, number: int) -> str:
    """The same for the customers' own vectors under a metadata key."""
    return f"{custom_of(prefix_of(import_id), key)}{number:06d}.npy"


def custom_of(prefix: str, key: str) -> str:
    """Where vectors under a metadata key lie; keys may hold any letters, so that a digest stands for them."""
    return f"{prefix}/{Folder.CUSTOM.value}/{hashlib.sha256(key.encode()).hexdigest()[:32]}/"


def thumbnail(import_id: str, frame: str) -> str:
    """The key of a frame's small picture."""
    return f"{prefix_of(import_id)}/thumbnails/{frame}.jpg"


def members(project_id: str, collection_id: str, version: int, digest: str) -> str:
    """The key of the members of a collection in one of its versions; the digest is that of their list."""
    return f"collections/{project_id}/{collection_id}/{version:06d}-{digest[:16]}.csv"


def digest(body: bytes) -> str:
    """The SHA-256 of a body as hex."""
    return hashlib.sha256(body).hexdigest()


def lines(rows: Iterable[Mapping[str, Any] | Value]) -> bytes:
    """Rows as NDJSON."""
    return b"".join(to_json(row) + b"\n" for row in rows)


def parse(body: bytes) -> Iterator[dict[str, Any]]:
    """Rows out of NDJSON."""
    return (from_json(line) for line in body.splitlines() if line)


def npy(array: NDArray[np.generic]) -> bytes:
    """An array in numpy's own format."""
    with tempfile.SpooledTemporaryFile() as file:
        np.save(file, array)
        file.seek(0)
        return file.read()


def parse_npy(body: bytes) -> NDArray[np.float16]:
    """An array out of numpy's own format; objects are refused."""
    with tempfile.SpooledTemporaryFile() as file:
        file.write(body)
        file.seek(0)
        array: NDArray[np.float16] = np.load(file, allow_pickle=False)
        return array

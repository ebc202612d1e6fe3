"""Builds an explorer index: shards of NDJSON and vectors in, Parquet tables and one matrix a space out."""

import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from gloss.adapters import explorer_tables as tables
from gloss.domain import shards
from gloss.domain.capabilities import Stage
from gloss.domain.embedding import Space
from gloss.domain.shards import STRIDE
from gloss.ports import Blobs

#: The first stage whose index holds a folder of shards; what was computed early stays closed until then.
_FROM = {
    "frames": Stage.DATA,
    "facts": Stage.DATA,
    "labels": Stage.LABELS,
    "measures": Stage.METRICS,
    "label-measures": Stage.LABELS,
    "vectors": Stage.EMBEDDINGS,
    "custom": Stage.EMBEDDINGS,
    "relations": Stage.ADVANCED,
    "map": Stage.ADVANCED,
}


class DuckIndexBuilder:
    """Port IndexBuilder."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def build(self, source: str, index: str, stage: Stage) -> int:
        """Write the index of everything up to `stage` under the prefix `index`; returns its frames."""
        with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as db:
            folder = Path(scratch)
            for name in tables.SHARDS:
                self._load(db, folder, source, name, stage)
            rows = self._write_tables(db, folder, index)
            if stage >= Stage.EMBEDDINGS:
                self._write_matrices(db, source, index, rows)
                self._write_spaces(db, source, index)
        return rows

    def _load(self, db: duckdb.DuckDBPyConnection, folder: Path, source: str, name: str, stage: Stage) -> None:
        into = folder / name
        into.mkdir()
        if stage >= _FROM[name]:
            self._fetch(f"{source}/{name}/", into)
        columns = tables.SHARDS[name]
        query = tables.read(columns, f"{into}/*.ndjson") if any(into.iterdir()) else tables.empty(columns)
        db.execute(f'CREATE TABLE "{name}" AS {query}')

    def _fetch(self, prefix: str, into: Path) -> None:
        for key in self._blobs.keys(prefix):
            if key.endswith(".ndjson"):
                (into / key.rsplit("/", 1)[1]).write_bytes(self._blobs.get(key))

    def _write_tables(self, db: duckdb.DuckDBPyConnection, folder: Path, index: str) -> int:
        db.execute(f"CREATE TABLE indexed AS {tables.INDEX['frames']}")
        for name, query in tables.INDEX.items():
            source = "SELECT * FROM indexed ORDER BY row" if name == "frames" else query
            written = folder / f"{name}.parquet"
            db.execute(f"COPY ({source}) TO '{written}' (FORMAT parquet, COMPRESSION zstd)")
            self._blobs.put(f"{index}/{name}.parquet", written.read_bytes())
        counted = db.execute("SELECT count(*) FROM indexed").fetchone()
        return int(counted[0]) if counted else 0

    def _write_matrices(self, db: duckdb.DuckDBPyConnection, source: str, index: str, rows: int) -> None:
        places = db.execute("SELECT id, row FROM indexed").fetchall()
        row_of = dict(places)
        for space in Space:
            matrix = self._matrix(db, f"{source}/vectors/{space.value}", row_of, rows)
            self._blobs.put(f"{index}/{space.value}.npy", shards.npy(matrix))

    def _write_spaces(self, db: duckdb.DuckDBPyConnection, source: str, index: str) -> None:
        """The customers' own spaces: one matrix for each key, with only the frames that have a vector there."""
        for (key,) in db.execute("SELECT DISTINCT key FROM custom ORDER BY key").fetchall():
            query = f"SELECT source FROM ({tables.INDEX['custom']}) WHERE key = ? ORDER BY place"  # noqa: S608
            places = [place for (place,) in db.execute(query, [key]).fetchall()]
            if places:
                matrix = self._gathered(source, key, places)
                self._blobs.put(f"{shards.custom_of(index, key)}all.npy", shards.npy(matrix))

    def _gathered(self, source: str, key: str, places: list[int]) -> NDArray[np.float16]:
        """The vectors in these places, each of which names a batch and a row in it."""
        batches: dict[int, NDArray[np.float16]] = {}
        for number in sorted({place // STRIDE for place in places}):
            body = self._blobs.get(f"{shards.custom_of(source, key)}{number:06d}.npy")
            batches[number] = shards.parse_npy(body)
        return np.stack([batches[place // STRIDE][place % STRIDE] for place in places])

    def _matrix(
        self, db: duckdb.DuckDBPyConnection, prefix: str, row_of: dict[str, int], rows: int
    ) -> NDArray[np.float16]:
        """All vectors of a space, each in the row of its frame; frames without one have zeros."""
        parts = [shards.parse_npy(self._blobs.get(key)) for key in self._blobs.keys(f"{prefix}/")]
        ids = [id_ for (id_,) in db.execute("SELECT id FROM vectors ORDER BY place").fetchall()]
        matrix = np.zeros((rows, parts[0].shape[1] if parts else 1), dtype=np.float16)
        for id_, vector in zip(ids, _rows(parts), strict=True):
            with suppress(KeyError):
                matrix[row_of[id_]] = vector
        return matrix


def _rows(parts: Iterable[NDArray[np.float16]]) -> Iterable[NDArray[np.float16]]:
    return (row for part in parts for row in part)

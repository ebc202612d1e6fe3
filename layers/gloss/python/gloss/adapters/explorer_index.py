"""One opened explorer index: its Parquet tables as DuckDB views, its vectors as mapped matrices."""

import hashlib
import shutil
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json

from gloss.adapters import explorer_sql as sql
from gloss.adapters.explorer_changes import OVERLAID, Changes
from gloss.adapters.explorer_tables import DATA, FRAME, LABEL, LABEL_DATA
from gloss.domain.embedding import Space
from gloss.domain.explore import Distribution, Filters, Found, FoundLabel, LabelFilters, Results, Sort, no_such_frame
from gloss.ports import Blobs

Matrix = NDArray[np.float16] | NDArray[np.float32]

_BLOCK = 16_384
#: Numbers of a matrix that is kept as floats (512 MiB).
_IN_MEMORY = 1 << 27
#: Beyond this share of all rows, multiplying them all is cheaper than gathering some.
_MOST_OF_IT = 0.3
_BINS = 20
_SHOWN = ", ".join(f"f.{name}" for name in (*FRAME, *DATA))
_PLAIN = "SELECT * FROM read_parquet('{path}')"
_LABELS = "labels l JOIN frames f ON f.row = l.row"
_LABEL_PLACE = ("frame", "data_id", "task_id", "title")
_LABEL_SHOWN = ", ".join([*(f"l.{name}" for name in (*LABEL, *LABEL_DATA)), *(f"f.{name}" for name in _LABEL_PLACE)])


class Index:
    """The tables and matrices under one prefix; files are fetched into `folder` when they are first needed."""

    def __init__(self, blobs: Blobs, prefix: str, folder: Path) -> None:
        self._blobs, self.prefix, self._folder = blobs, prefix, folder
        self._matrices: dict[str, Matrix] = {}
        folder.mkdir(parents=True, exist_ok=True)

    @cached_property
    def _db(self) -> duckdb.DuckDBPyConnection:
        db = duckdb.connect()
        self._changes = Changes(self._blobs, db)
        for table, query in (("frames", OVERLAID), ("labels", _PLAIN), ("facts", _PLAIN)):
            path = self._local(f"{self.prefix}/{table}.parquet")
            db.execute(f"CREATE VIEW {table} AS {query.format(path=path)}")
        return db

    def catch_up(self, folders: Sequence[str]) -> None:
        """Lay what happened to tasks over the frames."""
        if self._db:
            self._changes.catch_up(folders)

    def close(self) -> None:
        if "_db" in self.__dict__:
            self._db.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def where(self, filters: Filters) -> sql.Clauses:
        return sql.where(filters, [str(self._local(key)) for key in filters.collections])

    def execute(
        self, query: str, clauses: sql.Clauses, before: Sequence[Any] = (), after: Sequence[Any] = ()
    ) -> list[Any]:
        found: list[Any] = self._db.execute(query, [*before, *clauses.values, *after]).fetchall()
        return found

    def count(self, clauses: sql.Clauses) -> int:
        return int(self.execute(f"SELECT count(*) FROM frames f WHERE {clauses.sql}", clauses)[0][0])  # noqa: S608

    def rows(self, clauses: sql.Clauses, order: sql.Order, limit: int) -> list[dict[str, Any]]:
        query = f"""SELECT f.row, {order.expression} AS sort, f.x, f.y, {_SHOWN} FROM frames f WHERE {clauses.sql}
                    ORDER BY {order.sql} LIMIT ?"""  # noqa: S608
        return self._dicts(self.execute(query, clauses, order.values, [*order.values, limit]))

    def where_labels(self, filters: Filters) -> sql.Clauses:
        """Label conditions on the label itself, all others on its frame."""
        of_frame = self.where(filters.model_copy(update={"labels": LabelFilters()}))
        of_label = sql.where_labels(filters.labels)
        return sql.Clauses(of_frame.parts + of_label.parts, of_frame.values + of_label.values)

    def count_labels(self, clauses: sql.Clauses) -> int:
        return int(self.execute(f"SELECT count(*) FROM {_LABELS} WHERE {clauses.sql}", clauses)[0][0])  # noqa: S608

    def label_rows(self, clauses: sql.Clauses, order: sql.Order, limit: int) -> list[dict[str, Any]]:
        query = f"""SELECT {order.expression} AS sort, {_LABEL_SHOWN} FROM {_LABELS} WHERE {clauses.sql}
                    ORDER BY {order.sql} LIMIT ?"""  # noqa: S608
        names = ["sort", *LABEL, *LABEL_DATA, *_LABEL_PLACE]
        rows = self.execute(query, clauses, order.values, [*order.values, limit])
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _dicts(self, rows: list[Any]) -> list[dict[str, Any]]:
        names = ["row", "sort", "x", "y", *FRAME, *DATA]
        return [dict(zip(names, row, strict=True)) for row in rows]

    def found(self, rows: Sequence[dict[str, Any]], scores: Sequence[float] = ()) -> tuple[Found, ...]:
        classes = self._classes([row["row"] for row in rows])
        scored: list[float | None] = [*scores] or [None] * len(rows)
        return tuple(_found(row, classes.get(row["row"], ()), score) for row, score in zip(rows, scored, strict=True))

    def _classes(self, rows: list[int]) -> dict[int, tuple[str, ...]]:
        query = """SELECT row, list(DISTINCT feature ORDER BY feature) FROM labels
                   WHERE row IN (SELECT unnest(?)) GROUP BY row"""
        return {row: tuple(features) for row, features in self._db.execute(query, [rows]).fetchall()}

    def row_of(self, frame: str) -> int:
        rows = self._db.execute("SELECT row FROM frames WHERE id = ? AND embedded", [frame]).fetchall()
        if not rows:
            raise no_such_frame(frame)
        return int(rows[0][0])

    def nearest(self, space: Space, vector: NDArray[np.float32], filters: Filters, limit: int, without: int) -> Results:
        clauses = self.where(filters)
        clauses.add("f.embedded AND f.row <> ?", without)
        query = f"SELECT f.row FROM frames f WHERE {clauses.sql} ORDER BY f.row"  # noqa: S608
        passing = self._db.execute(query, clauses.values).fetchnumpy()["row"].astype(np.int64)
        scores = likeness(self.matrix(self.key_of(space)), passing, vector)
        best = greatest(scores, limit)
        return Results(entries=self.ranked(passing[best].tolist(), scores[best]), total=len(passing))

    def ranked(self, rows: list[int], cosines: NDArray[np.float32]) -> tuple[Found, ...]:
        """Frames in this order, with their likeness as a score of 0 to 1."""
        by_row = {row["row"]: row for row in self._of_rows(rows)}
        return self.found([by_row[row] for row in rows], [(1 + float(cosine)) / 2 for cosine in cosines])

    def plain(self, query: str, values: Sequence[Any]) -> list[Any]:
        """The rows of a query without filters."""
        return self.execute(query, sql.Clauses(), values)

    def open_spaces(self) -> None:
        """Make the customers' spaces a table; an index from before there were any has none."""
        path = self._local(f"{self.prefix}/custom.parquet")
        self._db.execute(f"CREATE VIEW IF NOT EXISTS custom AS {_PLAIN.format(path=path)}")

    def _of_rows(self, rows: list[int]) -> list[dict[str, Any]]:
        return self.rows(sql.Clauses(["f.row IN (SELECT unnest(?))"], [rows]), sql.order(Sort()), len(rows))

    def key_of(self, space: Space) -> str:
        """Where the vectors of one of our own spaces lie."""
        return f"{self.prefix}/{space.value}.npy"

    def matrix(self, key: str) -> Matrix:
        """The vectors under a key: as floats in memory while they are few, else mapped and converted in blocks."""
        if key not in self._matrices:
            mapped = np.load(self._local(key), mmap_mode="r")
            self._matrices[key] = mapped.astype(np.float32) if mapped.size <= _IN_MEMORY else mapped
        return self._matrices[key]

    def distribution(self, metric: str, clauses: sql.Clauses) -> Distribution:
        column = f"f.{metric}"
        query = f"""SELECT count({column}), min({column}), max({column}), avg({column}),
                    quantile_disc({column}, [0.25, 0.5, 0.75]) FROM frames f WHERE {clauses.sql}"""  # noqa: S608
        count, least, greatest, mean, quartiles = self.execute(query, clauses)[0]
        if not count:
            return Distribution(metric=metric, count=0)
        bins = self._bins(column, clauses, least, greatest)
        return Distribution(
            metric=metric, count=count, least=least, greatest=greatest, mean=mean, quartiles=tuple(quartiles), bins=bins
        )

    def _bins(self, column: str, clauses: sql.Clauses, least: float, greatest: float) -> tuple[int, ...]:
        width = (greatest - least) / _BINS or 1.0
        query = f"""SELECT least(CAST(floor(({column} - ?) / ?) AS BIGINT), ?) AS bin, count(*) FROM frames f
                    WHERE {clauses.sql} AND {column} IS NOT NULL GROUP BY bin"""  # noqa: S608
        counts = dict(self.execute(query, clauses, [least, width, _BINS - 1]))
        return tuple(counts.get(number, 0) for number in range(_BINS))

    def _local(self, key: str) -> Path:
        """The file of an immutable object, fetched once."""
        path = self._folder / digest(key)
        if not path.exists():
            partial = path.with_suffix(".part")
            with partial.open("wb") as file:
                file.writelines(self._blobs.open(key))
            partial.rename(path)
        return path


def likeness(matrix: Matrix, rows: NDArray[np.int64], vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cosines of a unit vector with the given rows (in rising order), in blocks."""
    if matrix.dtype == np.float32 and len(rows) > len(matrix) * _MOST_OF_IT:
        return (matrix @ vector)[rows].astype(np.float32, copy=False)
    blocks = [rows[start : start + _BLOCK] for start in range(0, len(rows), _BLOCK)]
    found = [np.asarray(matrix[block], np.float32) @ vector for block in blocks]
    return np.concatenate([np.empty(0, np.float32), *found])


def greatest(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Where the greatest scores are, falling; equal ones in their order."""
    if count < len(scores):
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        candidates = np.flatnonzero(scores >= least)
    else:
        candidates = np.arange(len(scores))
    return candidates[np.argsort(-scores[candidates], kind="stable")][:count]


def found_label(row: dict[str, Any]) -> FoundLabel:
    """A label as it is shown."""
    metrics = {key: row[key] for key in LABEL_DATA if row[key] is not None}
    return FoundLabel(metrics=metrics, **{name: row[name] for name in (*LABEL, *_LABEL_PLACE)})


def _found(row: dict[str, Any], classes: tuple[str, ...], score: float | None) -> Found:
    metrics = {key: row[key] for key in DATA if row[key] is not None}
    known = {name: row[name] for name in FRAME if name != "metadata"}
    return Found.model_validate(
        {**known, "metadata": from_json(row["metadata"] or "{}"), "metrics": metrics, "labels": classes, "score": score}
    )


def digest(key: str) -> str:
    """A short file name for a key."""
    return hashlib.sha256(key.encode()).hexdigest()[:24]

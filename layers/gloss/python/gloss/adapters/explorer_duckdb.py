"""The embedded explorer: DuckDB over Parquet for filters, sorts and aggregates, exact numpy for nearest vectors."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from gloss.adapters import explorer_spaces
from gloss.adapters import explorer_sql as sql
from gloss.adapters.explorer_index import Index, digest, found_label
from gloss.domain.embedding import Space
from gloss.domain.explore import (
    Distribution,
    Filters,
    LabelResults,
    LabelSearch,
    Member,
    Results,
    Search,
    Similar,
    Sort,
    Spot,
)
from gloss.ports import Blobs

_KEPT = 3


class DuckExplorer:
    """Port Explorer; indexes are fetched when first asked for and kept under `folder`, the latest few of them."""

    def __init__(self, blobs: Blobs, folder: Path) -> None:
        self._blobs = blobs
        self._folder = folder
        self._open: dict[str, Index] = {}

    def catch_up(self, index: str, folders: Sequence[str]) -> None:
        """Take in the task events of these folders (a day each, in order) that this index has not seen yet."""
        self._index(index).catch_up(folders)

    def search(self, index: str, search: Search) -> Results:
        """A page of frames in order; the token is the last frame's sort value and id."""
        opened, order = self._index(index), sql.order(search.sort)
        clauses = opened.where(search.filters)
        total = opened.count(clauses)
        rows = opened.rows(_from(search.token, order, clauses), order, search.limit + 1)
        page = rows[: search.limit]
        token = order.token(page[-1]["sort"], page[-1]["id"]) if len(rows) > search.limit else None
        return Results(entries=opened.found(page), total=total, next_token=token)

    def labels(self, index: str, search: LabelSearch) -> LabelResults:
        """A page of labels in order; the token is the last label's sort value and id."""
        opened, order = self._index(index), sql.label_order(search.sort)
        clauses = opened.where_labels(search.filters)
        total = opened.count_labels(clauses)
        rows = opened.label_rows(_from(search.token, order, clauses), order, search.limit + 1)
        page = rows[: search.limit]
        token = order.token(page[-1]["sort"], page[-1]["id"]) if len(rows) > search.limit else None
        return LabelResults(entries=tuple(map(found_label, page)), total=total, next_token=token)

    def similar(self, index: str, frame: str, filters: Filters, limit: int) -> Results:
        """The frames nearest to a frame in the visual space, without itself; raises Invalid for an unknown frame."""
        opened = self._index(index)
        row = opened.row_of(frame)
        matrix = opened.matrix(opened.key_of(Space.VISUAL))
        return opened.nearest(Space.VISUAL, matrix[row].astype(np.float32), filters, limit, without=row)

    def alike(self, index: str, wanted: Similar) -> Results:
        """The frames nearest to a frame or a vector in the space of one metadata key."""
        return explorer_spaces.alike(self._index(index), wanted)

    def nearest(self, index: str, vector: Sequence[float], filters: Filters, limit: int) -> Results:
        """The frames nearest to a vector of the semantic space."""
        return self._index(index).nearest(Space.SEMANTIC, np.asarray(vector, np.float32), filters, limit, without=-1)

    def distribution(self, index: str, metric: str, filters: Filters) -> Distribution:
        """How a data metric (a key of the registry) is spread over the frames that pass."""
        opened = self._index(index)
        return opened.distribution(metric, opened.where(filters))

    def spots(self, index: str, filters: Filters, limit: int) -> tuple[Spot, ...]:
        """Places on the map; a stable random choice when more frames pass than asked for."""
        opened = self._index(index)
        clauses = opened.where(filters)
        clauses.add("f.x IS NOT NULL")
        rows = opened.rows(clauses, sql.order(Sort()), limit)
        return tuple(Spot(id=row["id"], x=row["x"], y=row["y"]) for row in rows)

    def members(self, index: str, filters: Filters) -> Iterator[Member]:
        """Every frame that passes, in the order of data units and frames."""
        opened = self._index(index)
        clauses = opened.where(filters)
        query = f"SELECT f.id, f.data_id, f.task_id FROM frames f WHERE {clauses.sql} ORDER BY f.row"  # noqa: S608
        return (Member(*row) for row in opened.execute(query, clauses))

    def close(self) -> None:
        """Let go of all indexes that are open."""
        while self._open:
            self._open.popitem()[1].close()

    def _index(self, prefix: str) -> "Index":
        if prefix not in self._open:
            self._forget()
            self._open[prefix] = Index(self._blobs, prefix, self._folder / digest(prefix))
        return self._open[prefix]

    def _forget(self) -> None:
        """Make room in /tmp: the oldest index goes when the newest comes."""
        while len(self._open) >= _KEPT:
            self._open.pop(next(iter(self._open))).close()


def _from(token: str | None, order: sql.Order, clauses: sql.Clauses) -> sql.Clauses:
    """The clauses, and that what is found comes after the token's entry."""
    after = order.after(token) if token else sql.Clauses()
    return sql.Clauses(clauses.parts + after.parts, clauses.values + after.values)

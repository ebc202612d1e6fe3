"""Likeness in the customers' own vector spaces: one matrix for each metadata key, only of the frames that have one."""

import numpy as np
from numpy.typing import NDArray

from gloss.adapters.explorer_index import Index, greatest, likeness
from gloss.domain.errors import Fault, Invalid
from gloss.domain.explore import Results, Similar
from gloss.domain.metrics.vectors import normalised
from gloss.domain.shards import custom_of

_PASSING = """SELECT c.place, c.row FROM custom c JOIN frames f ON f.row = c.row
              WHERE c.key = ? AND {where} ORDER BY c.place"""
_PLACE = "SELECT c.place FROM custom c JOIN frames f ON f.row = c.row WHERE c.key = ? AND f.id = ?"


def alike(index: Index, wanted: Similar) -> Results:
    """The frames nearest to a frame (without itself) or a vector; scores are (1 + cosine) / 2."""
    key = wanted.space or ""
    _demand_known(index, key)
    own, vector = _start(index, key, wanted)
    clauses = index.where(wanted.filters)
    clauses.add("c.place <> ?", own)
    found = index.execute(_PASSING.format(where=clauses.sql), clauses, [key])
    places, rows = (np.array([each[at] for each in found], np.int64) for at in (0, 1))
    scores = likeness(_matrix(index, key), places, vector)
    best = greatest(scores, wanted.limit)
    return Results(entries=index.ranked(rows[best].tolist(), scores[best]), total=len(found))


def _start(index: Index, key: str, wanted: Similar) -> tuple[int, NDArray[np.float32]]:
    """The place of the frame (none: -1) and the unit vector to compare with."""
    matrix = _matrix(index, key)
    if wanted.vector is not None:
        if len(wanted.vector) != matrix.shape[1]:
            reason = f"vectors of {key!r} have {matrix.shape[1]} numbers, this one {len(wanted.vector)}"
            raise Invalid("The vector does not fit its space.", [Fault("vector", reason)])
        wide = np.array([wanted.vector], np.float64)
        return -1, normalised(wide / (np.abs(wide).max() or 1))[0]
    found = index.plain(_PLACE, [key, wanted.frame])
    if not found:
        fault = Fault("frame", f"no frame {wanted.frame!r} has a vector {key!r}")
        raise Invalid("The frame has no vector in this space.", [fault])
    place = int(found[0][0])
    return place, matrix[place].astype(np.float32)


def _matrix(index: Index, key: str) -> NDArray[np.float16] | NDArray[np.float32]:
    return index.matrix(f"{custom_of(index.prefix, key)}all.npy")


def _demand_known(index: Index, key: str) -> None:
    index.open_spaces()
    known = [name for (name,) in index.plain("SELECT DISTINCT key FROM custom ORDER BY key", [])]
    if key not in known:
        names = ", ".join(map(repr, known[:20])) or "none"
        raise Invalid("There is no such space in the index.", [Fault("space", f"the import found these: {names}")])

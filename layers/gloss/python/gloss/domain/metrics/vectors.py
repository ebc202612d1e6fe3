"""Metrics that depend on embeddings: uniqueness (nearest neighbour) and diversity (a rank from easy to hard)."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

_BLOCK = 1024
_ROUNDS = 20


def normalised(vectors: NDArray[np.floating]) -> Vectors:
    """Rows at length 1 as float32; rows of zeros stay so."""
    wide = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    return (wide / np.where(lengths == 0, np.float32(1), lengths)).astype(np.float32)


def uniqueness(vectors: Vectors, start: int = 0, stop: int | None = None) -> NDArray[np.float32]:
    """Half the cosine distance to the nearest other row, 0-1, for rows start..stop; 1 where there is no other.

    `vectors` are unit rows. Work is done in blocks, so memory grows with the rows and never with their square.
    """
    stop = len(vectors) if stop is None else min(stop, len(vectors))
    if len(vectors) < 2:
        return np.ones(stop - start, dtype=np.float32)
    blocks = [_nearest(vectors, first, last) for first, last in _spans(start, stop)]
    return np.concatenate([np.empty(0, np.float32), *blocks])


def _nearest(vectors: Vectors, first: int, last: int) -> NDArray[np.float32]:
    likeness = vectors[first:last] @ vectors.T
    likeness[np.arange(last - first), np.arange(first, last)] = -2
    distance: NDArray[np.float32] = np.clip((1 - likeness.max(axis=1)) / 2, 0, 1)
    return distance


def _spans(start: int, stop: int) -> Iterator[tuple[int, int]]:
    return ((first, min(first + _BLOCK, stop)) for first in range(start, stop, _BLOCK))


def diversity(vectors: Vectors, clusters: int, seed: int = 0) -> NDArray[np.int64]:
    """A rank (0 first) for every row: clusters take turns, each giving its rows from its centre outwards."""
    if not len(vectors):
        return np.empty(0, dtype=np.int64)
    member, distance = _cluster(vectors, min(clusters, len(vectors)), seed)
    turn = np.empty(len(vectors), dtype=np.int64)
    for cluster in np.unique(member):
        rows = np.flatnonzero(member == cluster)
        turn[rows[np.argsort(distance[rows], kind="stable")]] = np.arange(len(rows))
    rank = np.empty(len(vectors), dtype=np.int64)
    rank[np.lexsort((np.arange(len(vectors)), member, turn))] = np.arange(len(vectors))
    return rank


def _cluster(vectors: Vectors, clusters: int, seed: int) -> tuple[NDArray[np.int64], Vectors]:
    """k-means of unit rows; returns each row's cluster and its distance to that centre."""
    centres = vectors[np.sort(np.random.default_rng(seed).permutation(len(vectors))[:clusters])].copy()
    member, distance = _assign(vectors, centres)
    for _ in range(_ROUNDS):
        for cluster in np.unique(member):
            centres[cluster] = vectors[member == cluster].mean(axis=0)
        before, (member, distance) = member, _assign(vectors, centres)
        if np.array_equal(before, member):
            break
    return member, distance


def _assign(vectors: Vectors, centres: Vectors) -> tuple[NDArray[np.int64], Vectors]:
    squares = (vectors**2).sum(axis=1)[:, None] - 2 * vectors @ centres.T + (centres**2).sum(axis=1)
    return squares.argmin(axis=1), np.sqrt(np.maximum(squares.min(axis=1), 0)).astype(np.float32)

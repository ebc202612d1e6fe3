"""Uniqueness and diversity follow from vectors alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.domain.metrics import vectors
from gloss.domain.metrics.chance import chance


def some_vectors(count: int, seed: int = 0) -> vectors.Vectors:
    return vectors.normalised(np.random.default_rng(seed).normal(size=(count, 8)))


def test_two_equal_vectors_are_not_unique() -> None:
    rows = vectors.normalised(np.array([[3.0, 4.0], [0.3, 0.4], [-4.0, 3.0]]))

    assert vectors.uniqueness(rows) == pytest.approx([0, 0, 0.5], abs=1e-6)


def test_a_vector_without_neighbours_is_unique() -> None:
    assert vectors.uniqueness(some_vectors(1)).tolist() == [1]


def test_uniqueness_in_blocks_equals_uniqueness_at_once() -> None:
    rows = some_vectors(20)

    parts = [vectors.uniqueness(rows, start, start + 7) for start in (0, 7, 14)]

    assert np.concatenate(parts) == pytest.approx(vectors.uniqueness(rows))


def test_the_first_ranks_come_from_different_clusters() -> None:
    rows = vectors.normalised(np.array([[1, 0.0], [1, 0.1], [1, 0.2], [0.0, 1], [0.1, 1], [0.2, 1]]))

    first = set(np.argsort(vectors.diversity(rows, clusters=2))[:2] // 3)

    assert first == {0, 1}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 40), st.integers(1, 12))
def test_ranks_are_a_permutation_of_the_rows(count: int, clusters: int) -> None:
    assert sorted(vectors.diversity(some_vectors(count), clusters)) == list(range(count))


def test_chance_depends_on_id_and_seed_only() -> None:
    assert chance("a") == chance("a") != chance("a", seed="other")


@given(st.text(), st.text())
def test_chance_stays_below_one(id_: str, seed: str) -> None:
    assert 0 <= chance(id_, seed) < 1

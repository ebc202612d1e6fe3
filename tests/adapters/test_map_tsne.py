"""The 2-D map keeps neighbours together and is drawn the same each time."""

import numpy as np
from numpy.typing import NDArray

from gloss.adapters.map_tsne import TsneMapper
from gloss.domain.metrics.vectors import Vectors, normalised


def two_clouds(count: int) -> Vectors:
    """Half the rows near one direction, half near another."""
    rng, centres = np.random.default_rng(0), np.eye(2, 16)
    return normalised(np.repeat(centres, count // 2, axis=0) + rng.normal(scale=0.05, size=(count, 16)))


def share_of_kin(places: NDArray[np.float64]) -> float:
    """How many nearest neighbours on the map are of the same cloud."""
    distance = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    half = len(places) // 2
    return float(((distance.argmin(axis=1) < half) == (np.arange(len(places)) < half)).mean())


def test_neighbours_stay_neighbours_on_the_map() -> None:
    assert share_of_kin(TsneMapper().flat(two_clouds(60))) == 1


def test_the_same_vectors_give_the_same_map() -> None:
    clouds = two_clouds(20)

    assert np.array_equal(TsneMapper().flat(clouds), TsneMapper().flat(clouds))


def test_what_is_no_landmark_is_placed_among_its_kin() -> None:
    places = TsneMapper(landmarks=40).flat(two_clouds(60))

    assert share_of_kin(places) > 0.9


def test_very_few_frames_lie_on_a_line() -> None:
    assert TsneMapper().flat(two_clouds(2)).tolist() == [[0, 0], [1, 0]]

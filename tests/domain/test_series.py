"""A series is sorted along its normal, and says with counts what keeps it from being a volume."""

from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.media import Facts
from gloss.domain.series import series

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)


def a_slice(z: float | None, side: int = 512, orientation: tuple[float, ...] | None = AXIAL) -> Facts:
    position = None if z is None else (0.0, 0.0, z)
    return Facts(
        width_px=side,
        height_px=side,
        series_uid="1.2",
        orientation=orientation,
        position_mm=position,
        spacing_mm=(1, 1, 5),
    )


@given(st.lists(st.floats(-500, 500), min_size=1, max_size=30))
def test_slices_stand_in_the_order_of_their_positions(heights: list[float]) -> None:
    found = series([a_slice(z) for z in heights])

    assert [heights[at] for at in found.order] == sorted(heights)
    assert sorted(found.order) == list(range(len(heights)))


def test_an_even_series_has_its_own_spacing_and_no_warning() -> None:
    found = series([a_slice(z) for z in (4.0, 0.0, 2.0)])

    assert (found.order, found.facts.spacing_mm, found.warnings) == ((1, 2, 0), (1, 1, 2.0), ())


def test_slices_of_several_sizes_are_counted() -> None:
    found = series([a_slice(0), a_slice(1), a_slice(2, side=256)])

    assert found.warnings == (
        "The slices have 2 sizes: 512 x 512 (2 files), 256 x 256 (1 files); no volume can be made of them.",
    )


def test_slices_of_several_orientations_follow_most_of_them() -> None:
    found = series([a_slice(9, orientation=SAGITTAL), a_slice(3), a_slice(1)])

    assert found.order == (2, 1, 0)
    assert "2 orientations" in found.warnings[0]


def test_slices_at_one_place_keep_their_order() -> None:
    found = series([a_slice(1), a_slice(0), a_slice(1)])

    assert found.order == (1, 0, 2)
    assert found.warnings == ("1 of 3 files lie where another one does; such keep the manifest's order.",)


def test_slices_without_a_position_keep_their_order() -> None:
    found = series([a_slice(None), a_slice(None, orientation=None)])

    assert found.order == (0, 1)
    assert "2 of 2 files lack ImagePositionPatient" in found.warnings[0]


def test_a_missing_slice_shows_in_the_gaps() -> None:
    found = series([a_slice(z) for z in (0.0, 2.0, 4.0, 8.0)])

    assert found.warnings == ("The slices lie 2.000 to 4.000 mm apart; spacing_mm has the median.",)

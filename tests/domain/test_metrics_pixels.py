"""Pixel metrics have the values that their definitions give by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.domain.metrics import pixels


def a_plain_image(red: int, green: int, blue: int, side: int = 4) -> pixels.Pixels:
    return np.full((side, side, 3), (red, green, blue), dtype=np.uint8)


def test_white_is_as_bright_as_anything_can_be() -> None:
    assert pixels.measure(a_plain_image(255, 255, 255))["brightness"] == 1


def test_brightness_is_the_mean_of_luma_over_255() -> None:
    assert pixels.measure(a_plain_image(255, 0, 0))["brightness"] == pytest.approx(76 / 255)


def test_a_plain_image_has_neither_contrast_nor_sharpness() -> None:
    measured = pixels.measure(a_plain_image(90, 120, 30))

    assert (measured["contrast"], measured["sharpness"]) == (0, 0)


def test_half_black_and_half_white_has_full_contrast() -> None:
    grey = np.array([[0, 255], [255, 0]], dtype=np.uint8)

    assert pixels.contrast(grey) == 1


def test_a_chessboard_is_as_sharp_as_anything_can_be() -> None:
    board = (np.indices((6, 6)).sum(axis=0) % 2 * 255).astype(np.uint8)

    assert pixels.sharpness(board) == pytest.approx((1 / 2) ** 0.5)


def test_sharpness_of_one_bright_pixel_follows_the_laplacian() -> None:
    grey = np.zeros((5, 5), dtype=np.uint8)
    grey[2, 2] = 255
    squares, total = 4 * 255**2 + 1020**2, 4 * 255 - 1020

    expected = ((squares / 25 - (total / 25) ** 2) / 2_080_800) ** 0.5

    assert pixels.sharpness(grey) == pytest.approx(expected)


def test_a_single_pixel_can_be_measured() -> None:
    measured = pixels.measure(a_plain_image(10, 20, 30, side=1))

    assert (measured["contrast"], measured["sharpness"]) == (0, 0)


@pytest.mark.parametrize(("hue", "colour"), [("red", (255, 0, 0)), ("green", (0, 255, 0)), ("blue", (0, 0, 255))])
def test_a_pure_colour_is_wholly_close_to_its_hue(hue: str, colour: tuple[int, int, int]) -> None:
    assert pixels.closeness_to_hues(a_plain_image(*colour))[hue] == pytest.approx(1)


def test_pure_red_is_two_thirds_of_a_turn_away_from_blue() -> None:
    away = 6 * (2 / 3) / 8

    assert pixels.closeness_to_hues(a_plain_image(255, 0, 0))["blue"] == pytest.approx(1 - away)


def test_grey_pixels_are_close_to_no_hue() -> None:
    assert set(pixels.closeness_to_hues(a_plain_image(120, 120, 110)).values()) == {0}


def test_pixels_exactly_on_the_threshold_count_as_dull() -> None:
    barely, vivid = a_plain_image(15, 0, 0), a_plain_image(16, 0, 0)

    assert pixels.closeness_to_hues(barely)["red"] == 0
    assert pixels.closeness_to_hues(vivid)["red"] > 0


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_every_pixel_metric_of_any_image_is_a_share(height: int, width: int, seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)

    assert all(0 <= value <= 1 for value in pixels.measure(image).values())


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_turning_an_image_changes_no_metric(seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (7, 5, 3), dtype=np.uint8)

    assert pixels.measure(np.rot90(image, 2)) == pytest.approx(pixels.measure(image))

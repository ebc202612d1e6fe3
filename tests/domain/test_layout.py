"""Layouts of data groups: what Gloss arranges, and what it takes from clients."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gloss.domain.data_group import NewDataGroup
from gloss.domain.layout import Carousel, LayoutType, Split, arranged, keys_in

TILE = {"type": "data_unit", "key": "0"}


def nested(levels: int, inside: dict[str, Any]) -> dict[str, Any]:
    """A tile beside a tile beside a tile, and so on."""
    for _ in range(levels):
        inside = {"direction": "row", "first": TILE, "second": inside}
    return inside


@given(st.integers(1, 40))
def test_a_grid_shows_every_member_once_and_in_order(number: int) -> None:
    keys = [str(at) for at in range(number)]

    assert [*keys_in(arranged(LayoutType.GRID, keys))] == keys


def test_a_grid_of_four_has_two_rows_of_two() -> None:
    grid = arranged(LayoutType.GRID, list("abcd"))

    assert isinstance(grid, Split)
    assert (grid.direction, [*keys_in(grid.first)]) == ("row", ["a", "b"])
    assert isinstance(grid.first, Split)
    assert grid.first.direction == "column"


def test_a_list_is_a_row_of_thumbnails() -> None:
    assert arranged(LayoutType.LIST, ["a", "b"]) == Carousel(keys=("a", "b"))


@pytest.mark.parametrize("levels", [65, 500, 900])
def test_a_tree_that_is_nested_without_end_is_refused_at_once(levels: int) -> None:
    before = time.process_time()

    with pytest.raises(ValidationError, match="levels deep"):
        NewDataGroup.model_validate({"members": [{"item_id": "a"}], "tree": nested(levels, TILE)})

    assert time.process_time() - before < 1

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pycocotools import mask as coco

from gloss.domain import rle
from gloss.domain.errors import Invalid

BLOB = np.zeros((4, 5), dtype=bool)
BLOB[1:3, 1:4] = True
BLOB[3, 2] = True
VECTORS = [
    (np.array([[0, 1, 0], [0, 0, 1]], dtype=bool), "1130"),
    (np.array([[1, 1, 0], [0, 0, 1]], dtype=bool), "023O"),
    (np.array([[0, 0, 0], [0, 1, 1]], dtype=bool), "42"),
    (BLOB, "63201NO"),
]
masks = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=60))


@pytest.mark.parametrize(("mask", "text"), VECTORS)
def test_masks_are_written_as_the_published_vectors(mask: rle.Mask, text: str) -> None:
    assert rle.encode(mask) == text
    assert (rle.decode(text, *mask.shape) == mask).all()


@given(masks)
def test_every_mask_survives_a_round_trip(mask: rle.Mask) -> None:
    assert (rle.decode(rle.encode(mask), *mask.shape) == mask).all()


@given(masks)
def test_columns_are_coded_as_pycocotools_codes_them(mask: rle.Mask) -> None:
    theirs = coco.encode(np.asfortranarray(mask.astype(np.uint8)))

    assert rle.encode_columns(mask) == theirs["counts"].decode()
    assert rle.area(theirs["counts"].decode()) == int(coco.area(theirs)) == mask.sum()


@given(st.lists(st.integers(min_value=0, max_value=1 << 40), min_size=1, max_size=40))
def test_run_lengths_survive_a_round_trip(counts: list[int]) -> None:
    assert rle.read(rle.write(np.array(counts, dtype=np.int64))).tolist() == counts


@given(st.text(max_size=30))
def test_any_other_text_is_refused_or_read(text: str) -> None:
    with suppress(Invalid):
        assert (rle.read(text) >= 0).all()


def test_runs_that_do_not_fill_the_mask_are_refused() -> None:
    with pytest.raises(Invalid, match="6 pixels"):
        rle.decode("1130", 3, 3)


@pytest.mark.parametrize("text", ["~", "0 ", "o", "0O", "é"])
def test_foreign_cut_and_negative_runs_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        rle.read(text)


def test_a_number_longer_than_any_picture_is_refused() -> None:
    with pytest.raises(Invalid, match="no picture"):
        rle.read("o" * 13 + "0")

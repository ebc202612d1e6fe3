"""A label row told appearance by appearance is the row that is read whole."""

import json
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.domain.errors import Invalid, Malformed, TooLarge
from gloss.domain.formats import long_heads
from gloss.domain.formats.leaves import Path, Walk, leaves
from gloss.domain.formats.long_rows import LongRow, Placed, is_taken_apart
from tests.builders_labels import a_box

values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


def put_together(told: list[tuple[Path, Any]]) -> Any:
    """What the leaves are leaves of, lists as objects by number."""
    if told[0][0] == ():
        return told[0][1]
    whole: dict[Any, Any] = {}
    for path, value in told:
        inside = whole
        for step in path[:-1]:
            inside = inside.setdefault(step, {})
        inside[path[-1]] = value
    return whole


def numbered(value: Any, depth: int) -> Any:
    """The same of a value, as deep as it is taken apart."""
    if depth == 0 or not value or not isinstance(value, dict | list):
        return value
    named = dict(enumerate(value)) if isinstance(value, list) else value
    return {name: numbered(inner, depth - 1) for name, inner in named.items()}


@given(value=values, depth=st.integers(0, 4), size=st.integers(1, 7), indent=st.sampled_from([None, 1]))
@settings(deadline=None)
def test_leaves_together_are_the_value(value: Any, depth: int, size: int, indent: int | None) -> None:
    text = json.dumps(value, indent=indent).encode()
    chunks = [text[at : at + size] for at in range(0, len(text), size)]

    told = list(leaves(chunks, lambda path: len(path) < depth))

    assert put_together(told) == numbered(value, depth)


@pytest.mark.parametrize(
    "text", ["", "{", '{"a":1', '{"a" 1}', "[1,,2]", "[1 2]", "[1]x", '{"\\x":1}', '{"a":tru}', "NaN", "[1]]"]
)
def test_what_is_no_json_is_malformed_with_its_place(text: str) -> None:
    with pytest.raises(Malformed, match="line 1, column"):
        list(leaves([text.encode()], lambda _: True))


def test_labels_as_v1_takes_them_are_told_frame_by_frame() -> None:
    body = {
        "objects": [{"frames": {"7": {"geometry": a_box()}, "3": {}}, "id": "car00001"}],
        "classifications": [{"id": 1}],
    }
    row = LongRow()

    told = appearances(row, json.dumps(body).encode())

    assert [(it.frame, it.number) for it in told] == [(7, 0), (3, 0)]
    assert [(it.place, it.said) for it in row.heads()] == [
        ("objects", {"id": "car00001"}),
        ("classifications", {"id": 1}),
    ]


def test_files_of_a_group_count_in_the_order_of_their_sequence() -> None:
    seen = {"objectHash": "car00001", "featureHash": "carcarca", "shape": "bounding_box", "boundingBox": {}}
    units = {
        f"u{at}": {"labels": {"objects": [seen], "classifications": []}, "data_sequence": str(9 - at)}
        for at in range(3)
    }
    row = LongRow()

    told = appearances(row, json.dumps({"data_units": units}).encode())

    assert [row.frame(it.frame, it.unit) for it in told] == [2, 1, 0]


@pytest.mark.parametrize(
    "body",
    [
        {"objects": 3},
        {"objects": [3]},
        {"objects": [{"frames": {"x": {}}}]},
        {"data_units": 3},
        {"data_units": {"u": 3}},
        {"data_units": {"u": {"labels": 3}}},
        {"data_units": {"u": {"labels": {"0": {"objects": [{}]}}}}},
        {"data_units": {"u": {"labels": {"-1": {"objects": []}}}}},
        {"objects": {}},
        {"classifications": None},
        [],
        3,
    ],
)
def test_what_is_no_label_row_is_invalid(body: Any) -> None:
    with pytest.raises(Invalid):
        appearances(LongRow(), json.dumps(body).encode())


def test_labels_of_more_than_memory_holds_are_too_large() -> None:
    words = "w" * 2**20
    objects = [{"id": f"{number:08}", "answers": words} for number in range(long_heads.KEPT_BYTES // 2**20 + 1)]

    with pytest.raises(TooLarge, match="300 MiB"):
        appearances(LongRow(), json.dumps({"objects": objects}).encode())


def test_what_no_label_body_has_is_left_for_the_check_to_name() -> None:
    row = LongRow()

    assert appearances(row, b'{"object": [], "classifications": [], "objects": [], "spaces": {"a": {"x": 1}}}') == []
    assert (row.strange(), row.pages, list(row.heads())) == (["object", "spaces.a.x"], ["", "a"], [])


@given(value=values, depth=st.integers(0, 4), at=st.integers(1, 12))
@settings(deadline=None)
def test_a_walk_goes_on_behind_any_leaf(value: Any, depth: int, at: int) -> None:
    text = json.dumps(value, indent=1).encode()
    begun = Walk([text], lambda path: len(path) < depth)
    told = list(islice(begun.leaves(), at))
    mark = begun.bookmark

    rest = Walk([text[mark.offset :]], lambda path: len(path) < depth, mark)

    assert [*told, *rest.leaves()] == list(leaves([text], lambda path: len(path) < depth))


def appearances(row: LongRow, text: bytes) -> list[Placed]:
    """All that a row tells of a text."""
    told = [placed for leaf in leaves([text], is_taken_apart) for placed in row.told(*leaf)]
    return [*told, *row.released()]

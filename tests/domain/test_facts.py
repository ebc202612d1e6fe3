"""Metadata as facts that can be filtered: by the schema's types, and by what a value is without one."""

import pytest
from pydantic import TypeAdapter

from gloss.domain.facts import facts_of
from gloss.domain.metadata_schema import Types
from gloss.domain.metadata_types import KeyType

TYPES: TypeAdapter[Types] = TypeAdapter(dict[str, KeyType])
DAY = "2025-02-03T10:00:00Z"
MOMENT = "2025-02-03T10:00:00.000000Z"


def facts(value, **types):
    found = facts_of("d1:0", {"key": value}, TYPES.validate_python({"key": types["kind"]} if types else {}))
    return [each.model_dump(exclude={"id"}, exclude_none=True) for each in found]


@pytest.mark.parametrize(
    ("kind", "value", "fact"),
    [
        ("varchar", DAY, {"type": "text", "text": DAY}),
        ("datetime", DAY, {"type": "text", "text": DAY, "moment": MOMENT}),
        ("number", 3, {"type": "number", "number": 3.0}),
        ("boolean", True, {"type": "boolean", "text": "true"}),
        ({"ty": "enum", "values": ["a"]}, "a", {"type": "text", "text": "a"}),
        ("geospatial", {"latitude": 1, "longitude": 2}, {"type": "place", "latitude": 1.0, "longitude": 2.0}),
        ({"ty": "variant", "hint": "varchar"}, DAY, {"type": "text", "text": DAY}),
        ({"ty": "variant", "hint": "datetime"}, DAY, {"type": "text", "text": DAY, "moment": MOMENT}),
    ],
)
def test_the_schemas_type_decides_what_a_value_is(kind, value, fact):
    assert facts(value, kind=kind) == [{"key": "key", **fact}]


@pytest.mark.parametrize("kind", ["datetime", "number", "geospatial", {"ty": "variant", "hint": "number"}])
def test_a_value_that_does_not_fit_speaks_for_itself(kind):
    assert facts("fog", kind=kind) == [{"key": "key", "type": "text", "text": "fog"}]


def test_deleted_keys_give_no_facts():
    assert facts("fog", kind="tombstone") == []


def test_without_a_type_a_value_is_what_it_looks_like():
    assert facts(DAY) == [{"key": "key", "type": "text", "text": DAY, "moment": MOMENT}]
    assert facts({"a": ["x", "y"], "b": {"c": 1}, "d": None}) == [
        {"key": "key.a", "type": "text", "text": "x"},
        {"key": "key.a", "type": "text", "text": "y"},
        {"key": "key.b.c", "type": "number", "number": 1.0},
    ]


def test_a_list_of_numbers_without_a_type_is_one_text():
    assert facts([1, 2.5]) == [{"key": "key", "type": "text", "text": "[1,2.5]"}]
    assert len(facts([0.25] * 4096)[0]["text"]) == 256
    assert facts([]) == []

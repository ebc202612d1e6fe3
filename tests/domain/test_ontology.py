from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gloss.domain import ontology
from gloss.domain.errors import Invalid, NotFound
from gloss.domain.ontology import Shape
from gloss.domain.ontology_draft import completed, value_of
from tests.builders_labels import a_structure, a_structure_json

KEYS = ["objects", "classifications", "attributes", "options", "type", "shape", "name", "label", "value", "id"]


def faults(raw: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        ontology.parse(raw)
    return {fault.path: fault.reason for fault in refused.value.faults}


def numbered() -> Callable[[], str]:
    numbers = count()
    return lambda: f"id-{next(numbers)}"


def test_structure_json_survives_a_round_trip() -> None:
    structure = a_structure()

    again = ontology.parse(structure.model_dump(mode="json", by_alias=True))

    assert again == structure
    assert again.model_dump(by_alias=True)["objects"][0]["featureNodeHash"] == "carcarca"


def test_features_are_found_at_every_depth() -> None:
    nested = a_structure().feature("whichwhi")

    assert (nested.root.feature, nested.option, nested.depth) == ("carcarca", "otheroth", 2)


def test_nested_attributes_are_as_dynamic_as_their_root() -> None:
    raw = a_structure_json()
    raw["objects"][0]["attributes"][0]["dynamic"] = True

    structure = ontology.parse(raw)

    assert structure.feature("whichwhi").dynamic


def test_unknown_features_are_not_found() -> None:
    with pytest.raises(NotFound, match="zzzzzzzz"):
        a_structure().feature("zzzzzzzz")


def test_doubled_hashes_are_refused_with_both_places() -> None:
    raw = a_structure_json()
    raw["objects"][1]["featureNodeHash"] = "carcarca"

    assert faults(raw) == {
        "structure.objects[1].featureNodeHash": "carcarca is already the hash of objects[0]",
    }


def test_a_classification_has_exactly_one_attribute() -> None:
    raw = a_structure_json()
    raw["classifications"][0]["attributes"] = []

    assert list(faults(raw)) == ["structure.classifications[0].attributes"]


def test_classifications_have_no_dynamic_attributes() -> None:
    raw = a_structure_json()
    raw["classifications"][0]["attributes"][0]["dynamic"] = True

    assert list(faults(raw)) == ["structure.classifications[0].attributes[0].dynamic"]


def test_checklist_options_open_no_attributes() -> None:
    raw = a_structure_json()
    raw["objects"][0]["attributes"][1]["options"][0]["options"] = []

    assert list(faults(raw)) == ["structure.objects[0].attributes[1].options[0].options"]


@pytest.mark.parametrize(("depth", "accepted"), [(7, True), (8, False)])
def test_attributes_are_nested_at_most_seven_levels(depth: int, accepted: bool) -> None:
    raw = {"objects": [{"name": "Deep", "shape": "point", "attributes": [nested_attribute(depth)]}]}
    whole = completed(raw, numbered())

    if accepted:
        assert max(known.depth for known in ontology.parse(whole).features.values()) == 7
    else:
        assert "level 8" in next(iter(faults(whole).values()))


def nested_attribute(depth: int) -> dict[str, Any]:
    inner = [nested_attribute(depth - 1)] if depth > 1 else []
    return {"name": f"Level {depth}", "type": "radio", "options": [{"label": "More", "options": inner}]}


def test_unknown_shapes_and_fields_are_named_by_path() -> None:
    raw = a_structure_json()
    raw["objects"][0]["shape"] = "blob"
    raw["objects"][1]["size"] = 3

    assert list(faults(raw)) == ["structure.objects[0].shape", "structure.objects[1].size"]


def test_missing_names_are_reported_where_they_belong() -> None:
    raw = a_structure_json()
    del raw["objects"][0]["attributes"][3]["name"]

    assert faults(raw) == {"structure.objects[0].attributes[3].name": "Field required"}


def test_a_draft_receives_ids_hashes_and_colours() -> None:
    draft = {"objects": [{"name": "Car", "shape": "bounding_box", "attributes": [nested_attribute(2)]}]}

    structure = ontology.parse(completed(draft, numbered()))

    car = structure.objects[0]
    assert (car.id, car.color, car.shape) == ("1", "#D33115", Shape.BOUNDING_BOX)
    assert [known.feature.id for known in structure.features.values()] == [  # type: ignore[union-attr]
        "1", "1.1", "1.1.1", "1.1.1.1", "1.1.1.1.1",
    ]  # fmt: skip


def test_a_draft_keeps_what_was_given() -> None:
    assert completed(a_structure_json(), numbered()) == a_structure_json()


@pytest.mark.parametrize("raw", [None, [], {"objects": 3}, {"objects": [3]}, {"objects": [{"attributes": [1]}]}])
def test_drafts_of_a_wrong_type_are_refused_not_repaired(raw: Any) -> None:
    assert faults(completed(raw, numbered()))


def test_endlessly_nested_structures_are_refused_not_followed() -> None:
    raw = {"objects": [{"name": "Deep", "shape": "point", "attributes": [nested_attribute(400)]}]}

    with pytest.raises(Invalid, match="nested too deep"):
        completed(raw, numbered())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from(["radio", "point"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=30,
)


@given(json_values)
def test_any_json_is_a_structure_or_refused(raw: Any) -> None:
    with suppress(Invalid):
        ontology.parse(completed(raw, numbered()))


def test_values_are_lower_case_words() -> None:
    assert value_of("Epiglottis ") == "epiglottis_"

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gloss.domain import labels
from gloss.domain.errors import Invalid
from gloss.domain.formats.label_row_reading import body_json
from tests.builders_labels import (
    GEOMETRIES,
    Json,
    a_body,
    a_body_json,
    a_box,
    a_canvas,
    a_car,
    a_scene,
    a_structure,
    an_object,
)

RED = {"feature": "colourco", "answer": ["redredre"]}


def faults(raw: Any, **canvas: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        labels.parse(raw, a_structure(), a_canvas(**canvas))
    return {fault.path: fault.reason for fault in refused.value.faults}


@pytest.mark.parametrize("shape", GEOMETRIES)
def test_every_shape_is_accepted_on_its_class(shape: str) -> None:
    body = a_body(an_object(shape))

    assert [seen.geometry.shape for seen in body.on_frame(0)] == [shape]


@pytest.mark.parametrize("shape", GEOMETRIES)
def test_every_shape_is_refused_on_another_class(shape: str) -> None:
    foreign = "circlex7" if shape != "circle" else "polygon2"

    found = faults(a_body_json({**an_object(shape), "feature": foreign}))

    assert list(found) == ["objects[0].frames.0.geometry.shape"]


@pytest.mark.parametrize(
    ("geometry", "path"),
    [
        (a_box(x=-0.1), "x"),
        (a_box(w=0), "w"),
        (a_box(h=float("nan")), "h"),
        (a_box(x=0.8), ""),
        ({**a_box(), "colour": 1}, "colour"),
        ({"shape": "blob"}, ""),
        ({"shape": "polygon", "polygons": [[[0.1, 0.1, 0.2, 0.2]]]}, "polygons[0][0]"),
        ({"shape": "polygon", "polygons": [[[0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4]]]}, ""),
    ],
)
def test_impossible_geometries_are_named_by_path(geometry: Json, path: str) -> None:
    car = a_car(frames={"0": {"geometry": geometry}})

    assert ".".join(filter(None, ["objects[0].frames.0.geometry", path])) in faults(a_body_json(car))


def test_frames_beyond_the_media_are_refused() -> None:
    late = a_car(frames={"12": {"geometry": a_box()}})

    assert faults(a_body_json(late), frames=12) == {
        "objects[0].frames.12": "the media have 12 frames, counted from 0",
    }


def test_unknown_features_are_refused_by_place() -> None:
    raw = a_body_json(a_car(feature="scenescn"), classifications=[a_scene(feature="carcarca")])

    assert list(faults(raw)) == ["objects[0].feature", "classifications[0].feature"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"feature": "colourco", "answer": ["dentdent"]}, "no option"),
        ({"feature": "colourco", "answer": []}, "exactly one"),
        ({"feature": "colourco", "answer": "red"}, "not answered by this type"),
        ({"feature": "speedspe", "answer": "fast"}, "not answered by this type"),
        ({"feature": "sceneatt", "answer": ["indoorin"]}, "no attribute of carcarca"),
        ({"feature": "redredre", "answer": "x"}, "no attribute of carcarca"),
        ({"feature": "plateplt", "answer": "AB 12"}, "belongs in dynamic"),
        ({"feature": "whichwhi", "answer": "pink"}, "otheroth, which opens the attribute, is not chosen"),
    ],
)
def test_impossible_answers_are_refused(answer: Json, reason: str) -> None:
    found = faults(a_body_json(a_car(answers=[answer])))

    assert reason in next(iter(found.values()))
    assert next(iter(found)).startswith("objects[0].answers[0]")


def test_static_attributes_take_no_ranges() -> None:
    found = faults(a_body_json(a_car(dynamic=[{**RED, "ranges": [[0, 0]]}])))

    assert found == {"objects[0].dynamic[0].feature": "the attribute belongs in answers, without ranges"}


def test_nested_answers_follow_their_chosen_option() -> None:
    other = {"feature": "colourco", "answer": ["otheroth"]}
    body = a_body(a_car(answers=[other, {"feature": "whichwhi", "answer": "pink"}]))

    assert [each.answer for each in body.objects[0].answers] == [("otheroth",), "pink"]


def test_dynamic_answers_hold_on_their_frames_only() -> None:
    plate = {"feature": "plateplt", "answer": "AB 12", "ranges": [[2, 4]]}
    body = a_body(a_car(frames={"3": {"geometry": a_box()}}, dynamic=[plate]), canvas=a_canvas(frames=9))

    held = [len(body.objects[0].answers_on(frame)) for frame in (1, 2, 4, 5)]

    assert held == [1, 2, 2, 1]


def test_masks_must_fit_their_runs_and_the_media() -> None:
    mask = an_object("bitmask")
    mask["frames"]["0"]["geometry"] |= {"top_px": 49, "rle": "42"}

    assert list(faults(a_body_json(mask))) == ["objects[0].frames.0.geometry.height_px"]


def test_masks_whose_runs_are_too_few_are_refused() -> None:
    mask = an_object("bitmask")
    mask["frames"]["0"]["geometry"]["rle"] = "11"

    assert "cover 2 pixels, not 2 x 3" in faults(a_body_json(mask))["objects[0].frames.0.geometry.rle"]


def test_the_same_id_twice_is_refused() -> None:
    assert list(faults(a_body_json(a_car(), a_car()))) == ["objects[1].id"]


@pytest.mark.parametrize(
    ("scene", "reason"),
    [
        (a_scene(ranges=[]), "has no range"),
        (a_scene(ranges=[[0, 1]]), "the media at 0"),
        (a_scene(ranges=[[1, 0]]), "ends before it begins"),
    ],
)
def test_classifications_need_possible_ranges(scene: Json, reason: str) -> None:
    assert reason in next(iter(faults(a_body_json(classifications=[scene])).values()))


def test_global_classifications_have_no_ranges() -> None:
    quality = {"id": "quality1", "feature": "qualityq", "answers": [{"feature": "qualatt1", "answer": 3}]}

    assert a_body(classifications=[quality]).classifications_on(99)
    assert list(faults(a_body_json(classifications=[{**quality, "ranges": [[0, 0]]}]))) == ["classifications[0].ranges"]


def test_at_most_a_hundred_faults_are_told() -> None:
    many = [a_car(id=f"car{number:05}", feature="zzzzzzzz") for number in range(150)]

    assert len(faults(a_body_json(*many))) == 100


KEYS = ["objects", "classifications", "frames", "0", "geometry", "shape", "x", "answers", "feature", "id", "ranges"]
json_values = st.recursive(
    st.none()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.sampled_from(["carcarca", "colourco", "bitmask"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=30,
)


@given(json_values)
def test_any_json_is_a_body_or_refused(raw: Any) -> None:
    with suppress(Invalid):
        labels.parse(raw, a_structure(), a_canvas())


@given(json_values)
def test_any_json_is_a_label_row_or_refused(raw: Any) -> None:
    with suppress(Invalid):
        labels.parse(body_json(raw), a_structure(), a_canvas())


@pytest.mark.parametrize("raw", [None, [], "labels", {"objects": 3}, {"objects": [None]}, {"labels": []}])
def test_bodies_of_a_wrong_type_are_refused(raw: Any) -> None:
    assert faults(raw)

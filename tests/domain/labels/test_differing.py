"""What was done between two saves: nothing between equal ones, and the mirror image backwards."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.labels import LabelBody
from gloss.domain.labels.differing import Edit, edits

Json = dict[str, Any]
MIRRORED = {"CREATE": "DELETE", "DELETE": "CREATE"}


def a_thing(number: int = 1, **fields: Any) -> Json:
    plain = {"id": f"object{number:02}", "feature": "carcarca", "number": number}
    frames = {frame: {"geometry": a_point()} for frame in fields.pop("on", (0,))}
    return {**plain, "frames": frames, **fields}


def a_point(x: float = 0.5) -> Json:
    return {"shape": "point", "x": x, "y": 0.5}


def an_answer(feature: str = "colourco", option: str = "redredre") -> Json:
    return {"feature": feature, "answer": [option]}


def a_scene(**fields: Any) -> Json:
    return {"id": "scene001", "feature": "scenescn", "ranges": [[0, 9]], "answers": [an_answer()], **fields}


def a_body(*objects: Json, scenes: tuple[Json, ...] = ()) -> LabelBody:
    return LabelBody.model_validate({"objects": objects, "classifications": scenes})


def between(before: LabelBody, after: LabelBody) -> list[str]:
    return [edit.action for edit in edits(before, after)]


@pytest.mark.parametrize(
    ("changed", "action"),
    [
        (a_thing(feature="personpe"), "EDIT_CLASS_OBJECT"),
        (a_thing(answers=[an_answer()]), "EDIT_ATTRIBUTE_OBJECT"),
        (a_thing(dynamic=[{**an_answer(), "ranges": [[0, 0]]}]), "EDIT_ATTRIBUTE_OBJECT"),
        (a_thing(on=(0, 1)), "EDIT_RANGE_OBJECT"),
        (a_thing(frames={0: {"geometry": a_point(0.1)}}), "EDIT_GEOMETRY_OBJECT"),
    ],
)
def test_each_way_to_edit_an_object_is_told_apart(changed: Json, action: str) -> None:
    assert between(a_body(a_thing()), a_body(changed)) == [action]


def test_a_label_that_is_new_or_gone_is_told_with_where_it_was() -> None:
    made = list(edits(a_body(), a_body(a_thing(7, on=(3, 4, 5, 9)))))

    assert [(it.action, it.ranges, it.frame, it.number) for it in made] == [("CREATE_OBJECT", ((3, 5), (9, 9)), 3, 7)]
    assert between(a_body(a_thing()), a_body()) == ["DELETE_OBJECT"]


def test_classifications_are_edited_by_answer_class_and_range() -> None:
    before = a_body(scenes=(a_scene(),))

    assert between(a_body(), before) == ["CREATE_CLASSIFICATION"]
    assert between(before, a_body(scenes=(a_scene(answers=[an_answer(option="other000")]),))) == [
        "EDIT_ATTRIBUTE_CLASSIFICATION"
    ]
    assert between(before, a_body(scenes=(a_scene(ranges=[[0, 3]]),))) == ["EDIT_RANGE_CLASSIFICATION"]
    assert between(before, a_body()) == ["DELETE_CLASSIFICATION"]


def test_who_labelled_when_and_how_sure_is_no_edit() -> None:
    surer = {0: {"geometry": a_point(), "confidence": 0.4, "edited_by": "ann@acme.io", "manual": False}}

    assert between(a_body(a_thing()), a_body({**a_thing(frames=surer), "number": 9})) == []


def test_the_order_of_answers_and_options_is_no_edit() -> None:
    one, two = an_answer("colourco"), an_answer("damageda")

    assert between(a_body(a_thing(answers=[one, two])), a_body(a_thing(answers=[two, one]))) == []


def test_edits_in_a_space_say_in_which() -> None:
    space = {"objects": [a_thing()], "classifications": []}

    (made,) = edits(a_body(), LabelBody.model_validate({"spaces": {"film": space}}))

    assert (made.action, made.space) == ("CREATE_OBJECT", "film")


labels = st.dictionaries(
    st.integers(1, 6),
    st.fixed_dictionaries(
        {"feature": st.sampled_from(["carcarca", "personpe"]), "on": st.sets(st.integers(0, 5), min_size=1).map(tuple)}
    ),
).map(lambda some: a_body(*(a_thing(number, **fields) for number, fields in some.items())))


@given(one=labels, two=labels)
def test_backwards_is_the_mirror_image_of_forwards(one: LabelBody, two: LabelBody) -> None:
    there, back = list(edits(one, two)), list(edits(two, one))

    assert list(edits(one, one)) == []
    assert Counter(map(named, there)) == Counter((MIRRORED.get(done, done), label) for done, label in map(named, back))
    made = Counter(edit.done for edit in there)
    assert len(two.objects) - len(one.objects) == made["CREATE"] - made["DELETE"]


def named(edit: Edit) -> tuple[str, str]:
    return edit.done, edit.label_id

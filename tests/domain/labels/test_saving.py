import json
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gloss.domain import labels
from gloss.domain.errors import Invalid
from gloss.domain.labels import LabelBody
from tests.builders_labels import GEOMETRIES, a_body, a_box, a_canvas, a_car, a_structure, an_object

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def everything() -> LabelBody:
    objects = [an_object(shape, number) for number, shape in enumerate(GEOMETRIES) if shape != "bounding_box"]
    return a_body(a_car(), *objects)


def test_stored_labels_are_read_back_unchanged() -> None:
    body = everything()

    assert labels.load(labels.canonical(body)) == body


@given(st.randoms())
def test_canonical_bytes_do_not_depend_on_the_order_sent(chance: random.Random) -> None:
    frames = {str(number): {"geometry": a_box()} for number in range(12)}
    objects = [a_car(id=f"car{number:05}", frames=shuffled(frames, chance)) for number in range(4)]
    chance.shuffle(objects)
    canvas = a_canvas(frames=12)

    again = a_body(*objects, canvas=canvas)

    assert labels.canonical(again) == labels.canonical(a_body(*sorted(objects, key=lambda it: it["id"]), canvas=canvas))


def shuffled(frames: dict[str, object], chance: random.Random) -> dict[str, object]:
    return dict(chance.sample(list(frames.items()), len(frames)))


def test_canonical_bytes_are_json_without_defaults() -> None:
    stored = json.loads(labels.canonical(a_body()))

    assert list(stored["objects"][0]) == ["id", "feature", "answers", "frames"]


def test_the_digest_names_the_content() -> None:
    one, other = labels.canonical(a_body()), labels.canonical(a_body(a_car(id="car00002")))

    assert len(labels.digest(one)) == 64
    assert labels.digest(one) != labels.digest(other)


def test_foreign_bytes_are_refused_when_loaded() -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        labels.load(b'{"objects": 3}')


def test_summaries_count_instances_frames_and_classes() -> None:
    body = a_body(a_car(frames={"0": {"geometry": a_box()}, "4": {"geometry": a_box()}}), canvas=a_canvas(frames=9))

    counts = labels.summary(body)

    assert (counts.objects, counts.appearances, counts.frames, counts.classifications) == (1, 2, 2, 1)
    assert counts.by_feature == {"carcarca": 1, "scenescn": 1}


def test_marks_without_author_are_stamped_and_others_kept() -> None:
    frames = {"0": {"geometry": a_box()}, "1": {"geometry": a_box(), "created_by": "ann@example.com"}}
    body = a_body(a_car(frames=frames), canvas=a_canvas(frames=2))

    stamped = labels.stamped(body, "bob@example.com", NOON)

    assert [each.created_by for each in stamped.objects[0].frames.values()] == ["bob@example.com", "ann@example.com"]
    assert {each.created_at for each in (*stamped.objects[0].frames.values(), *stamped.classifications)} == {NOON}


def test_labelled_frames_are_listed_in_order() -> None:
    frames = {str(number): {"geometry": a_box()} for number in (10, 2, 7)}

    assert a_body(a_car(frames=frames), canvas=a_canvas(frames=20)).frames == (2, 7, 10)


def test_nothing_is_missing_from_a_complete_body() -> None:
    assert labels.missing(a_body(), a_structure()) == []


def test_required_classes_and_answers_are_missed() -> None:
    unanswered = labels.missing(a_body(a_car(answers=[])), a_structure())
    absent = labels.missing(a_body(an_object("circle")), a_structure())

    assert [(fault.path, fault.reason) for fault in unanswered] == [
        ("objects[0].answers", "Colour (colourco) is required and has no answer"),
    ]
    assert [fault.reason for fault in absent] == ["Car (carcarca) is required and does not occur"]


def test_sent_json_is_the_same_as_stored_json() -> None:
    body = everything()

    again = labels.parse(json.loads(labels.canonical(body)), a_structure(), a_canvas())

    assert again == body

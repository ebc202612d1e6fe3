"""How far labels agree: symmetric, 1 with oneself, whatever the order; matching that is truly the best."""

from itertools import permutations
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.domain.agreement import assignment, overlap
from gloss.domain.agreement.scores import pairs_of, score, scored
from gloss.domain.labels import LabelBody
from gloss.domain.labels.geometry import Box, Circle, Ellipse, Point, Polygons, Polyline, RotatableBox
from tests.builders_labels import GEOMETRIES, Json, a_box, a_car, a_scene, an_object

SHAPES = sorted(GEOMETRIES)
EXACT = {"cuboid", "cuboid_2d"}


@st.composite
def boxes(draw: Any) -> Json:
    x, y = (draw(st.floats(0, 0.6)) for _ in range(2))
    w, h = (draw(st.floats(0.01, 0.4)) for _ in range(2))
    return {"shape": "bounding_box", "x": x, "y": y, "w": w, "h": h}


@st.composite
def bodies(draw: Any) -> LabelBody:
    """Some boxes of two classes over some frames, and perhaps an answer."""
    many = st.lists(st.tuples(boxes(), st.sampled_from(["carcarca", "vancarca"]), st.integers(0, 2)), max_size=4)
    objects = [
        {"id": f"object{place:02}", "feature": feature, "frames": {str(frame): {"geometry": box}}}
        for place, (box, feature, frame) in enumerate(draw(many))
    ]
    return a_body(*objects, scene=draw(st.sampled_from([None, "indoorin", "outdooro"])))


def a_body(*objects: Json, scene: str | None = None) -> LabelBody:
    answers = [{"feature": "sceneatt", "answer": [scene]}]
    classifications = [a_scene(answers=answers)] if scene else []
    return LabelBody.model_validate({"objects": list(objects), "classifications": classifications})


def in_a_box(x: float, w: float = 0.2, **fields: Any) -> Json:
    geometry = {"shape": "bounding_box", "x": x, "y": 0.1, "w": w, "h": 0.2}
    return a_car(frames={"0": {"geometry": geometry}}, **fields)


@given(bodies(), bodies())
@settings(deadline=None)
def test_agreement_is_mutual_and_a_share(one: LabelBody, other: LabelBody) -> None:
    there, back = score(one, other), score(other, one)

    assert there == pytest.approx(back, abs=1e-9)
    assert 0 <= there <= 1


@given(bodies(), st.randoms())
@settings(deadline=None)
def test_a_body_agrees_with_itself_in_any_order(body: LabelBody, draw: Any) -> None:
    turned = list(body.objects)
    draw.shuffle(turned)
    renamed = [it.model_copy(update={"id": f"other{place:03}"}) for place, it in enumerate(turned)]

    assert score(body, body) == 1
    assert score(body, body.model_copy(update={"objects": tuple(renamed)})) == pytest.approx(1)


@given(bodies(), bodies(), st.randoms())
@settings(deadline=None)
def test_the_order_of_objects_does_not_matter(one: LabelBody, other: LabelBody, draw: Any) -> None:
    turned = list(one.objects)
    draw.shuffle(turned)

    assert score(one.model_copy(update={"objects": tuple(turned)}), other) == pytest.approx(score(one, other))


@given(st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.floats(0.01, 1), max_size=12))
@settings(deadline=None)
def test_no_other_pairing_is_worth_more(worth: dict[tuple[int, int], float]) -> None:
    best = assignment.best(worth)

    ways = (zip(range(5), way, strict=True) for way in permutations(range(5)))
    most = max(sum(worth.get(pair, 0.0) for pair in way) for way in ways)
    assert sum(worth[pair] for pair in best) == pytest.approx(most)
    assert len({left for left, _ in best}) == len({right for _, right in best}) == len(best)


def test_a_greedy_pairing_would_be_worse() -> None:
    assert assignment.best({(0, 0): 0.9, (0, 1): 0.8, (1, 0): 0.8}) == [(0, 1), (1, 0)]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_like_itself_and_unlike_what_is_far(shape: str) -> None:
    (here,) = LabelBody.model_validate({"objects": [an_object(shape)]}).objects
    geometry = here.frames[0].geometry
    far = Box(shape="bounding_box", x=0.98, y=0.98, w=0.01, h=0.01)

    assert overlap.alike(geometry, geometry.model_copy(deep=True)) == 1
    assert overlap.alike(geometry, far) == overlap.alike(far, geometry) < 0.1


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (
            Polygons(shape="polygon", polygons=(((0.1, 0.1, 0.5, 0.1, 0.5, 0.5, 0.1, 0.5),),)),
            Box(shape="bounding_box", x=0.1, y=0.1, w=0.4, h=0.2),
            0.5,
        ),
        (
            RotatableBox(shape="rotatable_bounding_box", x=0.2, y=0.2, w=0.2, h=0.2, theta=90),
            Box(shape="bounding_box", x=0.2, y=0.2, w=0.2, h=0.2),
            1.0,
        ),
        (Circle(shape="circle", x=0.5, y=0.5, r=0.2), Circle(shape="circle", x=0.5, y=0.5, r=0.1), 0.25),
        (Ellipse(shape="ellipse", x=0.5, y=0.5, rx=0.2, ry=0.1), Circle(shape="circle", x=0.5, y=0.5, r=0.2), 0.5),
        (Point(shape="point", x=0.5, y=0.5), Point(shape="point", x=0.525, y=0.5), 0.5),
        (
            Polyline(shape="polyline", points=((0.1, 0.1), (0.5, 0.1))),
            Polyline(shape="polyline", points=((0.5, 0.1), (0.3, 0.1), (0.1, 0.1))),
            1.0,
        ),
    ],
)
def test_known_overlaps_are_found(one: Any, other: Any, expected: float) -> None:
    assert overlap.alike(one, other) == pytest.approx(expected, abs=0.02)


def test_holes_do_not_count() -> None:
    square = (0.1, 0.1, 0.5, 0.1, 0.5, 0.5, 0.1, 0.5)
    hole = (0.2, 0.2, 0.4, 0.2, 0.4, 0.4, 0.2, 0.4)
    whole, ring = (Polygons(shape="polygon", polygons=(it,)) for it in ((square,), (square, hole)))

    assert overlap.alike(whole, ring) == pytest.approx(0.75, abs=0.02)


def test_an_object_that_only_one_has_counts_against_them() -> None:
    both = a_body(in_a_box(0.1), in_a_box(0.6, id="car00002"))

    assert score(both, a_body(in_a_box(0.1))) == 0.5
    assert score(a_body(in_a_box(0.1)), a_body(in_a_box(0.1, feature="vancarca"))) == 0


def test_answers_agree_only_when_they_are_the_same() -> None:
    assert score(a_body(scene="indoorin"), a_body(scene="indoorin")) == 1
    assert score(a_body(scene="indoorin"), a_body(scene="outdooro")) == 0
    assert score(a_body(in_a_box(0.1), scene="indoorin"), a_body(in_a_box(0.1), scene="outdooro")) == 0.5
    assert score(a_body(), a_body()) == 1


def test_many_areas_that_lie_apart_are_compared_within_a_request() -> None:
    spots = [Circle(shape="circle", x=x / 20, y=y / 20, r=0.02) for x in range(1, 20) for y in range(1, 20)]
    began = process_time()

    likeness = [overlap.alike(spots[0], other) for other in spots]

    assert likeness == [1.0, *[0.0] * 360]
    assert process_time() - began < 1


def test_frames_on_which_only_one_is_count_against_them() -> None:
    long = a_car(frames={str(frame): {"geometry": a_box()} for frame in range(4)})

    assert score(a_body(long), a_body(a_car())) == 0.25


def test_ranges_are_compared_by_what_they_share() -> None:
    assert overlap.spans([(0, 9)], [(5, 14)]) == pytest.approx(1 / 3)
    assert overlap.spans([(0, 4), (3, 9)], [(0, 9)]) == 1


def test_the_option_that_others_agree_with_is_the_best() -> None:
    found = scored([a_body(in_a_box(0.6)), a_body(in_a_box(0.1)), a_body(in_a_box(0.1, w=0.18))])

    assert found.best == 2 or found.means[found.best] == max(found.means)
    assert found.matrix[1][2] == found.matrix[2][1] == pytest.approx(0.9)
    assert found.agreeing(1, 0.5) == {1, 2}


def test_pairs_are_counted_by_class_and_frame() -> None:
    two_cars = a_body(in_a_box(0.1, id="car00001"), in_a_box(0.5, id="car00002"))
    a_car_elsewhere = a_body(a_car(frames={"7": {"geometry": a_box()}}))

    assert pairs_of([two_cars, two_cars, two_cars]) == 3 * 2 * 2
    assert pairs_of([two_cars, a_car_elsewhere]) == 0

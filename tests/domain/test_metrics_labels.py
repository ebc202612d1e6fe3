"""Label metrics have the values that geometry gives by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.labels.geometry import Bitmask, Box, Circle, Cuboid, Point, Polygons, RotatableBox
from gloss.domain.metrics import cover, labels
from gloss.domain.metrics.labels import Label
from gloss.domain.metrics.outlines import Extent, Outline, Size, outline

SQUARE = Size(10, 10)


def a_box(x: float, y: float, w: float, h: float) -> Outline:
    shape = outline(Box(shape="bounding_box", x=x, y=y, w=w, h=h), SQUARE)
    assert shape is not None
    return shape


def a_label(name: str, shape: Outline | None, object_hash: str = "o", feature_hash: str = "f") -> Label:
    return Label(name, object_hash, feature_hash, shape)


def test_a_box_covers_its_width_times_its_height() -> None:
    assert cover.area(a_box(0.1, 0.2, 0.5, 0.25)) == pytest.approx(0.125)


def test_a_hole_does_not_count_as_covered() -> None:
    outer, hole = (0, 0, 1, 0, 1, 1, 0, 1), (0.25, 0.25, 0.75, 0.25, 0.75, 0.75, 0.25, 0.75)

    shape = outline(Polygons(shape="polygon", polygons=((outer, hole),)), SQUARE)

    assert shape is not None
    assert cover.area(shape) == pytest.approx(0.75)
    assert cover.raster(shape, 8, 8).mean() == pytest.approx(0.75)


def test_a_quarter_turn_on_a_wide_frame_swaps_the_sides_in_pixels() -> None:
    turned = RotatableBox(shape="rotatable_bounding_box", x=0.4, y=0.4, w=0.2, h=0.2, theta=90)

    shape = outline(turned, Size(200, 100))

    assert shape is not None
    assert shape.extent.right - shape.extent.left == pytest.approx(0.1)
    assert shape.extent.bottom - shape.extent.top == pytest.approx(0.4)


def test_a_circle_is_round_in_pixels() -> None:
    shape = outline(Circle(shape="circle", x=0.5, y=0.5, r=0.1), Size(200, 100))

    assert shape is not None
    assert cover.area(shape) == pytest.approx(np.pi * 0.1 * 0.2, rel=0.01)


def test_a_bitmask_lies_where_its_offset_says() -> None:
    mask = Bitmask(shape="bitmask", top_px=2, left_px=4, height_px=2, width_px=3, rle="1130")

    shape = outline(mask, Size(8, 4))

    assert shape is not None
    assert shape.extent == Extent(5 / 8, 2 / 4, 7 / 8, 1)
    assert cover.area(shape) == 2 / 32


def test_a_cuboid_in_space_has_no_outline() -> None:
    cuboid = Cuboid(shape="cuboid", position=(0, 0, 0), orientation=(0, 0, 0), size=(1, 1, 1))

    assert outline(cuboid, SQUARE) is None


def test_two_boxes_shifted_by_half_share_a_third() -> None:
    assert cover.iou(a_box(0, 0, 0.5, 0.5), a_box(0.25, 0, 0.5, 0.5)) == pytest.approx(1 / 3)


def test_a_box_drawn_as_polygon_overlaps_the_box_wholly() -> None:
    polygon = outline(Polygons(shape="polygon", polygons=(((0, 0, 0.5, 0, 0.5, 0.5),),)), SQUARE)

    assert polygon is not None
    assert cover.iou(polygon, a_box(0, 0, 0.5, 0.5)) == pytest.approx(0.5, abs=0.01)


def test_overlapping_objects_count_once_in_the_density() -> None:
    shapes = [a_label("a", a_box(0, 0, 0.5, 1)), a_label("b", a_box(0.25, 0, 0.5, 1))]

    assert labels.measure_frame(shapes, Size(8, 8)) == {"object_count": 2, "object_density": 0.75}


def test_a_label_at_the_border_has_no_distance_to_it() -> None:
    assert labels.border(a_box(0, 0.3, 0.2, 0.2)) == 0


def test_a_point_in_the_middle_is_as_far_from_the_border_as_can_be() -> None:
    shape = outline(Point(shape="point", x=0.5, y=0.5), SQUARE)

    assert shape is not None
    assert labels.border(shape) == 1


def test_a_label_is_measured_in_pixels_of_its_frame() -> None:
    measured = labels.measure_label(a_label("a", a_box(0.1, 0.1, 0.5, 0.2)), [], Size(200, 100))

    expected = {"width": 100, "height": 20, "area": 2000, "aspect_ratio": 5, "max_iou": 0}
    assert {key: measured[key] for key in expected} == pytest.approx(expected)


def test_the_greatest_overlap_is_with_the_nearest_duplicate() -> None:
    label, twin, far = (a_label(name, a_box(x, 0, 0.2, 0.2)) for name, x in (("a", 0), ("b", 0), ("c", 0.7)))

    assert labels.measure_label(label, [twin, far], SQUARE)["max_iou"] == 1


def test_a_class_that_changes_between_frames_is_suspicious() -> None:
    now = a_label("a", a_box(0, 0, 0.5, 0.5), feature_hash="car")
    later = a_label("b", a_box(0, 0, 0.5, 0.5), feature_hash="bus")

    assert labels.consistency([[now], [later]])["a"] == {"inconsistent_class": 0, "inconsistent_track": 1}


def test_labels_far_apart_are_never_called_inconsistent() -> None:
    now = a_label("a", a_box(0, 0, 0.1, 0.1), feature_hash="car")
    later = a_label("b", a_box(0.8, 0.8, 0.1, 0.1), feature_hash="bus")

    assert labels.consistency([[now], [later]])["a"] == {"inconsistent_class": 1, "inconsistent_track": 1}


sides = st.floats(0.02, 0.5)
corners = st.floats(0, 0.5)
boxes = st.builds(a_box, corners, corners, sides, sides)


@given(boxes, boxes)
def test_overlap_is_a_symmetric_share(one: Outline, other: Outline) -> None:
    assert 0 <= cover.iou(one, other) <= 1 + 1e-9
    assert cover.iou(one, other) == pytest.approx(cover.iou(other, one))


@given(boxes)
def test_a_label_overlaps_itself_wholly(box: Outline) -> None:
    assert cover.iou(box, box) == pytest.approx(1)

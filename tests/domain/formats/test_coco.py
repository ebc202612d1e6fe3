import contextlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as masks
from pycocotools.coco import COCO

from gloss.domain import rle
from gloss.domain.formats import coco
from gloss.domain.formats.coco import CocoWriter
from gloss.domain.formats.coco_shapes import Size, drawn
from gloss.domain.formats.facts import Counts, RowFacts
from gloss.domain.formats.raster import filled
from gloss.domain.labels import LabelBody, geometry
from gloss.domain.media import MediaKind
from tests.builders_formats import a_row, a_unit, a_video_unit
from tests.builders_labels import GEOMETRIES, a_body, a_box, a_canvas, a_car, a_scene, a_structure, an_object

Rows = list[tuple[LabelBody, RowFacts]]
SIZE = Size(width_px=100, height_px=50)


def written(*batches: Rows, compat: bool = False) -> dict[str, Any]:
    """The whole file of batches that were written apart and renumbered."""
    images, annotations, before = b"", b"", Counts()
    for batch in batches:
        writer = CocoWriter(a_structure(), compat=compat)
        parts = [part for row in batch for part in writer.lines(*row)]
        images += coco.renumbered_images(b"".join(part[0] for part in parts), before)
        annotations += coco.renumbered_annotations(b"".join(part[1] for part in parts), before)
        before = before.plus(writer.counts)
    head = CocoWriter(a_structure()).head("kiwi.jpg")
    read: dict[str, Any] = json.loads(head + coco.opening(images) + coco.MIDDLE + coco.opening(annotations) + coco.TAIL)
    return read


def a_video(plate: str, label_id: str = "label-1") -> tuple[LabelBody, RowFacts]:
    frames = {str(number): {"geometry": a_box()} for number in range(3)}
    dynamic = [{"feature": "plateplt", "answer": plate, "ranges": [[0, 2]]}]
    body = a_body(a_car(frames=frames, dynamic=dynamic), canvas=a_canvas(frames=10))
    return body, a_row(a_video_unit(data_id=label_id), kind=MediaKind.VIDEO, label_id=label_id)


def shape_of(raw: dict[str, Any], compat: bool = False) -> dict[str, Any]:
    """How one geometry of `a_structure` is drawn on 100 x 50 pixels."""
    seen = a_body(raw).on_frame(0)[0]
    found = drawn(seen.geometry, Size(width_px=100, height_px=50, compat=compat))
    assert found is not None
    return found


def test_pycocotools_loads_every_shape(tmp_path: Path) -> None:
    objects = [an_object(shape, number) for number, shape in enumerate(GEOMETRIES)]
    path = tmp_path / "coco.json"
    path.write_text(json.dumps(written([(a_body(*objects), a_row())])))

    with contextlib.redirect_stdout(io.StringIO()):
        loaded = COCO(str(path))

    assert len(loaded.getAnnIds()) == len(GEOMETRIES)
    areas = {each["category_id"]: loaded.annToMask(each).sum() for each in loaded.loadAnns() if each["area"]}
    assert all(areas.values())


def test_ids_go_on_over_batches() -> None:
    file = written([a_video("A", "v1"), a_video("B", "v2")], [], [(a_body(), a_row())], [a_video("C", "v3")])

    assert [image["id"] for image in file["images"]] == list(range(10))
    assert [(each["id"], each["image_id"]) for each in file["annotations"]] == [
        (number, number) for number in range(10)
    ]
    assert [each["attributes"]["track_id"] for each in file["annotations"]] == [0, 0, 0, 1, 1, 1, 2, 3, 3, 3]


def test_a_file_without_rows_is_still_valid() -> None:
    assert (written()["images"], written()["annotations"]) == ([], [])


def test_categories_begin_at_one_in_the_ontologys_order() -> None:
    categories = written()["categories"]

    assert [(each["id"], each["name"]) for each in categories][:2] == [(1, "Car"), (2, "Polygon")]
    assert [each["keypoints"] for each in categories if each["supercategory"] == "point"] == ["keypoint"]


def test_dynamic_answers_are_told_for_every_row() -> None:
    file = written([a_video("first", "v1"), a_video("second", "v2")])

    plates = [each["attributes"]["classifications"]["Plate"] for each in file["annotations"]]
    assert plates == ["first"] * 3 + ["second"] * 3


def test_answers_are_flat_and_open_ones_null() -> None:
    dented = {"feature": "damageda", "answer": ["dentdent"]}
    car = a_car(answers=[{"feature": "colourco", "answer": ["redredre"]}, dented])

    answers = written([(a_body(car), a_row())])["annotations"][0]["attributes"]["classifications"]

    assert answers == {"Colour": "Red", "Dent": True, "Scratch": False, "Plate": None, "Speed": None}


def test_frames_with_only_a_classification_are_pictures() -> None:
    body = a_body(a_car(), classifications=[a_scene(ranges=[[4, 5]])], canvas=a_canvas(frames=9))

    images = written([(body, a_row(a_video_unit(), kind=MediaKind.VIDEO))])["images"]

    assert [image["file_name"] for image in images] == [f"videos/data-1/{frame}.jpg" for frame in (0, 4, 5)]
    assert images[1]["encord_classifications"] == {"Scene": "Indoor"}


def test_images_of_a_group_are_named_apart() -> None:
    units = (a_unit(data_id="g-a"), a_unit(data_id="g-b", sequence=1, title="two.png"))

    images = written([(a_body(), a_row(*units, kind=MediaKind.IMAGE_GROUP))])["images"]

    assert [image["file_name"] for image in images] == ["images/g-a.jpg", "images/g-b.png"]


@pytest.mark.parametrize("kind", [MediaKind.PDF, MediaKind.TEXT, MediaKind.AUDIO, MediaKind.TIME_SERIES])
def test_media_without_pictures_are_left_out(kind: MediaKind) -> None:
    assert written([(a_body(), a_row(kind=kind))])["images"] == []


def test_turned_boxes_are_drawn_turned() -> None:
    upright, turned = (shape_of(an_object("rotatable_bounding_box"), compat=compat) for compat in (True, False))

    assert upright["bbox"] == pytest.approx([40, 20, 20, 5])
    assert turned["bbox"] == pytest.approx([50 - 12.5 / 2**0.5, 22.5 - 12.5 / 2**0.5, 25 / 2**0.5, 25 / 2**0.5])
    assert (turned["area"], turned["rotation"]) == (pytest.approx(100), 45)


def test_turning_is_clockwise_on_screen() -> None:
    box = geometry.RotatableBox(shape="rotatable_bounding_box", x=0.4, y=0.4, w=0.2, h=0.1, theta=90)

    corners = np.array(drawn(box, SIZE)["segmentation"][0]).reshape(-1, 2)  # type: ignore[index]

    assert corners[0] == pytest.approx([52.5, 12.5])


def test_hidden_joints_are_not_counted_as_visible() -> None:
    raw = an_object("skeleton")
    joint = raw["frames"]["0"]["geometry"]["points"][0]
    raw["frames"]["0"]["geometry"]["points"] = [
        {**joint, "visibility": it} for it in ("visible", "occluded", "invisible")
    ]

    shape = shape_of(raw)

    assert (shape["keypoints"][2::3], shape["num_keypoints"]) == ([2, 1, 0], 2)
    assert shape_of(raw, compat=True)["num_keypoints"] == 3


def test_cropped_masks_lie_where_they_were_cut_out() -> None:
    whole, crop = (shape_of(an_object("bitmask"), compat=compat) for compat in (False, True))

    assert (whole["segmentation"]["size"], whole["bbox"], whole["iscrowd"]) == ([50, 100], [21, 10, 2, 2], 0)
    assert masks.toBbox(whole["segmentation"]).tolist() == [21, 10, 2, 2]
    assert (crop["segmentation"]["size"], crop["iscrowd"]) == ([2, 3], 1)


def test_polygons_with_holes_become_masks_without_them() -> None:
    shape = shape_of(an_object("polygon"))

    assert shape["area"] == masks.area(shape["segmentation"]) == pytest.approx(40 * 20 / 2 - 10 * 2.5 / 2, abs=12)


triangles = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 30)), min_size=3, max_size=3)


@given(triangles)
def test_rasters_cover_as_much_as_their_polygons(corners: list[tuple[int, int]]) -> None:
    points = np.array(corners, dtype=float)
    x, y = points[:, 0], points[:, 1]
    exact = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2

    mask = filled([[points]], 30, 40)

    assert abs(mask.sum() - exact) <= np.abs(points - np.roll(points, 1, axis=0)).sum() / 2 + 1


@given(st.integers(0, 20), st.integers(0, 20), st.integers(1, 20), st.integers(1, 10))
def test_rasters_of_whole_boxes_are_exact(x: int, y: int, w: int, h: int) -> None:
    ring = np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], dtype=float)
    expected = np.zeros((30, 40), dtype=bool)
    expected[y : y + h, x : x + w] = True

    assert rle.encode(filled([[ring]], 30, 40)) == rle.encode(expected)

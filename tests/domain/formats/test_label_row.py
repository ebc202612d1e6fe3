import json
from datetime import UTC, datetime
from typing import Any

import pytest

from gloss.domain import labels
from gloss.domain.errors import Invalid
from gloss.domain.formats import label_row
from gloss.domain.formats.facts import RowFacts
from gloss.domain.formats.label_row_reading import body_json, moment
from gloss.domain.labels import LabelBody
from gloss.domain.media import MediaKind
from tests.builders_formats import NINE, a_row, a_unit, a_video_unit
from tests.builders_labels import GEOMETRIES, a_body, a_box, a_canvas, a_car, a_scene, a_structure, an_object

MOVING = {"feature": "plateplt", "answer": "AB 12", "ranges": [[0, 0], [5, 9]], "track": "track-1"}


def written(body: LabelBody, row: RowFacts | None = None) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(label_row.write(body, a_structure(), row or a_row()))
    return read


def a_video_body() -> LabelBody:
    frames = {"0": {"geometry": a_box()}, "7": {"geometry": a_box(x=0.2)}}
    scene = a_scene(ranges=[[7, 8]])
    return a_body(a_car(frames=frames, dynamic=[MOVING]), classifications=[scene], canvas=a_canvas(frames=10))


def test_an_image_row_carries_its_labels_directly() -> None:
    row = written(a_body())

    unit = row["data_units"]["data-1"]
    assert (unit["width"], unit["height"], unit["data_sequence"]) == (100, 50, 0)
    assert unit["labels"]["objects"][0]["boundingBox"] == {"h": 0.4, "w": 0.3, "x": 0.1, "y": 0.2}
    assert (row["data_type"], row["created_at"]) == ("image", "2025-03-01 09:00:00")


def test_classifications_stand_in_ranges_and_in_per_frame_lists() -> None:
    row = written(a_body())

    assert row["classification_answers"]["scene001"]["range"] == [[0, 0]]
    listed = row["data_units"]["data-1"]["labels"]["classifications"]
    assert [(each["classificationHash"], each["featureHash"]) for each in listed] == [("scene001", "scenescn")]


def test_a_video_row_lists_only_labelled_frames() -> None:
    row = written(a_video_body(), a_row(a_video_unit(), kind=MediaKind.VIDEO))

    pages = row["data_units"]["data-1"]["labels"]
    assert {frame: len(page["objects"]) for frame, page in pages.items()} == {"0": 1, "7": 1, "8": 0}
    assert [len(page["classifications"]) for page in pages.values()] == [0, 1, 1]


def test_dynamic_answers_become_actions_with_ranges() -> None:
    row = written(a_video_body(), a_row(a_video_unit(), kind=MediaKind.VIDEO))

    action = row["object_actions"]["car00001"]["actions"][0]
    assert (action["answers"], action["range"], action["dynamic"]) == ("AB 12", [[0, 0], [5, 9]], True)
    assert action["trackHash"] == "track-1"


def test_chosen_options_are_written_with_name_and_value() -> None:
    answers = written(a_body())["object_answers"]["car00001"]["classifications"]

    assert answers[0]["answers"] == [{"name": "Red", "value": "red", "featureHash": "redredre"}]


def test_each_image_of_a_group_is_a_unit_of_its_own() -> None:
    units = (a_unit(data_id="g-a"), a_unit(data_id="g-b", sequence=1))
    body = a_body(an_object("circle", frame=1), canvas=a_canvas(frames=2), classifications=[a_scene()])

    row = written(body, a_row(*units, kind=MediaKind.IMAGE_GROUP))

    assert [len(unit["labels"]["objects"]) for unit in row["data_units"].values()] == [0, 1]
    assert [unit["data_sequence"] for unit in row["data_units"].values()] == ["0", "1"]
    assert (row["data_type"], row["is_image_sequence"]) == ("img_group", False)


def test_slices_of_a_series_name_their_files() -> None:
    slices = [{"instance_uid": "1.2", "url": "s3://ct/1.dcm", "width_px": 512, "height_px": 512}]
    unit = a_unit(mime_type="application/dicom", slices=slices)

    row = written(a_body(), a_row(unit, kind=MediaKind.DICOM_SERIES))

    page = row["data_units"]["data-1"]["labels"]["0"]
    assert (page["metadata"]["dicom_instance_uid"], page["metadata"]["file_uri"]) == ("1.2", "s3://ct/1.dcm")
    assert row["data_units"]["data-1"]["data_links"] == ["s3://ct/1.dcm"]


@pytest.mark.parametrize("shape", GEOMETRIES)
def test_every_shape_comes_back_as_it_left(shape: str) -> None:
    body = labels.stamped(a_body(an_object(shape)), "ann@acme.io", NINE)

    again = labels.parse(body_json(written(body)), a_structure(), a_canvas())

    assert again == body


def test_a_video_comes_back_as_it_left() -> None:
    body = labels.stamped(a_video_body(), "ann@acme.io", NINE)
    row = written(body, a_row(a_video_unit(), kind=MediaKind.VIDEO))

    assert labels.parse(body_json(row), a_structure(), a_canvas(frames=10)) == body


def test_ranges_count_before_per_frame_lists() -> None:
    row = written(a_video_body(), a_row(a_video_unit(), kind=MediaKind.VIDEO))
    row["classification_answers"]["scene001"]["range"] = [[1, 3]]

    assert body_json(row)["classifications"][0]["ranges"] == [[1, 3]]


def test_without_ranges_the_per_frame_lists_count() -> None:
    row = written(a_video_body(), a_row(a_video_unit(), kind=MediaKind.VIDEO))
    del row["classification_answers"]["scene001"]["range"]

    assert body_json(row)["classifications"][0]["ranges"] == [[7, 8]]


def test_older_polygons_and_radii_are_read() -> None:
    polygon = {"0": {"x": 0.1, "y": 0.1}, "1": {"x": 0.2, "y": 0.1}, "2": {"x": 0.2, "y": 0.2}}
    circle = {"x": 0.5, "y": 0.5, "radius": 0.1}
    objects = [
        {"objectHash": "objecta1", "featureHash": "polygon2", "shape": "polygon", "polygon": polygon},
        {"objectHash": "objectb1", "featureHash": "circlex7", "shape": "circle", "circle": circle},
    ]
    row = {"data_units": {"d": {"labels": {"objects": objects, "classifications": []}}}}

    body = labels.parse(body_json(row), a_structure(), a_canvas())

    assert [seen.geometry.shape for seen in body.on_frame(0)] == ["polygon", "circle"]


@pytest.mark.parametrize("row", [{}, {"data_units": 3}, {"data_units": {"d": {"labels": {"x": {}}}}}])
def test_what_is_no_label_row_is_refused(row: Any) -> None:
    with pytest.raises(Invalid, match="no label row"):
        body_json(row)


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-01 09:00:00",
        "Sat, 01 Mar 2025 09:00:00 UTC",
        "Sat, 01 Mar 2025 09:00:00 GMT",
        "2025-03-01T10:00:00+01:00",
    ],
)
def test_all_ways_to_write_a_time_are_read(text: str) -> None:
    assert moment(text) == datetime(2025, 3, 1, 9, tzinfo=UTC)

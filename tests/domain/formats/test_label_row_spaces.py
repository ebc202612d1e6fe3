"""The public label row of a data group: its spaces there, and all of it back again."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.domain import labels
from gloss.domain.errors import Invalid
from gloss.domain.formats import label_row
from gloss.domain.formats.coco import CocoWriter
from gloss.domain.formats.facts import Judged
from gloss.domain.formats.label_row_reading import body_json
from gloss.domain.formats.spaces import SPACE_TYPES
from gloss.domain.formats.times import header_time
from gloss.domain.labels import LabelBody
from gloss.domain.media import MediaKind
from gloss.domain.workflow.reviews import ReviewStatus
from tests.builders_labels import GEOMETRIES, Json, a_car, a_scene, an_object
from tests.builders_spaces import (
    DRAWN,
    SPACES,
    a_canvas,
    a_group_body,
    a_group_row,
    a_link,
    a_remark,
    a_sound,
    a_structure,
    a_while,
    a_word,
)
from tests.builders_workflow import NOON

STRETCHES = [{"text": a_word()}, {"html": a_link()}, {"audio": a_sound()}, {"series": a_while()}]
UNDRAWN = sorted(SPACES.keys() - DRAWN.keys())


def written(body: LabelBody) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(label_row.write(body, a_structure(), a_group_row()))
    return row


def read(row: dict[str, Any]) -> LabelBody:
    return labels.parse(body_json(row), a_structure(), a_canvas())


def placed(at: str, thing: Json, frames: list[int]) -> Json:
    """A drawn thing on some frames of a space, with what it looks like on its first one."""
    (drawn,) = thing["frames"].values()
    last = DRAWN[at] - 1
    return thing | {"frames": {str(min(frame, last)): drawn for frame in frames}}


@st.composite
def drawn_things(draw: st.DrawFn) -> dict[str, Json]:
    """One object by the spaces in which it is drawn."""
    number, shape = draw(st.integers(1, 99)), draw(st.sampled_from(sorted(GEOMETRIES)))
    thing = an_object(shape, number) if shape != "bounding_box" else a_car(id=f"car{number:05}")
    thing |= {"number": draw(st.none() | st.integers(0, 9))}
    if shape == "bounding_box" and draw(st.booleans()):
        thing |= {"dynamic": [{"feature": "plateplt", "answer": draw(st.text(max_size=5)), "ranges": [[0, 3]]}]}
    spaces = draw(st.sets(st.sampled_from(sorted(DRAWN)), min_size=1))
    frames = st.lists(st.integers(0, 9), min_size=1, max_size=3)
    return {space: placed(space, thing, draw(frames)) for space in spaces}


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Json]:
    """One answer by the spaces in which it holds; under an empty name that of the group itself."""
    number = draw(st.integers(1, 99))
    if draw(st.booleans()):
        remark = a_remark(id=f"remar{number:03}")
        spaces = draw(st.just({""}) | st.sets(st.sampled_from(sorted(SPACES)), min_size=1))
        return dict.fromkeys(spaces, remark)
    spaces = draw(st.sets(st.sampled_from(["", *sorted(SPACES)]), min_size=1))
    scene = a_scene(id=f"scene{number:03}", confidence=draw(st.sampled_from([0.25, 1.0])))
    return {at: scene | {"ranges": [[0, DRAWN.get(at, 1) - 1]] if at not in UNDRAWN else []} for at in spaces}


@st.composite
def bodies(draw: st.DrawFn) -> Json:
    """A label body of a data group."""
    pages: dict[str, Json] = {"": {"objects": [], "classifications": []}}
    things = [("objects", it) for it in draw(st.lists(drawn_things(), max_size=4))]
    things += [("classifications", it) for it in draw(st.lists(answers(), max_size=4))]
    things += [("objects", draw(st.sampled_from(STRETCHES)))]
    taken: set[str] = set()
    for place, seen in things:
        (id_,) = {each["id"] for each in seen.values()}
        for at, each in seen.items() if id_ not in taken else ():
            pages.setdefault(at, {"objects": [], "classifications": []})[place].append(each)
        taken.add(id_)
    return {**pages.pop(""), "spaces": pages}


@settings(deadline=None)
@given(bodies())
def test_labels_in_any_spaces_come_back_as_they_were(raw: Json) -> None:
    body = a_group_body(raw)

    assert read(written(body)) == body
    assert read(json.loads(b"".join(label_row.as_sent(body, a_structure(), a_group_row())))) == body


def test_each_space_says_of_what_sort_and_how_large_it_is() -> None:
    spaces = written(a_group_body())["spaces"]

    assert {name: it["space_type"] for name, it in spaces.items()} == {
        "image": "image",
        "video": "video",
        "frames": "image_sequence",
        "scan": "medical_file",
        "pdf": "pdf",
        "text": "text",
        "html": "html",
        "audio": "audio",
        "series": "time_series",
    }
    assert spaces["video"]["child_info"] == {"layout_key": "video", "file_name": "video.file", "data_link": None}
    assert (spaces["video"]["number_of_frames"], spaces["video"]["data_fps"]) == (10, 5.0)
    assert (spaces["pdf"]["number_of_pages"], spaces["audio"]["duration_ms"]) == (3, 1500)


def test_the_answers_of_a_row_name_the_spaces_in_which_they_hold() -> None:
    row = written(a_group_body())

    assert row["classification_answers"]["scene001"]["spaces"] == {
        "image": {"range": [[0, 0]], "type": "frame"},
        "text": {"range": [], "type": "frame"},
        "video": {"range": [[2, 5]], "type": "frame"},
    }
    assert (row["classification_answers"]["scene001"]["range"], row["data_type"]) == ([], "group")
    assert row["object_answers"]["link0001"]["spaces"]["html"]["type"] == "html"
    assert row["object_answers"]["word0001"]["spaces"]["text"]["range"] == [[0, 4], [6, 9]]


def test_answers_that_name_a_space_which_the_row_has_not_are_refused() -> None:
    row = written(a_group_body())
    row["classification_answers"]["scene001"]["spaces"]["cellar"] = {"range": [[0, 0]], "type": "frame"}

    with pytest.raises(Invalid) as refused:
        read(row)

    assert [fault.path for fault in refused.value.faults] == ["spaces.cellar"]


def test_the_pictures_of_a_group_are_its_members_in_coco() -> None:
    writer = CocoWriter(a_structure())

    pages = [*writer.lines(a_group_body(), a_group_row())]

    images = json.loads("[" + b"".join(images for images, _ in pages).decode().removeprefix(",") + "]")
    notes = json.loads("[" + b"".join(notes for _, notes in pages).decode().removeprefix(",") + "]")
    assert [it["file_name"] for it in images if "image" in it["file_name"]][:1] == ["images/image.file"]
    assert {it["file_name"] for it in images if it["file_name"].startswith("videos/")} == {
        f"videos/video/{frame}.jpg" for frame in (2, 3, 4, 5, 9)
    }
    assert {it["attributes"]["track_id"] for it in notes} == {0}
    assert [it["encord_classifications"]["Quality"] for it in images] == [3.0] * len(images)


@pytest.mark.parametrize(
    "spaces",
    [
        ["image"],
        "image",
        {"image": ["labels"]},
        {"image": {"labels": {"first": {"objects": []}}}},
        {"image": {"labels": {"0": {"objects": [{"objectHash": "car00001"}]}}}},
        {"image": {"labels": [1]}},
    ],
)
def test_spaces_of_another_shape_are_refused(spaces: Any) -> None:
    with pytest.raises(Invalid):
        read({**written(a_group_body()), "spaces": spaces})


@pytest.mark.parametrize(
    "place", ["text", ["text"], {"text": 1}, {"text": {"range": 5}}, {"html": {"type": "html", "range": [1]}}]
)
def test_places_of_another_shape_are_refused(place: Any) -> None:
    row = written(a_group_body())
    row["object_answers"]["word0001"]["spaces"] = place

    with pytest.raises(Invalid):
        read(row)


@pytest.mark.parametrize("kind", sorted(set(MediaKind) - {MediaKind.DATA_GROUP, MediaKind.DICOM_FILE}))
def test_whatever_may_be_a_member_is_a_space_of_some_sort(kind: MediaKind) -> None:
    assert kind in SPACE_TYPES


def test_verdicts_stand_with_each_label_wherever_it_lies() -> None:
    said = Judged(status=ReviewStatus.APPROVED, by="rev@acme.io", at=NOON)
    raw = {
        "classifications": [a_remark()],
        "spaces": {"image": {"objects": [a_car()]}, "text": {"objects": [a_word()]}},
    }
    facts = a_group_row(judged={"car00001": said, "word0001": said})

    row = json.loads(label_row.write(a_group_body(raw), a_structure(), facts))

    told = [{"status": "APPROVED", "reviewedBy": "rev@acme.io", "reviewedAt": header_time(NOON)}]
    assert row["spaces"]["image"]["labels"]["0"]["objects"][0]["reviews"] == told
    assert row["object_answers"]["word0001"]["reviews"] == told
    assert row["classification_answers"]["remark01"]["reviews"] == []
    assert "reviews" not in json.dumps(written(a_group_body(raw)))

"""Labels in the spaces of a data group: what may lie where, and what is one thing in several of them."""

import json
import re
from typing import Any

import pytest

from gloss.domain import labels
from gloss.domain.errors import Invalid
from gloss.domain.workflow.labelled import labelled
from gloss.services.combining import Combining
from infra.archives import ROOT
from tests.builders_labels import Json, a_box, a_car, a_scene, an_object
from tests.builders_spaces import (
    a_canvas,
    a_group_body,
    a_link,
    a_remark,
    a_sound,
    a_structure,
    a_while,
    a_word,
    everywhere,
)


def faults(**spaces: Json) -> dict[str, str]:
    return refusals({"spaces": spaces})


def refusals(raw: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        labels.parse(raw, a_structure(), a_canvas())
    return {fault.path: fault.reason for fault in refused.value.faults}


def test_what_lies_in_several_spaces_is_counted_once() -> None:
    counts = labels.summary(a_group_body())

    assert (counts.objects, counts.appearances, counts.classifications, counts.frames) == (4, 3, 2, 3)
    assert counts.by_feature["carcarca"] == 1


def test_stored_labels_are_read_as_they_were() -> None:
    body = a_group_body()

    assert labels.load(labels.canonical(body)) == body


def test_labels_without_spaces_are_written_as_before_there_were_any() -> None:
    body = labels.LabelBody.model_validate({"objects": [a_car()], "spaces": {"image": {}}})

    assert b"spaces" not in labels.canonical(body)


def test_frames_beyond_a_member_are_refused_by_its_space() -> None:
    found = faults(video={"objects": [a_car(frames={"10": {"geometry": a_box()}})]}, image={"objects": [a_car()]})

    assert found == {"spaces.video.objects[0].frames.10": "the media have 10 frames, counted from 0"}


@pytest.mark.parametrize(
    ("space", "label"),
    [
        ("text", a_car()),
        ("image", a_word()),
        ("audio", a_word()),
        ("pdf", a_sound()),
        ("html", an_object("polygon")),
        ("series", a_sound()),
        ("text", a_while()),
    ],
)
def test_a_shape_lies_only_where_it_can(space: str, label: Json) -> None:
    found = faults(**{space: {"objects": [label]}})

    assert f"spaces.{space}.objects[0].feature" in found


@pytest.mark.parametrize(
    ("space", "label", "place"),
    [("text", a_link(), "html_ranges"), ("html", a_word(), "ranges")],
)
def test_ranges_are_of_the_sort_that_a_text_has(space: str, label: Json, place: str) -> None:
    assert list(faults(**{space: {"objects": [label]}})) == [f"spaces.{space}.objects[0].{place}"]


def test_a_sound_ends_within_its_recording() -> None:
    found = faults(audio={"objects": [a_sound(ranges=[[0, 1501]])]})

    assert found == {"spaces.audio.objects[0].ranges[0]": "the range ends at 1501, the media at 1500"}


def test_a_bitmask_fits_into_its_member() -> None:
    mask = {"shape": "bitmask", "top_px": 49, "left_px": 0, "height_px": 2, "width_px": 3, "rle": "06"}
    drawn = an_object("bitmask") | {"frames": {"0": {"geometry": mask}}}

    assert "spaces.image.objects[0].frames.0.geometry.height_px" in faults(image={"objects": [drawn]})


def test_an_answer_about_a_text_is_about_all_of_it() -> None:
    found = faults(text={"classifications": [a_scene(ranges=[[0, 3]])]})

    assert list(found) == ["spaces.text.classifications[0].ranges"]


def test_objects_of_the_group_itself_are_refused() -> None:
    assert refusals({"objects": [a_car()]}) == {"objects": "an object of a data group lies in one of its spaces"}


def test_a_space_that_the_group_has_not_is_refused() -> None:
    assert faults(cellar={"objects": [a_car()]}) == {"spaces.cellar": "the data unit has no such space"}


def test_a_car_that_is_red_here_and_blue_there_is_refused() -> None:
    other = a_car(answers=[{"feature": "colourco", "answer": ["otheroth"]}])

    found = faults(image={"objects": [a_car()]}, video={"objects": [other]})

    assert list(found) == ["spaces.video.objects[0]"]


def test_an_answer_about_the_whole_group_is_in_no_space_too() -> None:
    found = refusals({"classifications": [a_remark()], "spaces": {"pdf": {"classifications": [a_remark()]}}})

    assert list(found) == ["classifications[0].id"]


def test_a_required_answer_that_lacks_is_named_by_its_space() -> None:
    body = a_group_body({"spaces": {"image": {"objects": [a_car(answers=[])]}}})

    assert [fault.path for fault in labels.missing(body, a_structure())] == ["spaces.image.objects[0].answers"]


def test_labels_of_some_classes_are_taken_from_every_space() -> None:
    chosen = a_group_body().only({"carcarca"}, ())

    assert (list(chosen.spaces), chosen.classifications) == (["image", "video"], ())


def test_a_label_that_moves_to_another_space_is_another_to_its_review() -> None:
    here, there = ({"spaces": {space: {"objects": [a_car()]}}} for space in ("image", "pdf"))

    (first,), (second,) = ([*labelled(a_group_body(raw))] for raw in (here, there))

    assert (first.label_id, first.digest != second.digest) == (second.label_id, True)


def test_every_mark_of_every_space_is_stamped() -> None:
    from datetime import UTC, datetime

    body = labels.stamped(a_group_body(everywhere()), "ann@acme.io", datetime(2025, 3, 1, tzinfo=UTC))

    assert body.spaces["text"].objects[0].created_by == "ann@acme.io"
    assert body.spaces["video"].objects[0].frames[3].created_by == "ann@acme.io"
    assert b"null" not in labels.canonical(body)


def test_the_examples_of_the_page_on_media_are_taken() -> None:
    page = (ROOT / "docs" / "media.md").read_text().partition("## Data groups")[2]
    group, labelled_so = (json.loads(each) for each in re.findall(r"```json\n(.*?)```", page, re.DOTALL))

    made = Combining.model_validate(group).groups[0]
    said = json.dumps(labelled_so["labels"]).replace("<video>", "video").replace("<transcript>", "text")

    assert made.keys == ("film", "words")
    assert list(a_group_body(json.loads(said)).spaces) == ["text", "video"]

"""Labels of every shape on every kind of media come back from a save as they were saved."""

from typing import Any

import pytest
from builders import a_title
from conftest import a_client
from drawing import a_paragraph, ask, differences, draw, every_class, everything_drawn
from encord import EncordUserClient
from encord.constants.enums import DataType
from encord.exceptions import InvalidArgumentsError
from encord.objects.attributes import TextAttribute
from encord.objects.common import Shape
from encord.objects.coordinates import (
    AudioCoordinates,
    BoundingBoxCoordinates,
    TextCoordinates,
    TimeRangeCoordinates,
)
from encord.objects.frames import Range
from encord.objects.ontology_labels_impl import LabelRowV2
from encord.utilities.project_user import ProjectUserRole
from projects import a_project, everything

Target = dict[str, Any]


@pytest.fixture(scope="module")
def project_id(target: Target, client: EncordUserClient) -> str:
    """A project with one unit of every kind of media, under an ontology of every class."""
    ontology = client.create_ontology(a_title("Everything"), structure=every_class())
    return a_project(target, ontology.ontology_hash, everything(target))


def a_row(client: EncordUserClient, project_id: str, title: str) -> LabelRowV2:
    """The label row of a unit, ready to be labelled."""
    (row,) = client.get_project(project_id).list_label_rows_v2(data_title_eq=title, include_images_data=True)
    row.initialise_labels()
    return row


def saved(row: LabelRowV2, target: Target, project_id: str) -> LabelRowV2:
    """The row as another client loads it after it was saved."""
    row.save()
    return a_row(a_client(target), project_id, row.data_title)


@pytest.mark.parametrize(
    ("title", "frames", "size"),
    [
        ("image", 0, (64, 48)),
        ("video", [0, 1, 2, 7], (64, 48)),
        ("group", [0, 2], (64, 48)),
        ("sequence", [1, 2], (64, 48)),
        ("pdf", [0, 2], (64, 48)),
        ("dicom", 0, None),
        ("nifti", 1, None),
    ],
)
def test_every_shape_comes_back_as_it_was_saved(
    target: Target, client: EncordUserClient, project_id: str, title: str, frames: Any, size: Any
) -> None:
    row = a_row(client, project_id, title)
    everything_drawn(row, frames, size or (row.width, row.height))
    ask(row, frames)

    again = saved(row, target, project_id)

    assert differences(row, again) == ""


def test_stretches_of_sound_come_back_as_they_were_saved(
    target: Target, client: EncordUserClient, project_id: str
) -> None:
    row = a_row(client, project_id, "audio")
    draw(row, Shape.AUDIO, AudioCoordinates(range=[Range(0, 100), Range(200, 300)]))
    ask(row)

    again = saved(row, target, project_id)

    assert differences(row, again) == ""


def test_stretches_of_a_time_series_come_back_as_they_were_saved(
    target: Target, client: EncordUserClient, project_id: str
) -> None:
    row = a_row(client, project_id, "series")
    draw(row, Shape.TIME_RANGE, TimeRangeCoordinates(range=[Range(0, 500), Range(1500, 2000)]))
    ask(row)

    again = saved(row, target, project_id)

    assert (again.data_type, again.file_type, again.duration) == (DataType.TIME_SERIES, "text/csv", 2.0)
    assert differences(row, again) == ""


def test_a_sound_on_a_time_series_is_refused(client: EncordUserClient, project_id: str) -> None:
    row = a_row(client, project_id, "series")
    draw(row, Shape.AUDIO, AudioCoordinates(range=[Range(0, 100)]))

    with pytest.raises(InvalidArgumentsError, match="not for a time series"):
        row.save()


def test_stretches_of_text_come_back_as_they_were_saved(
    target: Target, client: EncordUserClient, project_id: str
) -> None:
    row = a_row(client, project_id, "text")
    draw(row, Shape.TEXT, TextCoordinates(range=[Range(0, 3), Range(5, 9)]))
    ask(row)

    again = saved(row, target, project_id)

    assert differences(row, again) == ""


def test_stretches_of_html_come_back_as_they_were_saved(
    target: Target, client: EncordUserClient, project_id: str
) -> None:
    row = a_row(client, project_id, "html")
    draw(row, Shape.TEXT, a_paragraph())
    ask(row)

    again = saved(row, target, project_id)

    assert differences(row, again) == ""


@pytest.mark.shows("LabelRowV2.save", "LabelRowV2.initialise_labels")
def test_answers_that_change_from_frame_to_frame_come_back(
    target: Target, client: EncordUserClient, project_id: str
) -> None:
    row = a_row(client, project_id, "video")
    instance = draw(row, Shape.BOUNDING_BOX, BoundingBoxCoordinates(0.2, 0.3, 0.1, 0.1), Range(0, 9))
    text = instance.ontology_item.get_child_by_title("dynamic TextAttribute", type_=TextAttribute)
    for frames, words in ((Range(0, 2), "slow"), (Range(3, 5), "fast"), (Range(6, 6), "slow")):
        instance.set_answer(words, text, frames=frames, overwrite=True)

    row.save()

    again = a_row(a_client(target), project_id, "video")
    assert differences(row, again) == ""
    (read,) = [it for it in again.get_object_instances() if it.object_hash == instance.object_hash]
    answers = {answer.answer: answer.ranges for answer in read.get_answer(text)}
    assert answers["fast"] == [Range(3, 5)]
    assert sorted(answers["slow"], key=lambda it: it.start) == [Range(0, 2), Range(6, 6)]


@pytest.mark.shows("LabelRowV2.save", "LabelRowV2.initialise_labels")
def test_who_made_a_label_stays_when_somebody_else_edits_it(
    target: Target, client: EncordUserClient, project_id: str
) -> None:
    row = a_row(client, project_id, "group")
    instance = draw(row, Shape.BOUNDING_BOX, BoundingBoxCoordinates(0.2, 0.3, 0.1, 0.1))
    instance.object_number = 41
    row.save()
    email, annotator = target["people"]["annotator"], a_client(target, "annotator")
    client.get_project(project_id).add_users([email], ProjectUserRole.TEAM_MANAGER)
    edited = a_row(annotator, project_id, "group")
    (mine,) = [it for it in edited.get_object_instances() if it.object_hash == instance.object_hash]

    mine.set_for_frames(BoundingBoxCoordinates(0.4, 0.3, 0.1, 0.1), 0, overwrite=True, last_edited_by=email)
    edited.save()

    again = a_row(client, project_id, "group")
    (read,) = [it for it in again.get_object_instances() if it.object_hash == instance.object_hash]
    mark = read.get_annotation(0)
    assert (mark.created_by, mark.last_edited_by) == (target["people"]["admin"], email)
    assert read.object_number == 41

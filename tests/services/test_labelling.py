"""Label rows: every save is kept, checked and told; edits ask for a new verdict."""

import pytest

from gloss.domain.access import Role
from gloss.domain.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from gloss.domain.workflow.labelled import labels_blob
from gloss.ports import Ports, Query
from gloss.services import labelling, reviewing
from gloss.services.labelling import Restoring, SavedLabels
from gloss.services.reviewing import Judging
from tests.builders_labels import a_box, a_car, a_scene
from tests.builders_workflow import a_caller, a_path, a_project, a_running_project, a_task, a_workflow, task_in

ANN = a_caller(Role.ANNOTATOR, "ann")
REV = a_caller(Role.REVIEWER, "rev")
CAR = SavedLabels(labels={"objects": [a_car()]})
WIDE = SavedLabels(labels={"objects": [a_car(frames={"0": {"geometry": a_box(w=0.6)}})]})
BOSS = a_caller()


def reviews(ports: Ports) -> dict[str, str]:
    return {it.label_id: it.status.value for it in reviewing.label_reviews(a_path(), BOSS, ports)}


def test_saving_stores_the_body_under_its_digest() -> None:
    ports = a_running_project(a_task())

    task = labelling.save(a_path(), CAR, ANN, ports)

    assert (task.row_version, task.objects, task.classifications, task.missing_answers) == (1, 1, 0, 0)
    assert ports.blobs.get(labels_blob(task.label_sha256 or ""))
    assert [event.kind for event in ports.store.events] == ["labels.saved"]


def test_the_author_is_stamped_on_new_labels() -> None:
    ports = a_running_project(a_task())
    labelling.save(a_path(), CAR, ANN, ports)

    body = labelling.read(a_path(), None, ANN, ports).body

    assert body.objects[0].frames[0].created_by == "ann@acme.io"


def test_a_save_upon_an_older_save_is_stale() -> None:
    ports = a_running_project(a_task())
    labelling.save(a_path(), CAR, ANN, ports)

    with pytest.raises(Stale):
        labelling.save(a_path(), CAR.model_copy(update={"row_version": 0}), ANN, ports)


def test_labels_that_do_not_fit_change_nothing() -> None:
    ports = a_running_project(a_task())

    with pytest.raises(Invalid):
        labelling.save(a_path(), SavedLabels(labels={"objects": [a_car(feature="nowhere1")]}), ANN, ports)

    assert task_in(ports) == a_task()


def test_every_save_can_be_read_and_restored() -> None:
    ports = a_running_project(a_task())
    labelling.save(a_path(), CAR, ANN, ports)
    labelling.save(a_path(), SavedLabels(labels={}), ANN, ports)

    task = labelling.restore(a_path(), Restoring(row_version=1), ANN, ports)

    assert (task.row_version, task.objects) == (3, 1)
    saves = labelling.history(a_path(), Query(), ANN, ports).entries
    assert [save.row_version for save in saves] == [3, 2, 1]
    assert saves[0].sha256 == saves[2].sha256


def test_a_save_that_never_was_is_not_found() -> None:
    with pytest.raises(NotFound):
        labelling.read(a_path(), 7, ANN, a_running_project(a_task()))


def test_an_edited_label_asks_for_a_new_verdict() -> None:
    ports = a_running_project(a_task(stage="review"))
    labelling.save(a_path(), SavedLabels(labels={**CAR.labels, "classifications": [a_scene()]}), BOSS, ports)
    for label in ("car00001", "scene001"):
        reviewing.judge(a_path(), label, Judging(action="approve"), REV, ports)

    labelling.save(a_path(), SavedLabels(labels={**WIDE.labels, "classifications": [a_scene()]}), BOSS, ports)

    assert reviews(ports) == {"car00001": "NEW", "scene001": "APPROVED"}


def test_saving_the_same_labels_keeps_the_verdicts() -> None:
    ports = a_running_project(a_task(stage="review"))
    labelling.save(a_path(), CAR, BOSS, ports)
    reviewing.judge(a_path(), "car00001", Judging(action="approve"), REV, ports)
    ports.clock.pass_time(60)

    labelling.save(a_path(), CAR, BOSS, ports)

    assert reviews(ports) == {"car00001": "APPROVED"}


def test_a_label_that_is_gone_has_no_review() -> None:
    ports = a_running_project(a_task())
    labelling.save(a_path(), CAR, ANN, ports)

    labelling.save(a_path(), SavedLabels(labels={}), ANN, ports)

    assert reviews(ports) == {}


def test_a_task_of_somebody_else_is_not_labelled() -> None:
    with pytest.raises(Conflict):
        labelling.save(a_path(), CAR, ANN, a_running_project(a_task(assignee="bob")))


def test_reviewers_label_only_where_the_stage_allows() -> None:
    with pytest.raises(Forbidden):
        labelling.save(a_path(), CAR, REV, a_running_project(a_task(stage="review")))

    project = a_project(workflow=a_workflow(review={"edit_labels": True}))
    ports = a_running_project(a_task(stage="review"), project=project)
    assert labelling.save(a_path(), CAR, REV, ports).row_version == 1

"""Actions on tasks: what is stored, what is told, who is refused."""

from typing import Any

import pytest

from gloss.domain.access import Role
from gloss.domain.errors import Conflict, Forbidden, IllegalAction, Invalid, NotFound, Stale
from gloss.domain.project import ProjectStatus
from gloss.domain.workflow.actions import Approve, Assign, Move, Reject, Reopen, SetPriority, Skip, Submit
from gloss.kinds.workflow import STEPS, of_task
from gloss.ports import Ports, Query
from gloss.services import advancing, labelling, reviewing
from gloss.services.advancing import ManyTasks, Priorities
from gloss.services.labelling import SavedLabels
from gloss.services.reviewing import Judging
from tests.builders_labels import a_car, a_scene
from tests.builders_workflow import (
    a_caller,
    a_member,
    a_path,
    a_project,
    a_running_project,
    a_task,
    a_workflow,
    task_in,
)

ANN = a_caller(Role.ANNOTATOR, "ann")
REV = a_caller(Role.REVIEWER, "rev")
BOSS = a_caller()


def a_labelled_project(**task: Any) -> Ports:
    """One task with two labels, which Ann has saved."""
    ports = a_running_project(a_task(**task))
    labelling.save(a_path(), SavedLabels(labels={"objects": [a_car()], "classifications": [a_scene()]}), BOSS, ports)
    return ports


def statuses(ports: Ports) -> list[str]:
    return sorted(review.status.value for review in reviewing.label_reviews(a_path(), BOSS, ports))


def told(ports: Ports) -> list[str]:
    return [event.kind for event in ports.store.events]


def test_submitting_stores_task_history_and_event_together() -> None:
    ports = a_labelled_project()

    task = advancing.act(a_path(), Submit(), ANN, ports)

    assert task_in(ports) == task
    steps = ports.store.page(STEPS, of_task(task.id), Query(prefix="STEP#")).entries
    assert [(step.action, step.stage, step.to_stage) for step in steps] == [("submit", "annotate", "review")]
    assert told(ports) == ["labels.saved", "task.submitted"]


def test_a_task_of_another_project_is_not_found() -> None:
    ports = a_running_project(a_task())

    with pytest.raises(NotFound):
        advancing.act(a_path().model_copy(update={"project_id": "other"}), Submit(), ANN, ports)


def test_a_reviewer_cannot_submit_and_an_annotator_cannot_approve() -> None:
    ports = a_labelled_project()

    with pytest.raises(Forbidden):
        advancing.act(a_path(), Submit(), REV, ports)
    advancing.act(a_path(), Submit(), ANN, ports)
    with pytest.raises(Forbidden):
        advancing.act(a_path(), Approve(), ANN, ports)


def test_a_refused_action_changes_nothing() -> None:
    ports = a_running_project(a_task(assignee="bob"))

    with pytest.raises(Conflict):
        advancing.act(a_path(), Submit(), ANN, ports)

    assert task_in(ports) == a_task(assignee="bob")
    assert told(ports) == []


def test_submitting_twice_is_illegal_the_second_time() -> None:
    ports = a_labelled_project()
    advancing.act(a_path(), Submit(), ANN, ports)

    with pytest.raises(IllegalAction):
        advancing.act(a_path(), Submit(), ANN, ports)


def test_an_expected_version_that_has_passed_is_stale() -> None:
    ports = a_labelled_project()

    with pytest.raises(Stale):
        advancing.act(a_path(), Submit(version=1), ANN, ports)
    assert advancing.act(a_path(), Submit(version=2), ANN, ports).version == 3


def test_an_old_fence_is_refused() -> None:
    ports = a_running_project(a_task(assignee="ann", fence=3))

    with pytest.raises(Stale):
        advancing.act(a_path(), Skip(fence=2), ANN, ports)


def test_a_missing_required_object_keeps_the_task() -> None:
    ports = a_running_project(a_task())

    with pytest.raises(Invalid) as refused:
        advancing.act(a_path(), Submit(), ANN, ports)

    assert refused.value.faults


def test_approving_approves_every_open_label_review() -> None:
    ports = a_labelled_project(stage="review")

    advancing.act(a_path(), Approve(), REV, ports)

    assert statuses(ports) == ["APPROVED", "APPROVED"]
    assert told(ports)[-2:] == ["task.approved", "labels.judged"]


def test_rejected_labels_are_resolved_by_the_next_submit() -> None:
    ports = a_labelled_project(stage="review")

    advancing.act(a_path(), Reject(comment="too wide"), REV, ports)
    assert statuses(ports) == ["REJECTED", "REJECTED"]

    advancing.act(a_path(), Submit(), ANN, ports)
    assert statuses(ports) == ["RESOLVED", "RESOLVED"]


def test_strict_review_refuses_a_verdict_over_open_labels() -> None:
    ports = a_labelled_project(stage="review")

    with pytest.raises(Conflict, match="2 labels"):
        advancing.act(a_path(), Approve(approve_label_reviews=False), REV, ports)


def test_strict_review_passes_when_every_label_is_judged() -> None:
    ports = a_labelled_project(stage="review")
    for label in ("car00001", "scene001"):
        reviewing.judge(a_path(), label, Judging(action="approve"), REV, ports)

    assert advancing.act(a_path(), Approve(approve_label_reviews=False), REV, ports).stage == "complete"


def test_moving_to_complete_approves_all_labels_without_firing() -> None:
    ports = a_labelled_project()

    advancing.act(a_path(), Move(destination="complete"), BOSS, ports)

    assert statuses(ports) == ["APPROVED", "APPROVED"]
    assert not any(event.fires for event in ports.store.events)


def test_reopening_brings_a_completed_task_back_with_its_labels() -> None:
    ports = a_labelled_project(stage="complete", status="COMPLETED")

    task = advancing.act(a_path(), Reopen(), BOSS, ports)

    assert (task.stage, task.row_version) == ("annotate", 1)


def test_only_collaborators_of_the_stage_can_be_assigned() -> None:
    ports = a_running_project(a_task())
    a_member("rev", Role.REVIEWER, ports)
    a_member("ann", Role.ANNOTATOR, ports)

    for nobody in ("rev", "stranger"):
        with pytest.raises(Forbidden):
            advancing.act(a_path(), Assign(assignee=nobody), BOSS, ports)
    assert advancing.act(a_path(), Assign(assignee="ann"), BOSS, ports).assignee == "ann"


def test_a_paused_project_takes_writes_from_managers_only() -> None:
    ports = a_running_project(a_task(), project=a_project(status=ProjectStatus.PAUSED))

    with pytest.raises(Conflict, match="paused"):
        advancing.act(a_path(), Skip(), ANN, ports)
    assert advancing.act(a_path(), SetPriority(priority=1), BOSS, ports).priority == 1


def test_a_hidden_task_is_not_found_by_annotators() -> None:
    project = a_project(workflow=a_workflow(annotate={"hide_unassigned": True}))
    ports = a_running_project(a_task(), project=project)

    with pytest.raises(NotFound):
        advancing.act(a_path(), Skip(), ANN, ports)


def test_many_tasks_are_moved_and_failures_named() -> None:
    ports = a_running_project(a_task(), a_task(data_id="two", stage="review"))
    ids = (a_path().task_id, a_path("two").task_id, a_path("gone").task_id)

    outcome = advancing.act_on_many("project", ManyTasks(task_ids=ids, apply=Move(destination="review")), BOSS, ports)

    assert outcome.done == ids[:1]
    assert [failed.task_id for failed in outcome.failed] == list(ids[1:])


def test_a_rejected_task_returns_to_whoever_submitted_it() -> None:
    ports = a_labelled_project()
    ann = a_member("ann", Role.ANNOTATOR, ports)
    advancing.act(a_path(), Submit(), ann, ports)

    task = advancing.act(a_path(), Reject(), REV, ports)

    assert (task.assignee, task.status) == ("ann", "REOPENED")


def test_a_rejected_task_is_free_when_its_annotator_left() -> None:
    ports = a_labelled_project()
    advancing.act(a_path(), Submit(), ANN, ports)

    assert advancing.act(a_path(), Reject(), REV, ports).assignee is None


def test_each_task_gets_the_priority_that_is_given_for_it() -> None:
    ports = a_running_project(a_task(), a_task(data_id="two"))
    wanted = Priorities(priorities={a_path().task_id: 0.1, a_path("two").task_id: 0.9, a_path("gone").task_id: 1})

    outcome = advancing.prioritise("project", wanted, BOSS, ports)

    assert (task_in(ports).priority, task_in(ports, "two").priority) == (0.1, 0.9)
    assert [failed.task_id for failed in outcome.failed] == [a_path("gone").task_id]

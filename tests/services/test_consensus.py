"""A consensus over the services: who gets which subtask, what the review decides, and what nobody may see."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gloss.adapters.memory import MemoryMachines
from gloss.domain import bulk
from gloss.domain.access import Role
from gloss.domain.envelopes import envelope
from gloss.domain.errors import Conflict, Forbidden, GlossError, IllegalAction, Invalid, NotFound, TooLarge
from gloss.domain.labels.geometry import Box
from gloss.domain.model import ProjectId, StageId, TaskId
from gloss.domain.workflow.actions import (
    Approve,
    Assign,
    Move,
    Reject,
    Release,
    Reopen,
    Requested,
    SetPriority,
    Skip,
    Submit,
)
from gloss.domain.workflow.issues import NewIssue
from gloss.domain.workflow.label_rows import row_id_of
from gloss.domain.workflow.reviews import ReviewStatus
from gloss.domain.workflow.task import Task, TaskStatus
from gloss.kinds.identity import GRANTS, grant_key
from gloss.kinds.workflow import LABEL_SAVES, STEPS, label_save_key, of_task
from gloss.ports import Erase, Ports, Query
from gloss.services import (
    adjudicating,
    advancing,
    bulking,
    claiming,
    discussing,
    entering,
    labelling,
    queueing,
    reviewing,
    situating,
    vacating,
)
from gloss.services.bulking import BatchRef, JobRef
from gloss.services.claiming import Claiming, StagePath
from gloss.services.queueing import TaskFilter, Turn
from tests.builders_consensus import (
    ANN,
    BOB,
    BOSS,
    CAT,
    JUDGE,
    LABEL,
    REV,
    a_consensus_project,
    a_house_of,
    a_subtask_path,
    label,
)
from tests.builders_labels import a_car
from tests.builders_workflow import a_caller, a_data_row, a_member, a_path, task_in

HERE = StagePath(project_id=ProjectId("project"), stage_id=LABEL)
WIDE, NARROW, FAR = ({"x": 0.1, "y": 0.1, "w": w, "h": 0.2} for w in (0.4, 0.38, 0.05))


def claimed(who: Any, ports: Ports) -> Task | None:
    return claiming.claim(HERE, Claiming(lease_seconds=600), who, ports)


def act(ports: Ports, number: int, action: Requested, who: Any = BOSS) -> Task:
    return advancing.act(a_subtask_path(ports, number), action, who, ports)


def judge(ports: Ports, action: Requested, who: Any = REV) -> Task:
    return advancing.act(a_path(), action, who, ports)


def frame(box: dict[str, float]) -> dict[str, Any]:
    return {"0": {"geometry": {"shape": "bounding_box", **box}}}


def handed_in(ports: Ports, *boxes: dict[str, float]) -> Ports:
    """The subtasks labelled and handed in by Ann, Bob and so on."""
    for number, (box, who) in enumerate(zip(boxes, (ANN, BOB, CAT), strict=False)):
        a_member(who.user_id, Role.ANNOTATOR, ports)
        act(ports, number, Assign(assignee=who.user_id))
        label(ports, number, who, frames=frame(box))
        act(ports, number, Submit(), who)
    return ports


def many_cars(count: int) -> list[dict[str, Any]]:
    return [a_car(id=f"car{number:05}") for number in range(count)]


def three() -> Ports:
    return a_house_of(project=a_consensus_project({"annotators": 3}))


def refused(work: Callable[[], object]) -> type[GlossError] | None:
    try:
        work()
    except GlossError as error:
        return type(error)
    return None


def test_each_claim_hands_out_another_subtask() -> None:
    ports = a_house_of()

    first, second = claimed(ANN, ports), claimed(BOB, ports)

    assert first is not None
    assert second is not None
    assert {first.id, second.id} == {it.id for it in task_in(ports).subtasks}
    assert (first.assignee, second.assignee) == ("ann", "bob")


def test_nobody_claims_two_subtasks_of_a_task() -> None:
    ports = a_house_of()
    claimed(ANN, ports)

    assert claimed(ANN, ports) is None
    assert refused(lambda: act(ports, 1, Assign(assignee="ann"), ANN)) is Conflict


def test_a_claim_goes_on_past_what_one_has_handed_in() -> None:
    ports = a_house_of(*(f"d{number}" for number in range(30)))

    handed = [claimed(ANN, ports) for _ in range(31)]

    assert [task is None for task in handed] == [False] * 30 + [True]
    assert all(claimed(BOB, ports) for _ in range(30))


def test_a_lapsed_subtask_is_claimed_by_somebody_else() -> None:
    ports = a_house_of()
    claimed(ANN, ports)
    claimed(BOB, ports)
    assert claimed(CAT, ports) is None

    ports.clock.pass_time(600)  # type: ignore[attr-defined]

    assert claimed(CAT, ports) is not None


def test_an_assigned_subtask_is_claimed_by_its_assignee() -> None:
    ports = a_house_of()
    a_member("ann", Role.ANNOTATOR, ports)
    act(ports, 1, Assign(assignee="ann"))
    claimed(BOB, ports)

    mine = claimed(ANN, ports)

    assert mine is not None
    assert mine.id == task_in(ports).subtasks[1].id


def test_a_subtask_is_assigned_to_those_only_who_may_annotate() -> None:
    ports = a_house_of()
    a_member("rev", Role.REVIEWER, ports)

    assert refused(lambda: act(ports, 0, Assign(assignee="stranger"))) is Forbidden
    assert refused(lambda: act(ports, 0, Assign(assignee="rev"))) is Forbidden


def test_a_skipped_subtask_is_free_for_another() -> None:
    ports = a_house_of()
    claimed(ANN, ports)

    skipped = act(ports, 0, Skip(), ANN)

    assert (skipped.status, skipped.assignee) == (TaskStatus.SKIPPED, None)
    assert claimed(CAT, ports) is not None


def test_the_task_itself_is_not_submitted() -> None:
    ports = a_house_of()

    with pytest.raises(IllegalAction, match="subtask"):
        judge(ports, Submit(), BOSS)
    with pytest.raises(IllegalAction, match="name the task"):
        act(ports, 0, SetPriority(priority=1))


def test_who_does_not_annotate_is_assigned_no_subtask() -> None:
    ports = a_house_of()
    a_member("rev", Role.REVIEWER, ports)

    for stranger in ("rev", "nobody"):
        assert refused(lambda who=stranger: act(ports, 0, Assign(assignee=who))) is Forbidden  # type: ignore[misc]
    assert [it.assignee for it in task_in(ports).subtasks] == [None, None]


def test_a_webhook_names_the_subtask_and_its_label_row() -> None:
    ports = handed_in(a_house_of(), WIDE)
    (event,) = [it for it in ports.store.events if it.kind == "task.submitted"]  # type: ignore[attr-defined]

    told = json.loads(envelope("uid", "task_submitted_event", event))["payload"]

    assert told["task_uuid"] == task_in(ports).subtasks[0].id
    assert told["label_hashes"] == [row_id_of(task_in(ports).id, "consensus-label-1")]


def test_a_job_leaves_tasks_in_a_consensus_as_they_are() -> None:
    workflow, fresh = a_consensus_project().workflow, task_in(a_house_of())
    ports = handed_in(a_house_of(), WIDE, FAR)
    judge(ports, Move(destination="complete"), BOSS)

    assert not bulk.is_done(fresh, Reopen(), workflow)
    judge(ports, Reopen(), BOSS)
    assert bulk.is_done(task_in(ports), Reopen(), workflow)


def test_a_released_subtask_is_nobodys() -> None:
    ports = a_house_of()
    claimed(ANN, ports)

    assert act(ports, 0, Release(), ANN).status is TaskStatus.RELEASED
    assert refused(lambda: act(ports, 0, Release(), ANN)) is IllegalAction


def test_what_is_required_is_asked_of_each_subtask() -> None:
    ports = a_house_of()
    claimed(ANN, ports)

    with pytest.raises(Invalid):
        act(ports, 0, Submit(), ANN)

    label(ports, 0, ANN)
    assert act(ports, 0, Submit(), ANN).status is TaskStatus.COMPLETED


def test_annotators_neither_see_nor_touch_each_others_subtasks() -> None:
    ports = a_house_of()
    claimed(ANN, ports)
    claimed(BOB, ports)
    others = a_subtask_path(ports, 0)

    assert refused(lambda: labelling.read(others, None, BOB, ports)) is NotFound
    assert refused(lambda: label(ports, 0, BOB)) is NotFound
    assert refused(lambda: act(ports, 0, Submit(), BOB)) is NotFound
    assert refused(lambda: adjudicating.compare(a_path(), BOB, ports)) is Forbidden
    listed = queueing.tasks(ProjectId("project"), TaskFilter(stage=LABEL), Turn(), BOB, ports)
    assert [it.id for it in listed.entries[0].subtasks] == [task_in(ports).subtasks[1].id]


def test_what_was_given_back_is_read_by_who_takes_it_next() -> None:
    ports = a_house_of()
    claimed(ANN, ports)
    label(ports, 0, ANN)
    act(ports, 0, Release(), ANN)
    given_back = a_subtask_path(ports, 0)

    assert refused(lambda: labelling.read(given_back, None, BOB, ports)) is NotFound
    assert refused(lambda: labelling.history(given_back, Query(), BOB, ports)) is NotFound
    a_member("cat", Role.ANNOTATOR, ports)
    act(ports, 0, Assign(assignee="cat"))
    assert labelling.read(given_back, None, CAT, ports).body.objects


def test_a_free_subtask_is_taken_before_it_is_labelled() -> None:
    ports = a_house_of()

    assert refused(lambda: label(ports, 0, ANN)) is Conflict
    claimed(ANN, ports)
    label(ports, 0, ANN)

    assert labelling.read(a_subtask_path(ports, 0), None, ANN, ports).body.objects
    assert not labelling.read(a_path(), None, BOSS, ports).body.objects


def test_labels_that_were_handed_in_stay_as_they_are() -> None:
    ports = handed_in(a_house_of(), WIDE)

    assert refused(lambda: label(ports, 0, ANN)) is Forbidden


def test_a_reviewer_is_told_how_far_annotators_agree() -> None:
    found = adjudicating.compare(a_path(), REV, handed_in(three(), FAR, WIDE, NARROW))

    assert [option.annotator for option in found.options] == ["ann", "bob", "cat"]
    assert found.matrix[1][2] == pytest.approx(0.95)
    assert found.best == "consensus-label-3"
    assert found.options[2].mean == pytest.approx((0.05 / 0.38 + 0.95) / 2)


def test_approving_makes_the_chosen_labels_the_tasks() -> None:
    ports = handed_in(a_house_of(), WIDE, FAR)

    done = judge(ports, Approve(branch="consensus-label-2"))

    assert (done.stage, done.row_version, done.objects) == ("last", 1, 1)
    (car,) = labelling.read(a_path(), None, BOSS, ports).body.objects
    assert car.frames[0].geometry == Box(shape="bounding_box", **FAR)
    assert [it.status for it in reviewing.label_reviews(a_path(), BOSS, ports)] == [ReviewStatus.APPROVED]
    assert ports.store.get(LABEL_SAVES, label_save_key(done.id, 1)).by == "rev"
    events: list[Any] = ports.store.events  # type: ignore[attr-defined]
    assert [it.branch for it in events if it.kind == "task.approved"] == ["consensus-label-2"]
    assert events[-1].kind == "labels.saved"


def test_a_branch_of_no_annotator_is_not_chosen() -> None:
    ports = handed_in(a_house_of(), WIDE, FAR)

    with pytest.raises(Invalid):
        judge(ports, Approve(branch="elsewhere"))

    assert task_in(ports).stage == JUDGE


def test_choosing_who_labelled_nothing_leaves_the_task_without_labels() -> None:
    ports = handed_in(a_house_of(), WIDE, FAR)
    labelling.save(a_path(), labelling.SavedLabels(labels={"objects": [a_car()]}), BOSS, ports)
    label(ports, 0, BOSS, objects=[])

    assert judge(ports, Approve(branch="consensus-label-1")).objects == 0
    assert labelling.read(a_path(), 1, BOSS, ports).body.objects


def test_no_consensus_is_no_approval() -> None:
    project = a_consensus_project(judge={"review_type": "determine", "rejected": "complete"})
    ports = handed_in(a_house_of(project=project), WIDE, FAR)

    with pytest.raises(IllegalAction, match="needs 2 annotators"):
        judge(ports, Approve())
    with pytest.raises(Invalid):
        judge(ports, Approve(branch="consensus-label-1", agreeing=("consensus-label-2",)))

    assert judge(ports, Reject()).stage == "complete"


def test_consensus_is_found_by_score_or_named_by_a_person() -> None:
    project = a_consensus_project(judge={"review_type": "determine", "rejected": "complete"})
    alike, apart = (
        handed_in(a_house_of(project=project), WIDE, NARROW),
        handed_in(a_house_of(project=project), WIDE, FAR),
    )
    both = ("consensus-label-1", "consensus-label-2")

    assert judge(alike, Approve()).stage == "last"
    assert judge(apart, Approve(branch=both[0], agreeing=both)).stage == "last"


def test_labels_are_not_edited_while_consensus_is_determined() -> None:
    project = a_consensus_project(judge={"review_type": "determine"})
    saved = labelling.SavedLabels(labels={"objects": []})
    refining, determining = handed_in(a_house_of(), WIDE, FAR), handed_in(a_house_of(project=project), WIDE, FAR)

    assert refused(lambda: labelling.save(a_path(), saved, REV, refining)) is None
    assert refused(lambda: labelling.save(a_path(), saved, REV, determining)) is Forbidden


def test_what_comes_back_stays_with_who_had_it() -> None:
    ports = handed_in(a_house_of(), WIDE, FAR)
    judge(ports, Reject(comment="Again"))

    back = task_in(ports).subtasks
    assert [(it.status, it.assignee) for it in back] == [(TaskStatus.REOPENED, "ann"), (TaskStatus.REOPENED, "bob")]
    a_member("cat", Role.ANNOTATOR, ports)
    act(ports, 0, Release(), ANN)
    assert refused(lambda: act(ports, 0, Assign(assignee="cat"))) is Conflict
    assert claimed(CAT, ports) is None


def test_reassignment_gives_what_comes_back_to_another() -> None:
    ports = handed_in(a_house_of(project=a_consensus_project({"allow_reassignment": True})), WIDE, FAR)
    judge(ports, Reject())
    a_member("cat", Role.ANNOTATOR, ports)

    act(ports, 0, Assign(assignee="cat"))
    act(ports, 0, Submit(), CAT)

    assert task_in(ports).subtasks[0].annotator == "cat"
    assert refused(lambda: act(ports, 1, Assign(assignee="ann"))) is None


def test_who_left_the_project_gets_nothing_back() -> None:
    ports = handed_in(a_house_of(), WIDE, FAR)
    a_member("rev", Role.REVIEWER, ports)
    ports.store.commit([Erase(GRANTS, ports.store.get(GRANTS, grant_key("project:project", ANN.user_id)))])

    judge(ports, Reject())

    assert [it.assignee for it in task_in(ports).subtasks] == [None, "bob"]


def test_moving_out_takes_no_labels_along_unless_told() -> None:
    plain, chosen = handed_in(a_house_of(), WIDE, FAR), handed_in(a_house_of(), WIDE, FAR)

    assert judge(plain, Move(destination="complete"), BOSS).row_version == 0
    assert judge(chosen, Move(destination="complete", branch="consensus-label-1"), BOSS).objects == 1


def test_a_task_that_was_moved_out_is_nobodys_subtask() -> None:
    ports = a_house_of()
    claimed(ANN, ports)

    judge(ports, Move(destination="last"), BOSS)

    assert [it.assignee for it in task_in(ports).subtasks] == [None, None]
    assert claimed(BOB, ports) is None
    assert refused(lambda: act(ports, 0, Submit(), ANN)) is not None


@pytest.mark.parametrize("stage", [LABEL, JUDGE])
def test_nothing_is_moved_or_reopened_into_or_out_of_a_consensus(stage: str) -> None:
    ports = a_house_of() if stage == LABEL else handed_in(a_house_of(), WIDE, FAR)
    other = JUDGE if stage == LABEL else LABEL

    assert refused(lambda: judge(ports, Move(destination=other), BOSS)) is Invalid
    assert refused(lambda: judge(ports, Reopen(), BOSS)) is IllegalAction


def test_a_finished_task_is_reopened_for_its_annotators() -> None:
    ports = handed_in(a_house_of(), WIDE, FAR)
    judge(ports, Move(destination="complete"), BOSS)

    judge(ports, Reopen(), BOSS)

    assert [(it.status, it.assignee) for it in task_in(ports).subtasks] == [("REOPENED", "ann"), ("REOPENED", "bob")]


def test_issues_wait_for_the_review() -> None:
    ports = a_house_of()

    with pytest.raises(IllegalAction):
        discussing.open_issue(a_path(), NewIssue(comment="Look"), BOSS, ports)


def test_a_persons_tasks_in_all_stages_hold_their_subtasks_in_order() -> None:
    project, ports = a_consensus_project(), a_house_of("d1", "d2", "d3")
    a_member("ann", Role.ANNOTATOR_REVIEWER, ports)
    for data_id, place in (("d1", 0.2), ("d2", 0.9)):
        path = a_subtask_path(ports, 0, data_id)
        advancing.act(path, Assign(assignee=ANN.user_id), BOSS, ports)
        advancing.act(a_path(data_id), SetPriority(priority=place), BOSS, ports)
    advancing.act(a_path("d3"), Move(destination=StageId("last")), BOSS, ports)
    advancing.act(a_path("d3"), Assign(assignee=ANN.user_id), BOSS, ports)

    theirs = TaskFilter(assignee=ANN.user_id)
    first = queueing.tasks(project.id, theirs, Turn(limit=2), BOSS, ports)
    rest = queueing.tasks(project.id, theirs, Turn(token=first.next_token), BOSS, ports)

    assert [it.data_id for it in (*first.entries, *rest.entries)] == ["d2", "d3", "d1"]
    assert queueing.tasks(project.id, TaskFilter(assignee=BOB.user_id), Turn(), BOSS, ports).entries == ()


def test_who_is_taken_off_the_project_has_no_subtask_afterwards() -> None:
    ports = replace(a_house_of(), machines=MemoryMachines())
    a_member("ann", Role.ANNOTATOR, ports)
    a_member("bob", Role.ANNOTATOR, ports)
    act(ports, 0, Assign(assignee=ANN.user_id))
    act(ports, 1, Assign(assignee=BOB.user_id))

    vacating.remove(ProjectId("project"), ANN.user_id, BOSS, ports)
    ((_, job_id),) = ports.machines.started  # type: ignore[attr-defined]
    for number in bulking.plan(JobRef(job_id=job_id), ports).batches:
        bulking.apply(BatchRef(job_id=job_id, number=number), ports)

    assert [it.assignee for it in task_in(ports).subtasks] == [None, "bob"]


def test_a_later_review_sends_the_task_back_to_its_annotators() -> None:
    ports = handed_in(a_house_of(), WIDE, NARROW)
    judge(ports, Approve())

    judge(ports, Reject())

    assert [it.assignee for it in task_in(ports).subtasks] == ["ann", "bob"]


def test_a_data_unit_that_comes_back_starts_anew() -> None:
    ports, project = a_house_of(), a_consensus_project()
    claimed(ANN, ports)
    entering.withdraw(project, [a_data_row("data").id], BOSS.user_id, ports)

    entering.enter(project, [a_data_row("data")], BOSS.user_id, ports)

    assert [(it.status, it.assignee) for it in task_in(ports).subtasks] == [("NEW", None)] * 2


def test_history_names_the_subtask() -> None:
    ports = handed_in(a_house_of(), WIDE)

    steps = [*ports.store.every(STEPS, of_task(a_path().task_id), Query(prefix="STEP#"))]

    assert {it.subtask_id for it in steps if it.action == "submit"} == {task_in(ports).subtasks[0].id}


def test_annotators_know_only_of_steps_of_their_own_subtask() -> None:
    ports = handed_in(a_house_of(), WIDE)
    assert claimed(BOB, ports) is not None

    told = situating.history(a_subtask_path(ports, 1), Query(), BOB, ports).entries

    assert "claim" in {it.action for it in told}
    assert ANN.user_id not in {person for it in told for person in (it.actor, it.assignee)}


def test_a_comparison_that_would_outlast_a_request_asks_for_names() -> None:
    project = a_consensus_project(judge={"review_type": "determine"})
    ports = handed_in(a_house_of(project=project), WIDE, FAR)
    both = ("consensus-label-1", "consensus-label-2")
    for number in range(2):
        label(ports, number, BOSS, objects=many_cars(1_001))

    assert refused(lambda: judge(ports, Approve())) is TooLarge
    assert refused(lambda: adjudicating.compare(a_path(), REV, ports)) is TooLarge
    assert judge(ports, Approve(branch=both[0], agreeing=both)).stage == "last"


def test_an_unknown_subtask_is_not_there() -> None:
    ports = a_house_of()
    unknown = a_path().model_copy(update={"task_id": TaskId(task_in(ports).subtasks[1].id.replace("-7", "-9", 1))})

    assert refused(lambda: advancing.act(unknown, Submit(), BOSS, ports)) is NotFound


def test_a_reviewer_does_not_annotate() -> None:
    assert refused(lambda: claimed(a_caller(Role.REVIEWER, "rev"), a_house_of())) is Forbidden

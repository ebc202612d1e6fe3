"""Where each action leads: every pair of the table, and that every other pair is refused."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from pydantic import TypeAdapter

from gloss.domain.errors import IllegalAction, Invalid
from gloss.domain.workflow.actions import (
    Action,
    Approve,
    Assign,
    Claim,
    Move,
    Proceed,
    Reject,
    Release,
    Reopen,
    Requested,
    SetPriority,
    Skip,
    Submit,
)
from gloss.domain.workflow.graph import StageKind
from gloss.domain.workflow.rules import EVENT_OF, act, enter
from gloss.domain.workflow.task import Task, TaskStatus
from gloss.domain.workflow.ways import EXIT
from tests.builders_workflow import NOON, a_task, a_workflow, an_occasion

ACTIONS: list[Action] = [
    Submit(),
    Approve(),
    Reject(),
    Proceed(pathway="labelled"),
    Skip(),
    Assign(assignee="ann"),
    Claim(assignee="ann", lease_until=NOON + timedelta(hours=1)),
    Release(),
    Move(destination="review"),
    Reopen(),
    SetPriority(priority=1),
]
RESTING = ["agent", "annotate", "review", "complete"]
OUTSIDE = [
    (stage, action) for stage, action in product(RESTING, ACTIONS) if (StageKind(stage), action.kind) not in EXIT
]


def after(action: Action, actor: str = "ann", **task: Any) -> Task:
    return act(a_task(**task), action, a_workflow(), an_occasion(actor)).task


def test_submitting_sends_the_task_to_review() -> None:
    task = after(Submit(), stage="annotate", assignee="ann")

    assert (task.stage, task.status, task.assignee, task.submits) == ("review", TaskStatus.NEW, None, 1)


def test_approving_completes_the_task() -> None:
    task = after(Approve(), stage="review", submits=1)

    assert (task.stage, task.status, task.approvals) == ("complete", TaskStatus.COMPLETED, 1)


def test_rejecting_returns_the_task_to_its_annotator() -> None:
    task = after(Reject(comment="too wide"), "rev", stage="review", done_by={"annotate": ("bob", "ann")})

    assert (task.stage, task.status, task.assignee) == ("annotate", TaskStatus.REOPENED, "ann")


def test_without_stickiness_a_rejected_task_is_free() -> None:
    workflow = a_workflow(annotate={"sticky_annotator": False})
    rejected = a_task(stage="review", done_by={"annotate": ("ann",)})

    assert act(rejected, Reject(), workflow, an_occasion()).task.assignee is None


@pytest.mark.parametrize(("pathway", "stage"), [("labelled", "annotate"), ("p1", "annotate"), ("done", "complete")])
def test_an_agent_proceeds_by_name_or_id_of_a_pathway(pathway: str, stage: str) -> None:
    moved = act(a_task(stage="agent"), Proceed(pathway=pathway), a_workflow(), an_occasion())

    assert moved.task.stage == stage
    assert getattr(moved.events[0], "pathway", "") in {"labelled", "done"}


def test_an_unknown_pathway_is_named_in_the_refusal() -> None:
    with pytest.raises(Invalid, match="unsure"):
        after(Proceed(pathway="unsure"), stage="agent")


def test_skipping_frees_the_task_in_its_stage() -> None:
    task = after(Skip(), stage="annotate", assignee="ann")

    assert (task.stage, task.status, task.assignee, task.skipped_by) == ("annotate", TaskStatus.SKIPPED, None, ("ann",))


def test_a_claim_lapses_into_a_released_task() -> None:
    task = after(Claim(assignee="ann", lease_until=NOON + timedelta(seconds=60)))

    assert (task.at(NOON).assignee, task.at(NOON).status) == ("ann", TaskStatus.ASSIGNED)
    lapsed = task.at(NOON + timedelta(seconds=60))
    assert (lapsed.assignee, lapsed.status) == (None, TaskStatus.RELEASED)


def test_a_held_task_cannot_be_claimed() -> None:
    with pytest.raises(IllegalAction):
        after(Claim(assignee="bob", lease_until=NOON), assignee="ann")


def test_a_lapsed_task_can_be_claimed_by_the_next() -> None:
    task = after(Claim(assignee="bob", lease_until=NOON + timedelta(1)), assignee="ann", lease_until=NOON, fence=4)

    assert (task.assignee, task.fence) == ("bob", 5)


def test_a_free_task_cannot_be_released() -> None:
    with pytest.raises(IllegalAction):
        after(Release(), assignee=None)


def test_moving_to_complete_approves_the_labels() -> None:
    task = after(Move(destination="complete"), "boss", stage="annotate", assignee="ann", priority=0.9)

    assert (task.status, task.assignee, task.priority, task.approvals) == (TaskStatus.COMPLETED, None, 0.9, 1)


@pytest.mark.parametrize("destination", ["start", "nowhere"])
def test_moving_leads_only_to_stages_where_tasks_rest(destination: str) -> None:
    with pytest.raises(Invalid):
        after(Move(destination=destination))


def test_moving_to_the_same_stage_is_refused() -> None:
    with pytest.raises(IllegalAction):
        after(Move(destination="annotate"))


def test_reopening_keeps_labels_and_loses_approvals() -> None:
    task = after(Reopen(), stage="complete", status="COMPLETED", approvals=2, label_sha256="abc", row_version=3)

    assert (task.stage, task.status, task.approvals) == ("annotate", TaskStatus.REOPENED, 0)
    assert (task.label_sha256, task.row_version) == ("abc", 3)


def test_reopening_in_the_first_annotate_stage_is_refused() -> None:
    with pytest.raises(IllegalAction):
        after(Reopen(), stage="annotate")


def test_submitting_may_name_the_next_assignee() -> None:
    task = after(Submit(assignee="rev", retain_assignee=True), assignee="ann")

    assert (task.assignee, task.status) == ("rev", TaskStatus.ASSIGNED)


def test_retaining_needs_an_assignee() -> None:
    assert after(Submit(retain_assignee=True), assignee="ann").assignee == "ann"
    with pytest.raises(Invalid):
        after(Submit(retain_assignee=True), assignee=None)


def test_a_new_task_enters_behind_start() -> None:
    moved = enter(a_task(stage="start"), a_workflow(), an_occasion())

    assert (moved.task.stage, moved.task.version, moved.task.status) == ("agent", 1, TaskStatus.NEW)
    assert [event.kind for event in moved.events] == ["task.created"]


@pytest.mark.parametrize(("stage", "action"), OUTSIDE, ids=lambda it: getattr(it, "kind", it))
def test_every_pair_outside_the_table_is_illegal(stage: str, action: Action) -> None:
    with pytest.raises(IllegalAction, match="one cannot"):
        act(a_task(stage=stage), action, a_workflow(), an_occasion())


def test_every_action_has_its_event() -> None:
    assert set(EVENT_OF) == {action.kind for action in ACTIONS} == {kind for _, kind in EXIT}


def test_an_event_tells_both_stages_and_the_comment() -> None:
    moved = act(a_task(stage="review"), Reject(comment="too wide"), a_workflow(), an_occasion("rev"))

    event: Any = moved.events[0]
    assert (event.kind, event.stage, event.to_stage, event.comment) == (
        "task.rejected",
        "review",
        "annotate",
        "too wide",
    )
    assert (event.comment, moved.history.comment) == ("too wide", "too wide")


def test_an_action_is_read_from_its_flat_json() -> None:
    wanted: Action = TypeAdapter(Requested).validate_python({"action": "set_priority", "priority": 0.25})

    assert wanted == SetPriority(priority=0.25)

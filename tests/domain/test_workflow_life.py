"""The whole life of tasks under arbitrary actions of arbitrary people: what must hold at every moment."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gloss.domain.access import Role
from gloss.domain.errors import Conflict, Forbidden, Invalid
from gloss.domain.model import UserId
from gloss.domain.workflow import roles
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
    SetPriority,
    Skip,
    Submit,
)
from gloss.domain.workflow.graph import ROUTERS, StageKind, Workflow, read
from gloss.domain.workflow.roles import Worker
from gloss.domain.workflow.rules import Moved, Occasion, act, enter
from gloss.domain.workflow.shape import checked
from gloss.domain.workflow.standing import annotation_task_status, label_status
from gloss.domain.workflow.task import Task, TaskStatus
from gloss.domain.workflow.ways import EXIT
from tests.builders_workflow import NOON, a_task, an_occasion, stages

ROLES = {"ann": Role.ANNOTATOR, "bob": Role.ANNOTATOR_REVIEWER, "rev": Role.REVIEWER, "boss": Role.ADMIN}
PEOPLE = st.sampled_from(sorted(ROLES))
STAGES = st.sampled_from(["agent", "annotate", "review", "review2", "complete", "start", "sample"])
ACTIONS: list[Callable[[Any, datetime], Action]] = [
    lambda draw, _now: Submit(retain_assignee=draw(st.booleans())),
    lambda draw, _now: Approve(assignee=draw(st.none() | PEOPLE)),
    lambda _draw, _now: Reject(),
    lambda draw, _now: Proceed(pathway=draw(st.sampled_from(["labelled", "p2", "nowhere"]))),
    lambda _draw, _now: Skip(),
    lambda draw, _now: Assign(assignee=draw(PEOPLE)),
    lambda draw, now: Claim(assignee=draw(PEOPLE), lease_until=now + timedelta(minutes=10)),
    lambda _draw, _now: Release(),
    lambda draw, _now: Move(destination=draw(STAGES)),
    lambda _draw, _now: Reopen(),
    lambda draw, _now: SetPriority(priority=draw(st.floats(0, 1))),
]


def a_long_workflow() -> Workflow:
    """The usual one, with a percentage router that sends a third of the approved tasks to a second review."""
    pathways = [
        {"id": "few", "name": "again", "to": "review2", "percent": 33},
        {"id": "most", "name": "done", "to": "complete", "percent": 67},
    ]
    sample = {"id": "sample", "kind": "percentage_router", "title": "Sample", "pathways": pathways}
    second = {"id": "review2", "kind": "review", "title": "Review 2", "approved": "complete", "rejected": "annotate"}
    return checked(
        read({"stages": [*stages(review={"approved": "sample", "barred_by": ["annotate"]}), sample, second]})
    )


class TaskLife(RuleBasedStateMachine):
    """One task; every action is tried by somebody, and is either carried out whole or changes nothing."""

    @initialize(data_id=st.text(min_size=1, max_size=5))
    def begin(self, data_id: str) -> None:
        self.workflow, self.now, self.told = a_long_workflow(), NOON, 0
        self.task = enter(a_task(data_id=data_id, stage="start"), self.workflow, an_occasion()).task

    @rule(minutes=st.integers(1, 30))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(who=PEOPLE, make=st.sampled_from(ACTIONS), data=st.data())
    def somebody_acts(self, who: str, make: Callable[[Any, datetime], Action], data: st.DataObject) -> None:
        action, before = make(data.draw, self.now), self.task
        try:
            moved = self.carry_out(who, action)
        except (Conflict, Forbidden, Invalid):
            assert self.task == before
            return
        self.check(before, action, moved)
        self.task = moved.task

    @precondition(lambda self: self.task.stage == "annotate")
    @rule()
    def the_admin_submits(self) -> None:
        self.task = self.carry_out("boss", Submit()).task

    @precondition(lambda self: self.task.stage == "review2" and self.task.at(self.now).assignee is None)
    @rule()
    def the_reviewer_approves_what_is_free(self) -> None:
        assert self.carry_out("rev", Approve()).task.stage == "complete"

    def carry_out(self, who: str, action: Action) -> Moved:
        stage = self.workflow.stage(self.task.stage)
        worker = Worker(user_id=UserId(who), role=ROLES[who])
        roles.demand_may(worker, action, self.task.at(self.now), stage)
        self.told += 1
        return act(self.task, action, self.workflow, Occasion(actor=who, at=self.now, event_id=f"e{self.told}"))

    def check(self, before: Task, action: Action, moved: Moved) -> None:
        after, (event,) = moved.task, moved.events
        assert (self.workflow.stage(before.stage).kind, action.kind) in EXIT
        assert after.version == before.version + 1
        assert after.fence >= before.fence
        assert after.assignee == before.at(self.now).assignee or after.fence > before.fence
        assert (getattr(event, "stage", ""), getattr(event, "to_stage", "")) == (before.stage, after.stage)
        assert (
            action.kind != "approve"
            or before.stage != "review"
            or event.actor not in before.done_by.get("annotate", ())
        )
        assert event.fires is (action.kind in {"submit", "approve", "reject", "proceed"})

    @invariant()
    def a_task_never_rests_where_it_cannot_be_worked_on(self) -> None:
        assert self.workflow.stage(self.task.stage).kind not in {StageKind.START, *ROUTERS}

    @invariant()
    def completed_means_in_the_complete_stage(self) -> None:
        done = self.workflow.stage(self.task.stage).kind is StageKind.COMPLETE
        assert (self.task.status is TaskStatus.COMPLETED) is done
        assert not (done and self.task.assignee)

    @invariant()
    def who_is_free_has_no_lease(self) -> None:
        assert self.task.assignee is not None or self.task.lease_until is None

    @invariant()
    def an_assigned_status_names_somebody(self) -> None:
        assert self.task.status is not TaskStatus.ASSIGNED or self.task.assignee is not None

    @invariant()
    def both_statuses_can_be_told(self) -> None:
        kind = self.workflow.stage(self.task.stage).kind
        assert label_status(kind, self.task)
        assert annotation_task_status(kind, self.task, self.now)


TestTaskLife = TaskLife.TestCase
TestTaskLife.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)

"""Who may do what in which stage."""

from typing import Any

import pytest

from gloss.domain.access import Role
from gloss.domain.errors import Conflict, Forbidden
from gloss.domain.model import StageId, UserId
from gloss.domain.workflow import roles
from gloss.domain.workflow.actions import Action, Approve, Assign, Move, Proceed, Release, SetPriority, Submit
from gloss.domain.workflow.roles import Worker
from tests.builders_workflow import a_task, a_workflow

MANAGERS = {Role.ADMIN, Role.TEAM_MANAGER}
ANNOTATORS = MANAGERS | {Role.ANNOTATOR, Role.ANNOTATOR_REVIEWER}
REVIEWERS = MANAGERS | {Role.REVIEWER, Role.ANNOTATOR_REVIEWER}
PEOPLE = sorted(ANNOTATORS | REVIEWERS | {Role.VIEWER})


def a_worker(role: Role = Role.ANNOTATOR, user: str = "ann") -> Worker:
    return Worker(user_id=UserId(user), role=role)


def may(worker: Worker, action: Action, stage: str = "annotate", task: Any = None, **changes: Any) -> bool:
    workflow = a_workflow(**changes)
    try:
        roles.demand_may(worker, action, task or a_task(stage=stage), workflow.stage(StageId(stage)))
    except Forbidden:
        return False
    return True


@pytest.mark.parametrize(
    ("action", "stage", "allowed"),
    [
        (Submit(), "annotate", ANNOTATORS),
        (Approve(), "review", REVIEWERS),
        (Proceed(pathway="done"), "agent", MANAGERS),
        (Move(destination=StageId("complete")), "annotate", MANAGERS),
        (SetPriority(priority=1), "annotate", MANAGERS),
        (Release(), "review", REVIEWERS),
    ],
    ids=lambda it: getattr(it, "kind", ""),
)
def test_an_action_is_for_its_roles_only(action: Action, stage: str, allowed: set[Role]) -> None:
    assert {role for role in PEOPLE if may(a_worker(role), action, stage)} == allowed


def test_only_managers_assign_somebody_else() -> None:
    assert may(a_worker(), Assign(assignee=UserId("ann")))
    assert not may(a_worker(), Assign(assignee=UserId("bob")))
    assert may(a_worker(Role.TEAM_MANAGER), Assign(assignee=UserId("bob")))


def test_a_task_of_somebody_else_is_a_conflict() -> None:
    with pytest.raises(Conflict):
        may(a_worker(user="bob"), Submit(), task=a_task(assignee="ann"))


def test_a_stage_for_selected_people_refuses_others() -> None:
    selected = {"annotate": {"members": ["bob"]}}

    assert not may(a_worker(user="ann"), Submit(), **selected)
    assert may(a_worker(user="bob"), Submit(), **selected)
    assert may(a_worker(Role.ADMIN), Submit(), **selected)


def test_who_annotated_is_barred_from_reviewing() -> None:
    barring = {"review": {"barred_by": ["annotate"]}}
    done = a_task(stage="review", done_by={"annotate": ("ann",)})

    assert not may(a_worker(Role.ANNOTATOR_REVIEWER), Approve(), "review", done, **barring)
    assert may(a_worker(Role.REVIEWER, "rev"), Approve(), "review", done, **barring)


def test_a_skipped_task_is_not_handed_to_the_same_person() -> None:
    stage, task = a_workflow().stage(StageId("annotate")), a_task(skipped_by=("ann",))

    assert not roles.may_claim(a_worker(user="ann"), task, stage)
    assert roles.may_claim(a_worker(user="bob"), task, stage)


@pytest.mark.parametrize(("allowed", "expected"), [(False, False), (True, True)])
def test_reassessment_decides_who_gets_a_known_task(allowed: bool, expected: bool) -> None:
    stage = a_workflow(annotate={"allow_reassessment": allowed}).stage(StageId("annotate"))

    assert roles.may_claim(a_worker(), a_task(done_by={"review": ("ann",)}), stage) is expected


def test_a_stage_may_hide_what_is_not_ones_own() -> None:
    stage = a_workflow(annotate={"hide_unassigned": True}).stage(StageId("annotate"))

    assert not roles.sees(a_worker(), a_task(), stage)
    assert roles.sees(a_worker(), a_task(assignee="ann"), stage)
    assert roles.sees(a_worker(Role.ADMIN), a_task(), stage)


def test_each_role_has_its_own_queues_before_it() -> None:
    queues = {role: [it.id for it in a_workflow().stages if roles.lists(a_worker(role), it)] for role in PEOPLE}

    assert queues[Role.ANNOTATOR] == queues[Role.VIEWER] == ["annotate"]
    assert queues[Role.REVIEWER] == ["review"]
    assert queues[Role.ADMIN] == ["agent", "annotate", "review", "complete"]

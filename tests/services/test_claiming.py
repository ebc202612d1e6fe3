"""Claims: the best task, once, for a while."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gloss.adapters.system import RandomIds
from gloss.domain.access import Role
from gloss.domain.errors import Conflict, Forbidden
from gloss.domain.model import ProjectId, StageId
from gloss.domain.project import ProjectStatus
from gloss.domain.workflow.actions import Skip
from gloss.domain.workflow.task import Task
from gloss.ports import Ports
from gloss.services import advancing, claiming
from gloss.services.claiming import Claiming, StagePath
from tests.builders_workflow import a_caller, a_path, a_project, a_running_project, a_task, a_workflow, task_in

ANN = a_caller(Role.ANNOTATOR, "ann")
BOB = a_caller(Role.ANNOTATOR, "bob")
HERE = StagePath(project_id=ProjectId("project"), stage_id=StageId("annotate"))


def claimed(caller: Any, ports: Ports, seconds: int = 600) -> Task | None:
    return claiming.claim(HERE, Claiming(lease_seconds=seconds), caller, ports)


def test_the_highest_priority_is_handed_out_first() -> None:
    ports = a_running_project(*(a_task(data_id=f"d{n}", priority=n / 10) for n in range(5)))

    handed = [claimed(ANN, ports) for _ in range(5)]

    assert [task.priority for task in handed if task] == [0.4, 0.3, 0.2, 0.1, 0.0]


def test_an_empty_queue_hands_out_nothing() -> None:
    assert claimed(ANN, a_running_project(a_task(stage="review"))) is None


def test_a_claimed_task_is_nobody_elses_until_it_lapses() -> None:
    ports = a_running_project(a_task())
    assert claimed(ANN, ports) is not None

    assert claimed(BOB, ports) is None
    ports.clock.pass_time(600)
    again = claimed(BOB, ports)

    assert again is not None
    assert (again.assignee, again.fence) == ("bob", 2)


def test_a_skipped_task_goes_to_somebody_else() -> None:
    ports = a_running_project(a_task())
    claimed(ANN, ports)
    advancing.act(a_path(), Skip(), ANN, ports)

    assert claimed(ANN, ports) is None
    assert claimed(BOB, ports) is not None


def test_a_reviewer_claims_nothing_in_an_annotate_stage() -> None:
    with pytest.raises(Forbidden):
        claimed(a_caller(Role.REVIEWER, "rev"), a_running_project(a_task()))


def test_a_paused_project_hands_out_nothing() -> None:
    with pytest.raises(Conflict):
        claimed(ANN, a_running_project(a_task(), project=a_project(status=ProjectStatus.PAUSED)))


def test_stages_that_hide_unassigned_tasks_hand_out_none() -> None:
    project = a_project(workflow=a_workflow(annotate={"hide_unassigned": True}))

    assert claimed(ANN, a_running_project(a_task(), project=project)) is None


def test_eager_workers_never_get_the_same_task() -> None:
    ports = replace(a_running_project(*(a_task(data_id=f"d{n}") for n in range(60))), ids=RandomIds())

    with ThreadPoolExecutor(12) as workers:
        callers = [a_caller(Role.ANNOTATOR, f"w{n % 12}") for n in range(70)]
        handed = [task for task in workers.map(lambda caller: claimed(caller, ports), callers) if task]

    assert max(Counter(task.id for task in handed).values()) == 1
    assert len(handed) == 60


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=1, max_size=12), st.data())
def test_no_claim_passes_over_a_higher_priority(priorities: list[float], data: st.DataObject) -> None:
    ports = a_running_project(*(a_task(data_id=f"d{n}", priority=it) for n, it in enumerate(priorities)))
    callers = [data.draw(st.sampled_from([ANN, BOB])) for _ in priorities]

    handed = [claimed(caller, ports) for caller in callers]

    assert [task.priority for task in handed if task] == sorted(priorities, reverse=True)
    assert task_in(ports, "d0").assignee in {"ann", "bob"}


def test_what_was_assigned_is_handed_to_its_assignee_once() -> None:
    ports = a_running_project(a_task(assignee="ann", status="REOPENED", firm=True), a_task(data_id="two", priority=0.9))

    assert [task.data_id for task in (claimed(BOB, ports), claimed(BOB, ports)) if task] == ["two"]
    own = claimed(ANN, ports)

    assert own is not None
    assert (own.assignee, own.status, own.data_id) == ("ann", "REOPENED", "data")
    assert claimed(ANN, ports) is None


def test_an_assignment_outlives_the_lease_of_its_assignee() -> None:
    ports = a_running_project(a_task(assignee="ann", status="ASSIGNED", firm=True))
    claimed(ANN, ports)
    ports.clock.pass_time(600)

    assert claimed(BOB, ports) is None
    assert claimed(ANN, ports) is not None


def test_own_tasks_come_first_within_one_priority() -> None:
    own = a_task(data_id="own", assignee="ann", firm=True)
    ports = a_running_project(*(a_task(data_id=f"d{n}") for n in range(9)), own)

    first = claimed(ANN, ports)

    assert first is not None
    assert first.data_id == "own"

"""Claims under drawn interleavings, with an index that lags: nobody gets the same task, hardly a write is lost."""

from dataclasses import replace

import pytest

from gloss.adapters.memory import memory_ports
from gloss.domain.access import Role
from gloss.domain.model import ProjectId
from gloss.domain.workflow.task import Task, whole_of
from gloss.services import claiming
from gloss.services.claiming import Claiming, StagePath
from tests.builders_consensus import LABEL, a_house_of
from tests.builders_workflow import a_caller, a_running_project, a_task
from tests.interleaving import LaggingStore, TurnTaking
from tests.services.test_claiming import HERE

THERE = StagePath(project_id=ProjectId("project"), stage_id=LABEL)


def claims_of(workers: int, each: int, tasks: int, seed: int, lag: int) -> tuple[list[Task], int]:
    """What so many workers got, and with how many conditional writes."""
    turns = TurnTaking(seed)
    store = LaggingStore(turns, lag)
    ports = a_running_project(
        *(a_task(data_id=f"d{n}") for n in range(tasks)), ports=replace(memory_ports(), store=store)
    )
    handed: list[Task] = []

    def work(name: str) -> None:
        for _ in range(each):
            task = claiming.claim(HERE, Claiming(), a_caller(Role.ANNOTATOR, name), ports)
            handed.extend([task] if task else [])

    store.started = True
    turns.run([lambda name=f"w{n}": work(name) for n in range(workers)])
    return handed, store.writes


@pytest.mark.parametrize("seed", range(12))
def test_no_interleaving_hands_out_a_task_twice(seed: int) -> None:
    handed, _ = claims_of(workers=4, each=4, tasks=10, seed=seed, lag=seed * 3)

    assert len({task.id for task in handed}) == len(handed) == 10


def test_fifty_eager_workers_hardly_lose_a_write() -> None:
    handed, writes = claims_of(workers=50, each=3, tasks=400, seed=7, lag=250)

    assert len({task.id for task in handed}) == 150
    assert writes / len(handed) <= 1.5


def subtask_claims_of(workers: int, each: int, tasks: int, seed: int, lag: int) -> tuple[list[Task], int]:
    """The same where each task has two subtasks."""
    turns = TurnTaking(seed)
    store = LaggingStore(turns, lag)
    ports = a_house_of(*(f"d{n}" for n in range(tasks)), ports=replace(memory_ports(), store=store))
    handed: list[Task] = []

    def work(name: str) -> None:
        for _ in range(each):
            task = claiming.claim(THERE, Claiming(), a_caller(Role.ANNOTATOR, name), ports)
            handed.extend([task] if task else [])

    store.started = True
    turns.run([lambda name=f"w{n}": work(name) for n in range(workers)])
    return handed, store.writes


@pytest.mark.parametrize("seed", range(12))
def test_no_interleaving_hands_out_a_subtask_twice_or_two_to_one(seed: int) -> None:
    handed, _ = subtask_claims_of(workers=4, each=4, tasks=6, seed=seed, lag=seed * 3)

    assert len({task.id for task in handed}) == len(handed)
    assert len({(whole_of(task.id)[0], task.assignee) for task in handed}) == len(handed)


def test_fifty_eager_annotators_hardly_lose_a_write() -> None:
    handed, writes = subtask_claims_of(workers=50, each=3, tasks=400, seed=7, lag=250)

    assert len({task.id for task in handed}) == 150
    assert writes / len(handed) <= 1.5

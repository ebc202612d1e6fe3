"""Datasets leave a project: few tasks go at once, many by a job, and none when the dataset comes back."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from gloss.adapters.memory import FixedClock, MemoryMachines, MemoryStore, memory_ports
from gloss.domain.bulk import CreateTasks, JobStatus
from gloss.domain.dataset import Attachment, Dataset
from gloss.domain.events import Event
from gloss.domain.model import DatasetId, JobId
from gloss.domain.workflow.task import task_id_of
from gloss.kinds.catalog import ATTACHMENTS, DATA_ROWS, PROJECTS, data_rows_of
from gloss.kinds.workflow import TASKS, task_key
from gloss.ports import Change, Key, Ports, Query, Save
from gloss.services import attaching, bulking, departing, entering, leaving, projecting, relaying
from gloss.services.attaching import Arrival
from gloss.services.authorising import founding_grants
from gloss.services.projecting import MoreDatasets
from tests.builders_bulk import ADMIN, DATASET, PROJECT, Works, a_row, carried_out, run, some_works
from tests.builders_workflow import NOON, an_item
from tests.mortal import killed_after, mortal
from tests.sdk.counting import CountingStore

MANY = attaching.IN_REQUEST + 1


def works_with(tasks: int, ports: Ports | None = None) -> Works:
    works = some_works(rows=tasks, tasks=tasks, ports=ports)
    link = Attachment(dataset_id=DATASET, project_id=PROJECT, attached_at=NOON)
    works.store.commit([Save(ATTACHMENTS, link), *founding_grants(f"dataset:{DATASET}", ADMIN, NOON)])
    return works


def standing(works: Works, count: int) -> int:
    """How many of the tasks are there still."""
    return sum(works.task(number).removed_at is None for number in range(count))


def datasets(works: Works) -> tuple[str, ...]:
    return works.store.get(PROJECTS, Key(f"PROJECT#{PROJECT}")).dataset_ids


def the_job(works: Works) -> JobId:
    ((_, job_id),) = works.machines.started
    return JobId(job_id)


def test_few_tasks_go_with_their_dataset_at_once() -> None:
    works = works_with(3)

    departing.take_off(PROJECT, [DATASET], ADMIN, works.ports)

    assert (standing(works, 3), datasets(works), dict(works.machines.started)) == (0, (), {})


def test_thirty_tasks_go_in_one_commit() -> None:
    store = CountingStore()
    works = works_with(30, replace(memory_ports(), store=store, machines=MemoryMachines()))
    project = projecting.get(PROJECT, store)
    store.requests.clear()

    entering.withdraw(project, [a_row(it).id for it in range(30)], ADMIN.user_id, works.ports)

    assert [each for each in store.requests if each.startswith("commit")] == ["commit task"]


def test_many_tasks_are_left_to_a_job() -> None:
    works = works_with(MANY)

    departing.take_off(PROJECT, [DATASET], ADMIN, works.ports)
    assert (standing(works, MANY), datasets(works)) == (MANY, ())

    assert carried_out(works, the_job(works)).status == JobStatus.DONE
    assert standing(works, MANY) == 0


def test_a_dataset_that_comes_back_keeps_its_tasks() -> None:
    clock = FixedClock()
    works = works_with(MANY, replace(memory_ports(), clock=clock, machines=MemoryMachines()))
    departing.take_off(PROJECT, [DATASET], ADMIN, works.ports)
    job = the_job(works)
    clock.pass_time(1)

    projecting.add_datasets(PROJECT, MoreDatasets(dataset_ids=(DATASET,)), ADMIN, works.ports)
    carried_out(works, job)

    assert (standing(works, MANY), datasets(works)) == (MANY, (DATASET,))


@pytest.mark.parametrize("writes", range(4))
def test_whatever_dies_the_tasks_go_with_the_dataset_or_not_at_all(writes: int) -> None:
    ports, life = mortal(memory_ports())
    works = works_with(MANY, ports)
    killed_after(writes, life, lambda: departing.take_off(PROJECT, [DATASET], ADMIN, ports))

    relaying.see_through(works.store.events, lambda: ports)
    for _, job_id in list(works.machines.started):
        carried_out(works, JobId(job_id))

    assert (standing(works, MANY), datasets(works)) in {(MANY, (DATASET,)), (0, ())}


@pytest.mark.parametrize("writes", range(5))
def test_whatever_dies_few_tasks_go_with_the_dataset_or_not_at_all(writes: int) -> None:
    ports, life = mortal(memory_ports())
    works = works_with(70, ports)
    killed_after(writes, life, lambda: departing.take_off(PROJECT, [DATASET], ADMIN, ports))

    relaying.see_through(works.store.events, lambda: ports)

    assert (standing(works, 70), datasets(works)) in {(70, (DATASET,)), (0, ())}


class Interrupted(MemoryStore):
    """Records before whose n-th write something else happens."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.between = 0, list[Callable[[], object]]()
        self.sizes: list[int] = []

    def commit(self, changes: Sequence[Change], events: Sequence[Event] = ()) -> None:
        self.left -= 1
        self.sizes.append(len(changes) + len(events))
        if self.left == 0:
            self.between.pop()()
        super().commit(changes, events)


@pytest.mark.parametrize("before", range(1, 5))
def test_items_that_come_while_their_dataset_leaves_leave_no_task_behind(before: int) -> None:
    store = Interrupted()
    works = works_with(2, replace(memory_ports(), store=store, machines=MemoryMachines()))
    said = {"title": "ds", "created_by": ADMIN.user_id, "created_at": NOON, "last_edited_at": NOON}
    dataset = Dataset(id=DATASET, org_id=ADMIN.org_id, **said)  # type: ignore[arg-type]
    coming = [an_item(id=f"new-{at}") for at in range(60)]
    store.left, store.between = before, [lambda: departing.take_off(PROJECT, [DATASET], ADMIN, works.ports)]

    attaching.take_in(Arrival(dataset, coming), ADMIN, works.ports)

    assert (store.between, datasets(works)) == ([], ())
    rows = store.every(DATA_ROWS, data_rows_of(DATASET))
    tasks = store.get_many(TASKS, [task_key(task_id_of(PROJECT, row.id)) for row in rows])
    assert [task.id for task in tasks if task.removed_at is None] == []


def test_no_tasks_are_made_for_a_dataset_that_left() -> None:
    works = works_with(0)
    works.store.commit([Save(DATA_ROWS, a_row(0))])
    departing.take_off(PROJECT, [DATASET], ADMIN, works.ports)

    job = run(works, CreateTasks(project_id=PROJECT, dataset_id=DATASET))

    (failure,) = next(iter(bulking.batches(job, Query(), works.store).entries)).failed
    assert failure.reason == "The dataset left the project meanwhile."


def test_tasks_that_a_broken_off_batch_made_go_with_their_dataset() -> None:
    works = works_with(2)
    leaving.leave(PROJECT, [DATASET], ADMIN, works.ports)

    run(works, CreateTasks(project_id=PROJECT, dataset_id=DATASET))

    assert standing(works, 2) == 0


def test_a_project_of_fifty_datasets_loses_all_of_them_in_transactions_that_fit() -> None:
    store = Interrupted()
    works = works_with(0, replace(memory_ports(), store=store, machines=MemoryMachines()))
    ids = tuple(DatasetId(f"dataset-{at}") for at in range(50))
    project = store.get(PROJECTS, Key(f"PROJECT#{PROJECT}")).changed(dataset_ids=ids)
    links = [Save(ATTACHMENTS, Attachment(dataset_id=id_, project_id=PROJECT, attached_at=NOON)) for id_ in ids]
    store.commit([Save(PROJECTS, project), *links])
    store.sizes.clear()

    departing.take_off(PROJECT, ids, ADMIN, works.ports)

    assert (datasets(works), len(store.sizes), max(store.sizes) <= 100) == ((), 2, True)

"""Bulk jobs: every unit once, whatever is repeated; what fails is told; a cancelled job stops."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from gloss.adapters.memory import CountingIds, MemoryStore
from gloss.domain.bulk import BATCH, ActOnTasks, CreateTasks, JobStatus, SendToAnnotate
from gloss.domain.errors import Conflict, NotFound, Throttled
from gloss.domain.events import Event
from gloss.domain.model import CollectionId, StageId
from gloss.domain.workflow.actions import Move, Reopen, SetPriority
from gloss.kinds.bulk import BULK_BATCHES, bulk_batch_key
from gloss.kinds.workflow import ISSUES, of_task
from gloss.ports import Change, Query
from gloss.services import applying, bulking
from gloss.services.bulking import BatchRef, Closing, JobRef
from tests.builders_bulk import ADMIN, DATASET, PROJECT, run, some_works, task_id

CREATE = CreateTasks(project_id=PROJECT, dataset_id=DATASET)
TO_COMPLETE = ActOnTasks(project_id=PROJECT, apply=Move(destination=StageId("complete")))
SEND = SendToAnnotate(
    project_id=PROJECT, collection_id=CollectionId("c"), reopen_tasks=True, priority=0.9, comment="the mirrors"
)


def test_each_data_unit_gets_its_task_over_several_batches() -> None:
    works = some_works(rows=2 * BATCH + 1)

    job = run(works, CREATE)
    assert (job.status, job.units) == (JobStatus.DONE, 2 * BATCH + 1)
    assert bulking.progress(job, works.store).done == 2 * BATCH + 1
    assert set(works.stages(2 * BATCH + 1)) == {"agent"}


def test_starting_names_the_run_after_the_job() -> None:
    works = some_works(rows=1)

    job = bulking.start(CREATE, None, ADMIN, works.ports)
    assert works.machines.started == {("bulk", job.id): {"job_id": job.id}}


def test_a_repeated_request_makes_no_second_job_but_starts_the_first() -> None:
    works = some_works(rows=1)
    again = [replace(works.ports, ids=CountingIds()) for _ in range(2)]

    first, second = (bulking.start(CREATE, None, ADMIN, ports) for ports in again)
    assert (first, len(works.machines.started)) == (second, 1)


def test_a_repeated_batch_changes_nothing() -> None:
    works = some_works(rows=3, tasks=3)
    job = bulking.start(TO_COMPLETE, [task_id(0), task_id(1)], ADMIN, works.ports)
    bulking.plan(JobRef(job_id=job.id), works.ports)
    ref = BatchRef(job_id=job.id, number=0)

    assert bulking.apply(ref, works.ports) == bulking.apply(ref, works.ports)
    assert works.stages(3) == ["complete", "complete", "agent"]
    assert [event.kind for event in works.store.events].count("task.moved") == 2


def test_a_batch_that_broke_off_goes_on_where_it_stopped() -> None:
    works = some_works(rows=2, tasks=2)
    run(works, TO_COMPLETE, [task_id(0)])

    job = run(works, TO_COMPLETE, [task_id(0), task_id(1)])
    assert bulking.progress(job, works.store).done == 2
    assert [event.kind for event in works.store.events].count("task.moved") == 2


def test_all_tasks_of_a_stage_are_found_without_a_list() -> None:
    works = some_works(rows=4, tasks=4)
    run(works, TO_COMPLETE, [task_id(0)])
    operation = ActOnTasks(project_id=PROJECT, apply=SetPriority(priority=1), stage=StageId("agent"))

    assert run(works, operation).units == 3
    assert [works.task(number).priority for number in range(4)] == [0.5, 1, 1, 1]


def test_a_unit_that_fails_is_told_and_stops_nothing() -> None:
    works = some_works(rows=1, tasks=1)

    job = run(works, TO_COMPLETE, ["nowhere", task_id(0)])
    batch = works.store.get(BULK_BATCHES, bulk_batch_key(job.id, 0))
    assert (job.status, batch.done, [failure.unit for failure in batch.failed]) == (JobStatus.DONE, 1, ["nowhere"])
    assert batch.failed[0].reason.startswith("There is no task here")


class Busy(MemoryStore):
    """A table that takes no second change, but every other."""

    def __init__(self, whole: MemoryStore) -> None:
        super().__init__()
        self._records, self._asked = whole._records, 0

    def commit(self, changes: Sequence[Change], events: Sequence[Event] = ()) -> None:
        self._asked += 1
        if self._asked == 2:
            raise Throttled("Too much is asked of the table at once; try again.")
        super().commit(changes, events)


def test_a_table_that_takes_no_more_fails_no_unit_but_has_the_batch_tried_again() -> None:
    works = some_works(rows=3, tasks=3)
    job = bulking.start(TO_COMPLETE, [task_id(number) for number in range(3)], ADMIN, works.ports)
    bulking.plan(JobRef(job_id=job.id), works.ports)
    batch = BatchRef(job_id=job.id, number=0)

    with pytest.raises(Throttled):
        bulking.apply(batch, replace(works.ports, store=Busy(works.store)))
    again = bulking.apply(batch, works.ports)

    assert (again.done, again.failed) == (3, 0)
    assert set(works.stages(3)) == {"complete"}


def test_a_collection_is_reopened_prioritised_and_commented_once() -> None:
    works = some_works(rows=2, tasks=2)
    run(works, TO_COMPLETE, [task_id(0)])

    job = run(works, SEND, [task_id(0), task_id(1)])
    task = works.task(0)
    issues = list(works.store.every(ISSUES, of_task(task.id), Query(prefix="ISSUE#")))
    assert (task.stage, task.priority, [issue.comments[0].content for issue in issues]) == (
        "annotate",
        0.9,
        ["the mirrors"],
    )
    assert works.store.events[-1].model_dump(include={"kind", "tasks", "id"}) == {
        "kind": "collection.sent",
        "tasks": 2,
        "id": job.id,
    }


def test_a_comment_is_made_once_although_its_batch_is_repeated() -> None:
    works = some_works(rows=1, tasks=1)
    job = bulking.start(SEND, [task_id(0)], ADMIN, works.ports)
    bulking.plan(JobRef(job_id=job.id), works.ports)
    for _ in range(2):
        assert applying.carry_out(works.job(job.id), [task_id(0)], works.ports) == []
    assert works.task(0).open_issues == 1


def test_reopening_what_is_being_annotated_is_done_already() -> None:
    works = some_works(rows=1, tasks=1)
    operation = ActOnTasks(project_id=PROJECT, apply=Reopen())
    run(works, operation, [task_id(0)])

    assert bulking.progress(run(works, operation, [task_id(0)]), works.store).done == 1
    assert [event.kind for event in works.store.events].count("task.reopened") == 1


def test_a_cancelled_job_carries_out_no_further_batch() -> None:
    works = some_works(rows=1, tasks=1)
    job = bulking.start(TO_COMPLETE, [task_id(0)], ADMIN, works.ports)
    bulking.plan(JobRef(job_id=job.id), works.ports)

    cancelled = bulking.cancel(works.job(job.id), works.ports)
    assert bulking.apply(BatchRef(job_id=job.id, number=0), works.ports).done == 0
    assert bulking.close(Closing(job_id=job.id), works.ports).status is JobStatus.CANCELLED
    assert works.stages(1) == ["agent"]
    with pytest.raises(Conflict):
        bulking.cancel(cancelled, works.ports)


def test_a_job_that_broke_off_is_resumed_where_it_stopped() -> None:
    works = some_works(rows=BATCH + 1)
    job = bulking.start(CREATE, None, ADMIN, works.ports)
    planned = bulking.plan(JobRef(job_id=job.id), works.ports)
    bulking.apply(BatchRef(job_id=job.id, number=0), works.ports)
    closing = Closing(job_id=job.id, error={"Error": "States.Timeout", "Cause": ""})
    assert bulking.close(closing, works.ports).status is JobStatus.ERROR

    bulking.resume(works.job(job.id), works.ports)
    assert bulking.plan(JobRef(job_id=job.id), works.ports) == planned
    bulking.apply(BatchRef(job_id=job.id, number=1), works.ports)
    assert bulking.close(Closing(job_id=job.id), works.ports).status is JobStatus.DONE
    assert len(works.machines.started) == 2


def test_only_who_asked_sees_a_job() -> None:
    works = some_works(rows=0)
    job = bulking.start(CREATE, None, ADMIN, works.ports)

    assert bulking.visible(job.id, ADMIN, works.store).id == job.id
    with pytest.raises(NotFound):
        bulking.visible(job.id, ADMIN.model_copy(update={"user_id": "bob"}), works.store)

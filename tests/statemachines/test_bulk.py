"""The bulk machine from its file: batches are carried out, and a job that breaks off is closed as such."""

import json
from collections.abc import Iterator
from typing import Final

import pytest

from gloss import wiring
from gloss.adapters.memory import MemoryBlobs
from gloss.domain.bulk import BATCH, MOST_UNITS, BulkJob, CreateTasks, JobStatus
from gloss.services import bulking
from tests.builders_bulk import ADMIN, DATASET, PROJECT, Works, some_works
from tests.walk import MACHINES, walk

#: So many entries a run's history may have; a function takes five, another state two, an iteration two beside.
HISTORY: Final = 25_000


class FullDisk(MemoryBlobs):
    """Blobs that take nothing more."""

    def put(self, key: str, body: bytes, content_type: str = "") -> None:
        raise OSError("no space left")


@pytest.fixture
def works() -> Iterator[Works]:
    made = some_works(rows=3)
    ports = made.ports
    with wiring.standing_in(store=ports.store, blobs=ports.blobs, machines=ports.machines, clock=ports.clock):
        yield made


def begun(works: Works) -> BulkJob:
    return bulking.start(CreateTasks(project_id=PROJECT, dataset_id=DATASET), None, ADMIN, works.ports)


def test_a_job_of_the_most_units_fits_twice_into_the_history_of_a_run() -> None:
    machine = json.loads((MACHINES / "bulk.asl.json").read_text())
    states = machine["States"]["Batches"]["ItemProcessor"]["States"].values()

    entries = 2 + sum(5 if state["Type"] == "Task" else 2 for state in states)

    assert entries * MOST_UNITS / BATCH < HISTORY / 2


def test_a_job_walks_from_plan_to_close(works: Works) -> None:
    job = begun(works)

    assert walk("bulk", "bulk", {"job_id": job.id}) == {"status": "DONE"}
    assert works.stages(3) == ["agent"] * 3


def test_a_job_that_breaks_off_is_closed_with_an_error(works: Works) -> None:
    job = begun(works)
    with wiring.standing_in(blobs=FullDisk()):
        outcome = walk("bulk", "bulk", {"job_id": job.id})

    assert outcome == {"status": "ERROR"}
    assert works.job(job.id).status is JobStatus.ERROR


def test_a_job_that_broke_off_is_resumed_and_ends_well(works: Works) -> None:
    job = begun(works)
    with wiring.standing_in(blobs=FullDisk()):
        walk("bulk", "bulk", {"job_id": job.id})

    bulking.resume(works.job(job.id), works.ports)
    assert walk("bulk", "bulk", {"job_id": job.id}) == {"status": "DONE"}
    assert works.stages(3) == ["agent"] * 3

"""Jobs whose machine is gone: told honestly, and resumed where they stopped."""

import pytest

from gloss.domain.errors import Conflict
from gloss.domain.job import Job, JobStatus
from gloss.kinds.register import JOBS, job_key
from gloss.services import finishing, planning, registering, resuming, submitting
from gloss.services.finishing import Broken, Cause
from gloss.services.submitting import MACHINE
from tests.builders_media import an_image
from tests.builders_register import CALLER, Desk, a_desk

IMAGES = {f"s3://bkt/{number}.png": an_image(size=(20 + number, 10)) for number in range(2)}


def begun(desk: Desk, rows: int = 60) -> Job:
    """A job of two batches, the first of which is done."""
    job = desk.submit({"images": [{"objectUrl": f"s3://bkt/{at % 2}.png"} for at in range(rows)]})
    planning.plan(job.id, desk.ports)
    registering.register(job.id, 0, desk.media_of, desk.ports)
    return stored(desk, job)


def stored(desk: Desk, job: Job) -> Job:
    return desk.ports.store.get(JOBS, job_key(job.id))


def let_its_machine_go(desk: Desk, job: Job) -> None:
    desk.ports.machines.ended.add((MACHINE, stored(desk, job).machine_run))  # type: ignore[attr-defined]


def pass_minutes(desk: Desk, minutes: int) -> None:
    desk.ports.clock.pass_time(60 * minutes)  # type: ignore[attr-defined]


def test_a_job_whose_machine_is_gone_says_so() -> None:
    desk = a_desk(IMAGES)
    job = begun(desk)
    let_its_machine_go(desk, job)
    pass_minutes(desk, 3)

    told = resuming.watched(job, desk.ports)

    assert (told.status, told.broke_off) == (JobStatus.ERROR, True)
    assert "resume the job" in str(told.reason)
    assert desk.ports.store.events[-1].kind == "job.finished"  # type: ignore[attr-defined]


def test_a_job_that_is_quiet_but_runs_stays_pending() -> None:
    desk = a_desk(IMAGES)
    job = begun(desk)
    pass_minutes(desk, 14)

    assert resuming.watched(job, desk.ports).status is JobStatus.PENDING


def test_a_machine_is_not_asked_about_while_batches_end() -> None:
    desk = a_desk(IMAGES)
    job = begun(desk)
    let_its_machine_go(desk, job)
    pass_minutes(desk, 1)

    assert resuming.watched(job, desk.ports).status is JobStatus.PENDING


def test_a_job_whose_machine_never_started_is_found_out() -> None:
    desk = a_desk(IMAGES)
    job = desk.submit({"images": [{"objectUrl": "s3://bkt/0.png"}]})
    desk.ports.machines.started.clear()  # type: ignore[attr-defined]
    pass_minutes(desk, 3)

    assert resuming.watched(job, desk.ports).broke_off


def test_a_resumed_job_does_only_the_batches_that_are_left() -> None:
    desk = a_desk(IMAGES)
    job = begun(desk)
    finishing.abandon(Broken(job_id=job.id, error=Cause(error="States.Timeout")), desk.ports)
    rows = {key: body for key, body in desk.ports.blobs.objects.items() if "/rows/" in key}  # type: ignore[attr-defined]
    desk.ports.blobs.objects.pop(job.manifest_key)  # type: ignore[attr-defined]

    again = resuming.resume(job.id, CALLER, desk.ports)

    assert (MACHINE, f"{job.id}-1") in desk.ports.machines.started  # type: ignore[attr-defined]
    assert planning.plan(again.id, desk.ports).batches == (1,)
    assert rows == {key: desk.ports.blobs.get(key) for key in rows}
    assert desk.run(again).progress.done == 60


def test_resuming_a_job_that_runs_changes_nothing() -> None:
    desk = a_desk(IMAGES)
    job = begun(desk)

    assert resuming.resume(job.id, CALLER, desk.ports) == job


def test_a_job_that_lost_its_machine_is_resumed_at_once() -> None:
    desk = a_desk(IMAGES)
    job = begun(desk)
    let_its_machine_go(desk, job)

    assert resuming.resume(job.id, CALLER, desk.ports).run == 1
    assert desk.run(job).job.status is JobStatus.DONE


@pytest.mark.parametrize("how", ["done", "cancelled", "refused"])
def test_a_job_that_is_over_is_not_resumed(how: str) -> None:
    desk = a_desk(IMAGES)
    job = desk.submit({"images": [{"objectUrl": "s3://bkt/0.png"}]})
    if how == "cancelled":
        submitting.cancel(job.id, CALLER, desk.ports)
    if how == "refused":
        desk.ports.blobs.put(job.manifest_key, b"{")
    desk.run(job)

    with pytest.raises(Conflict):
        resuming.resume(job.id, CALLER, desk.ports)


def test_the_end_of_an_older_run_does_not_end_the_job() -> None:
    desk = a_desk(IMAGES)
    job = begun(desk)
    let_its_machine_go(desk, job)
    resuming.resume(job.id, CALLER, desk.ports)

    finishing.abandon(Broken(job_id=job.id, run=job.machine_run), desk.ports)

    assert stored(desk, job).status is JobStatus.PENDING


def test_the_time_left_of_a_resumed_job_forgets_the_wait() -> None:
    desk = a_desk(IMAGES)
    job = begun(desk, rows=200)
    pass_minutes(desk, 600)
    let_its_machine_go(desk, job)
    again = resuming.resume(job.id, CALLER, desk.ports)
    pass_minutes(desk, 1)
    registering.register(job.id, 1, desk.media_of, desk.ports)

    found = desk.followed(again).progress

    assert (found.units_per_second, found.seconds_left) == (50 / 60, 120)

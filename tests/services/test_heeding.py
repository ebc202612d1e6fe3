"""Runs that are lost: what they worked on ends with the reason, once, unless another run has it by now."""

import pytest

from gloss.adapters.memory import memory_ports
from gloss.domain.bulk import CreateTasks
from gloss.domain.bulk import JobStatus as BulkStatus
from gloss.domain.export import Export, ExportFormat, ExportRequest, ExportStatus
from gloss.domain.job import Job, JobStatus
from gloss.domain.late_answer import LateAnswer, LateStatus
from gloss.domain.lost_run import LostRun
from gloss.domain.model import ExportId, OrgId, ProjectId, UserId
from gloss.kinds.export import EXPORTS, export_key
from gloss.kinds.late import LATE_ANSWERS, late_answer_key
from gloss.kinds.register import JOBS, TALLIES, job_key, tallies_of
from gloss.ports import Ports, Save
from gloss.services import bulking, heeding, planning, registering, resuming, submitting, syncing, tallying
from tests.builders_bulk import ADMIN, DATASET, PROJECT, some_works
from tests.builders_media import an_image
from tests.builders_register import CALLER, Desk, a_desk
from tests.builders_sync import Mirror, a_mirror

MANIFEST = {"images": [{"objectUrl": "s3://bkt/0.png"}]}


def lost(job: Job) -> LostRun:
    """The end of the run that works on a job."""
    payload = {"job_id": job.id}
    return LostRun(machine="registration", name=job.machine_run, why="its run was ABORTED", payload=payload)


def lost_sync(mirror: Mirror, run: str) -> LostRun:
    return LostRun(machine="folder_sync", name=run, why="States.Timeout", payload={"folder_id": mirror.folder_id})


def a_job() -> tuple[Desk, Job]:
    desk = a_desk({"s3://bkt/0.png": an_image(size=(20, 10))})
    return desk, desk.submit(MANIFEST)


def stored(desk: Desk, job: Job) -> Job:
    return desk.ports.store.get(JOBS, job_key(job.id))


def events(ports: Ports) -> list[str]:
    return [event.kind for event in ports.store.events]  # type: ignore[attr-defined]


def test_a_job_whose_run_is_lost_says_so_at_once() -> None:
    desk, job = a_job()

    heeding.heed(lost(job), desk.ports)

    told = stored(desk, job)
    assert (told.status, told.broke_off) == (JobStatus.ERROR, True)
    assert "its run was ABORTED" in str(told.reason)


def test_being_told_twice_changes_nothing_more() -> None:
    desk, job = a_job()
    heeding.heed(lost(job), desk.ports)
    once = stored(desk, job)

    heeding.heed(lost(job), desk.ports)

    assert stored(desk, job) == once
    assert events(desk.ports).count("job.finished") == 1


def test_a_late_word_of_an_older_run_leaves_a_resumed_job_alone() -> None:
    desk, job = a_job()
    heeding.heed(lost(job), desk.ports)
    again = resuming.resume(job.id, CALLER, desk.ports)

    heeding.heed(lost(job), desk.ports)

    assert stored(desk, job) == again
    assert desk.run(again).job.status is JobStatus.DONE


@pytest.mark.parametrize("how", ["done", "cancelled"])
def test_a_job_that_is_over_stays_as_it_is(how: str) -> None:
    desk, job = a_job()
    ended = desk.run(job).job if how == "done" else submitting.cancel(job.id, CALLER, desk.ports)

    heeding.heed(lost(job), desk.ports)

    assert stored(desk, job) == ended


def test_what_a_cancelled_job_registered_is_summed_up_when_its_run_is_told_of() -> None:
    desk, job = a_job()
    batch = planning.plan(job.id, desk.ports).batches[0]
    registering.register(job.id, batch, desk.media_of, desk.ports)
    submitting.cancel(job.id, CALLER, desk.ports)
    waiting = desk.ports.store.page(TALLIES, tallies_of(job.folder_id)).entries

    heeding.heed(lost(job), desk.ports)

    assert len(waiting) == 1
    assert desk.ports.store.page(TALLIES, tallies_of(job.folder_id)).entries == ()
    assert sum(tallying.summary(job.folder_id, desk.ports.store).items.values()) == 1


def test_a_sync_whose_run_is_lost_can_be_resumed() -> None:
    mirror = a_mirror({"a.txt": b"one"})
    run = mirror.start().run
    heeding.heed(lost_sync(mirror, run), mirror.ports)
    broken = mirror.latest().sync

    syncing.resume(mirror.folder, mirror.ports)
    heeding.heed(lost_sync(mirror, run), mirror.ports)

    assert (broken.status, broken.reason) == (JobStatus.ERROR, "The sync broke off (States.Timeout); resume it.")
    assert mirror.latest().sync.status is JobStatus.PENDING


def test_a_run_without_a_sync_leaves_nothing_to_end() -> None:
    mirror = a_mirror({"a.txt": b"one"})

    heeding.heed(lost_sync(mirror, "daily-1"), mirror.ports)

    assert syncing.find_latest(mirror.folder_id, mirror.ports.store) is None


def test_an_export_whose_run_is_lost_ends_once_with_the_reason() -> None:
    ports = memory_ports()
    made = Export(
        id=ExportId("export-1"),
        org_id=OrgId("acme"),
        project_id=ProjectId("project-1"),
        request=ExportRequest(format=ExportFormat.JSON),
        created_by=UserId("ann"),
        created_at=ports.clock.now(),
    )
    ports.store.commit([Save(EXPORTS, made)])
    word = LostRun(machine="export", name=made.id, why="its run was ABORTED", payload={"export_id": made.id})

    heeding.heed(word, ports)
    heeding.heed(word, ports)

    ended = ports.store.get(EXPORTS, export_key(made.id))
    assert (ended.status, ended.reason) == (ExportStatus.ERROR, "The export broke off: its run was ABORTED")
    assert events(ports) == ["export.finished"]


def test_a_bulk_job_whose_run_is_lost_ends_unless_it_was_resumed() -> None:
    works = some_works(rows=2)
    job = bulking.start(CreateTasks(project_id=PROJECT, dataset_id=DATASET), None, ADMIN, works.ports)
    word = LostRun(machine="bulk", name=job.id, why="its run was ABORTED", payload={"job_id": job.id})
    heeding.heed(word, works.ports)
    broken = works.job(job.id)

    again = bulking.resume(broken, works.ports)
    heeding.heed(word, works.ports)

    assert (broken.status, works.job(job.id)) == (BulkStatus.ERROR, again)
    assert ("bulk", again.machine_run) in works.machines.started
    heeding.heed(word.model_copy(update={"name": again.machine_run}), works.ports)
    assert works.job(job.id).status is BulkStatus.ERROR


def test_a_late_answer_whose_run_is_lost_is_refused_to_who_waits() -> None:
    ports = memory_ports()
    asked = {"user_id": "ada", "resource": "project", "resource_id": "p", "query_type": "labelrow", "method": "GET"}
    late = LateAnswer.model_validate({"id": "x", **asked, "created_at": ports.clock.now(), "expires": 1})
    ports.store.commit([Save(LATE_ANSWERS, late)])

    heeding.heed(LostRun(machine="late_answer", name="x", why="ABORTED", payload={"answer_id": "x"}), ports)

    assert ports.store.get(LATE_ANSWERS, late_answer_key("x")).status is LateStatus.REFUSED

"""The row report: every unit's outcome once, by its row, while the job runs and when it has ended."""

import json
from urllib.parse import urlsplit

from gloss.domain.job import Job
from gloss.kinds.register import JOBS, job_key
from gloss.services import finishing, planning, recounting, registering, submitting
from gloss.services.finishing import Broken
from gloss.services.recounting import Report
from tests.builders_media import an_image
from tests.builders_register import CALLER, Desk, a_desk

IMAGES = {f"s3://bkt/{number}.png": an_image(size=(20, 10)) for number in range(3)}


def lines(*numbers: int) -> str:
    rows = [{"kind": "image", "objectUrl": f"s3://bkt/{number}.png"} for number in numbers]
    return "\n".join(json.dumps(row) for row in rows)


def a_report(job: Job, desk: Desk) -> Report:
    return recounting.report(desk.ports.store.get(JOBS, job_key(job.id)), desk.ports.blobs)


def read(report: Report, desk: Desk) -> list[tuple[object, ...]]:
    """Row, path, status and error of each line of a report."""
    body = desk.ports.blobs.get(urlsplit(report.url).path.lstrip("/"))
    told = [json.loads(line) for line in body.splitlines()]
    return [(each["row"], each["path"], each["status"], each.get("error")) for each in told]


def test_a_report_tells_every_line_and_what_became_of_it() -> None:
    desk = a_desk(IMAGES)

    job = desk.register(ndjson=lines(0) + '\n{"kind": "image"\n\n' + lines(9, 1)).job

    report = a_report(job, desk)
    assert (report.partial, report.batches, report.batches_total) == (False, 1, 1)
    assert read(report, desk) == [
        (1, "line 1", "done", None),
        (2, "line 2", "error", "line 2: column 16: EOF while parsing an object"),
        (4, "line 4", "error", "There is no object at s3://bkt/9.png."),
        (5, "line 5", "done", None),
    ]


def test_a_report_of_json_names_the_path_in_the_manifest() -> None:
    desk = a_desk(IMAGES)

    job = desk.register({"images": [{"objectUrl": "s3://bkt/0.png"}, {"objectUrl": 5}]}).job

    assert [each[:3] for each in read(a_report(job, desk), desk)] == [
        (0, "images[0]", "done"),
        (1, "images[1].objectUrl", "error"),
    ]


def test_a_report_of_json_names_the_line_of_every_row() -> None:
    desk = a_desk({url: IMAGES[url] for url in list(IMAGES)[:2]})
    rows = [{"objectUrl": url} for url in IMAGES] + [{"objectUrl": "s3://bkt/0.png", "clientMetadata": {"$own": 1}}, 5]

    job = desk.register(json.dumps({"images": rows}, indent=1)).job

    body = desk.ports.blobs.get(urlsplit(a_report(job, desk).url).path.lstrip("/"))
    told = [json.loads(line) for line in body.splitlines()]
    assert [(each["status"], each["line"]) for each in told] == [
        ("done", 3),
        ("done", 6),
        ("error", 9),
        ("error", 12),
        ("error", 18),
    ]


def test_a_report_of_a_running_job_says_that_it_is_partial() -> None:
    desk = a_desk(IMAGES)
    job = desk.submit(ndjson=lines(*[0] * 60))
    planned = planning.plan(job.id, desk.ports)

    before = a_report(job, desk)
    registering.register(job.id, planned.batches[1], desk.media_of, desk.ports)
    after = a_report(job, desk)

    assert (before.partial, before.batches, before.batches_total) == (True, 0, 2)
    assert (after.partial, after.batches, [each[0] for each in read(after, desk)]) == (True, 1, list(range(51, 61)))


def test_a_cancelled_job_reports_what_was_decided_even_later() -> None:
    desk = a_desk(IMAGES)
    job = desk.submit(ndjson=lines(*[0] * 60))
    planned = planning.plan(job.id, desk.ports)
    media_of = desk.media_of

    def cancelling(integration: object) -> object:
        submitting.cancel(job.id, CALLER, desk.ports)
        a_report(job, desk)
        return media_of(None)

    registering.register(job.id, planned.batches[0], cancelling, desk.ports)  # type: ignore[arg-type]

    report = a_report(job, desk)
    assert (report.partial, report.batches, len(read(report, desk))) == (False, 1, 50)


def test_a_job_that_broke_off_reports_what_it_did() -> None:
    desk = a_desk(IMAGES)
    job = desk.submit(ndjson=lines(0))
    planning.plan(job.id, desk.ports)
    registering.register(job.id, 0, desk.media_of, desk.ports)

    finishing.abandon(Broken(job_id=job.id), desk.ports)

    assert len(read(a_report(job, desk), desk)) == 1


def test_the_report_of_an_unreadable_manifest_is_empty() -> None:
    desk = a_desk({})
    upload = submitting.invite_manifest(desk.folder.id, submitting.NewManifest(), desk.ports)
    desk.ports.blobs.put(upload.manifest_key, b"[")

    job = desk.register(manifest_key=upload.manifest_key).job

    assert read(a_report(job, desk), desk) == []

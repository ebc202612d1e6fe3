"""Label rows of any length: uploaded, saved by a job, and read again in ranges of frames."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.bulk import apply, close, plan
from functions.bulk.app import handler as bulk
from functions.workflow.app import handler as workflow
from gloss.domain.access import Role
from gloss.domain.workflow import labelled
from gloss.domain.workflow.task import Task
from gloss.kinds.workflow import LABEL_SAVES, TASKS, label_save_key, task_key
from gloss.services import comparing, leafing, receiving
from gloss.services.hauling import GONE
from tests.builders_catalog import label
from tests.builders_labels import a_car
from tests.doorway import House, a_house, a_person, call, grant
from tests.functions.test_large_label_rows import a_long_ride, a_video_task, query


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        yield made


def invited(task: Task, size: int, **sent: Any) -> Any:
    base = f"/v1/projects/{task.project_id}/label-rows/{task.id}"
    return call(workflow, "POST", f"{base}/uploads", {"size_bytes": size}, **sent)


def started(house: House, task: Task, body: bytes, **sent: Any) -> Any:
    """A job over labels that were uploaded."""
    key = invited(task, len(body)).body["upload_key"]
    house.ports.blobs.put(key, body)
    return call(bulk, "POST", f"/v1/projects/{task.project_id}/label-rows/{task.id}/jobs", {"upload_key": key}, **sent)


def run(job_id: str, times: int = 1) -> Any:
    """The job as the machine carries it out, its one batch so often; how it stands then."""
    planned = plan.handler({"job_id": job_id}, None)
    for _ in range(times):
        while apply.handler({"job_id": job_id, "number": planned["batches"][0]}, None)["more"]:
            pass
    close.handler(planned, None)
    return call(bulk, "GET", f"/v1/bulk-jobs/{job_id}").body


def stored(house: House, task: Task) -> Task:
    return house.ports.store.get(TASKS, task_key(task.id))


def test_a_job_saves_a_row_once_that_the_sdk_loads_as_any_other(house: House) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(20_000))
    before = query(task, "labelrow", "GET", [task.id], {"include_object_feature_hashes": None})

    job = run(started(house, task, json.dumps(a_long_ride(20_000)).encode()).body["id"], times=2)
    after = query(task, "labelrow", "GET", [task.id], {})

    assert (job["status"], job["progress"]) == ("DONE", {"done": 1, "failed": 0, "pending": 0})
    assert stored(house, task).row_version == 2
    assert rows(house, after)["data_units"] == rows(house, before)["data_units"]
    assert rows(house, after)["object_answers"] == rows(house, before)["object_answers"]


def rows(house: House, answer: Any) -> Any:
    """The one row that an answer's location holds."""
    key = answer.headers["Location"].split("?")[0].partition("invalid/")[2]
    return json.loads(house.ports.blobs.get(key))["response"][0]


def test_what_does_not_fit_fails_the_job_with_its_path_and_changes_nothing(house: House) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(1))

    job_id = started(house, task, json.dumps(a_long_ride(100_002)).encode()).body["id"]

    assert run(job_id)["progress"] == {"done": 0, "failed": 1, "pending": 0}
    (failed,) = call(bulk, "GET", f"/v1/bulk-jobs/{job_id}/failed-items").body["entries"]
    assert "objects[0].frames.100000: the media have 100000 frames" in failed["reason"]
    assert stored(house, task).row_version == 1


def test_a_long_row_is_brought_back_by_its_history(house: House) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(1))
    run(started(house, task, json.dumps(a_long_ride(9)).encode()).body["id"])
    label(house, task, a_long_ride(2))
    path = f"/v1/projects/{task.project_id}/tasks/{task.id}/labels"

    assert call(workflow, "POST", f"{path}/restore", {"row_version": 2}).status == 200
    assert tuple(leafing.body_of(stored(house, task).label_sha256, house.ports.blobs).frames) == tuple(range(9))
    assert call(workflow, "GET", path).status == 413


def test_a_job_tells_how_far_it_is_and_is_cancelled_between_two_steps(house: House) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(1))
    job_id = started(house, task, json.dumps(a_long_ride(9)).encode()).body["id"]
    batch = {"job_id": plan.handler({"job_id": job_id}, None)["job_id"], "number": 0}

    assert apply.handler(batch, None)["more"]
    told = call(bulk, "GET", f"/v1/bulk-jobs/{job_id}").body
    assert (told["share"], told["time_left_s"]) == (0.7, 0)
    assert call(bulk, "POST", f"/v1/bulk-jobs/{job_id}/cancel").body["share"] is None
    assert not apply.handler(batch, None)["more"]
    assert stored(house, task).row_version == 1


def test_a_cancelled_job_is_resumed_where_it_stopped(house: House) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(1))
    job_id = started(house, task, json.dumps(a_long_ride(9)).encode()).body["id"]
    plan.handler({"job_id": job_id}, None)
    apply.handler({"job_id": job_id, "number": 0}, None)
    call(bulk, "POST", f"/v1/bulk-jobs/{job_id}/cancel")
    call(bulk, "POST", f"/v1/bulk-jobs/{job_id}/resume")

    assert run(job_id)["status"] == "DONE"
    assert stored(house, task).row_version == 2


def test_a_job_resumed_too_late_says_that_its_upload_is_gone(house: House) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(1))
    job_id = started(house, task, json.dumps(a_long_ride(9)).encode()).body["id"]
    call(bulk, "POST", f"/v1/bulk-jobs/{job_id}/cancel")
    house.ports.blobs.remove(list(house.ports.blobs.keys("tmp/")))
    call(bulk, "POST", f"/v1/bulk-jobs/{job_id}/resume")

    assert run(job_id)["progress"] == {"done": 0, "failed": 1, "pending": 0}
    (failed,) = call(bulk, "GET", f"/v1/bulk-jobs/{job_id}/failed-items").body["entries"]
    assert failed["reason"] == GONE
    assert stored(house, task).row_version == 1


def test_a_row_of_many_labels_is_judged_as_a_whole(house: House) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(1))
    cars = [a_car(id=f"car{number:05}") for number in range(labelled.MOST_REVIEWED + 1)]

    run(started(house, task, json.dumps({"objects": cars}).encode()).body["id"])

    assert stored(house, task).objects == labelled.MOST_REVIEWED + 1
    assert call(workflow, "GET", f"/v1/projects/{task.project_id}/tasks/{task.id}/reviews").body["entries"] == []


def test_an_upload_is_signed_for_its_size_and_has_one(house: House) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(1))

    assert invited(task, 512).body["url"].endswith("&size=512")
    assert invited(task, receiving.LONGEST_BYTES + 1).status == 422


def test_who_may_not_label_starts_no_job(house: House) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(1))
    viewer = a_person(house, "vera@acme.io")
    grant(house, "vera@acme.io", f"project:{task.project_id}", Role.VIEWER)

    assert started(house, task, b"{}", token=viewer).status == 403
    assert not [machine for machine, _ in house.ports.machines.started if machine == "bulk"]


def test_a_job_takes_no_other_row_s_upload(house: House) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(1))
    path = f"/v1/projects/{task.project_id}/label-rows/{task.id}/jobs"

    assert call(bulk, "POST", path, {"upload_key": "tmp/labels/other/x.json"}).status == 404


def test_the_log_tells_the_edits_of_a_long_row_by_its_first_frames(house: House) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(1))
    run(started(house, task, json.dumps({"objects": [a_car(id="car00002")]}).encode()).body["id"])
    save = house.ports.store.get(LABEL_SAVES, label_save_key(task.id, 2))

    told = comparing.edits_from(save, 0, house.ports)

    assert [(it.done, it.label_id) for it in told] == [("DELETE", "car00001"), ("CREATE", "car00002")]

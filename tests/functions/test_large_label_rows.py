"""Label rows that are too large for one request or one answer."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from functions.sdk.app import handler as sdk
from functions.workflow.app import handler as workflow
from gloss import edge
from gloss.domain.access import Role
from gloss.domain.media import Facts, MediaKind
from gloss.domain.workflow.task import Task
from gloss.kinds.workflow import TASKS, task_key
from gloss.services import attaching, receiving
from gloss.services.attaching import Attaching
from tests.builders_catalog import a_dataset, a_folder, a_project, an_item, label, move, tasks_of, the_admin
from tests.builders_labels import a_box, a_car
from tests.doorway import House, a_house, a_person, call, grant


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        yield made


def a_video_task(house: House) -> Task:
    """A video of 100 000 frames that waits to be labelled."""
    facts = Facts(mime_type="video/mp4", width_px=100, height_px=50, fps=25, duration_s=4000, frame_count=100_000)
    dataset = a_dataset(house, items=0)
    a_folder(house, items=0)
    item_id = an_item(house, 9, kind=MediaKind.VIDEO, facts=facts)
    attaching.attach(dataset, Attaching(item_ids=(item_id,)), the_admin(house), house.ports)
    project = a_project(house, dataset).project
    (task,) = tasks_of(house, project)
    return move(house, task, "annotate")


def a_long_ride(frames: int) -> dict[str, Any]:
    """A car on so many frames."""
    return {"objects": [a_car(frames={str(it): {"geometry": a_box()} for it in range(frames)})]}


def upload(house: House, task: Task, body: bytes, token: str | None = None) -> Any:
    """Ask for a URL, put the labels there, and save them."""
    base, sent = f"/v1/projects/{task.project_id}/label-rows/{task.id}", {} if token is None else {"token": token}
    invited = call(workflow, "POST", f"{base}/uploads", {"size_bytes": len(body)}, **sent)
    if invited.status != 200:
        return invited
    house.ports.blobs.put(invited.body["upload_key"], body)
    return call(workflow, "POST", f"{base}/labels", {"upload_key": invited.body["upload_key"]}, **sent)


def query(task: Task, query_type: str, method: str, uid: Any, payload: Any) -> Any:
    """A legacy query of the project."""
    body = {"query_type": query_type, "query_method": method, "values": {"uid": uid, "payload": payload}}
    return call(sdk, "POST", "/public", body, resourcetype="project", resourceid=task.project_id)


def test_labels_above_the_gateway_s_limit_are_saved_by_upload(house: House) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(1))
    body = json.dumps(a_long_ride(60_000), indent=1).encode()

    saved = upload(house, task, body)

    assert len(body) > 6 * 2**20
    assert (saved.status, saved.body["row_version"]) == (200, 2)


def test_a_label_row_as_the_sdk_writes_it_is_saved_by_upload(house: House) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(3))
    row = query(task, "labelrow", "GET", [task.id], {"get_signed_url": False}).body["response"][0]

    saved = upload(house, task, json.dumps(row).encode())

    assert (saved.status, saved.body["row_version"]) == (200, 2)
    assert query(task, "labelrow", "GET", [task.id], {}).body["response"][0]["object_answers"] == row["object_answers"]


def test_a_label_row_above_the_answer_s_limit_is_fetched_from_the_bucket(house: House) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(20_000))

    answer = query(task, "labelrow", "GET", [task.id], {"get_signed_url": False})

    key = urlsplit(answer.headers["Location"]).path.lstrip("/")
    fetched = json.loads(house.ports.blobs.get(key))
    assert answer.status == 303
    assert len(house.ports.blobs.get(key)) > edge.LARGEST_ANSWER
    assert len(fetched["response"][0]["data_units"][task.data_id]["labels"]) == 20_000


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 422), (b'{"objects": [{"id": 3}]}', 422), (b'{"data_units": 3}', 422), (b"NaN", 400)],
)
def test_an_upload_that_is_no_label_row_is_refused(house: House, body: bytes, status: int) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(1))

    assert upload(house, task, body).status == status
    assert house.ports.store.get(TASKS, task_key(task.id)).row_version == 1


def test_an_upload_above_the_limit_is_refused_while_it_is_read(house: House) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(1))

    refused = upload(house, task, b" " * (receiving.MOST_BYTES + 1))

    assert refused.status == 413


def test_another_row_s_upload_is_not_found(house: House) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(1))
    path = f"/v1/projects/{task.project_id}/label-rows/{task.id}/labels"

    assert call(workflow, "POST", path, {"upload_key": "tmp/labels/other/x.json"}).status == 404


def test_a_viewer_is_given_no_url_for_labels(house: House) -> None:
    task = a_video_task(house)
    label(house, task, a_long_ride(1))
    viewer = a_person(house, "vera@acme.io")
    grant(house, "vera@acme.io", f"project:{task.project_id}", Role.VIEWER)

    assert upload(house, task, b"{}", viewer).status == 403

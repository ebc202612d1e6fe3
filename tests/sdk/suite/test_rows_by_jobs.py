"""Label rows that are too large for a request: uploaded as the SDK writes them, saved by a job, loaded by the SDK."""

import json
import time
from typing import Any

import pytest
import requests
from conftest import a_client
from encord import EncordUserClient, Project
from encord.objects.ontology_labels_impl import LabelRowV2
from projects import a_video, api
from test_data_groups import BOX, a_grouped_project, a_row, an_instance, everything_said
from test_label_rows import a_labelled_project, draw

Target = dict[str, Any]
WITHIN_S = 60


def saved_by_a_job(target: Target, project: Project, row: LabelRowV2) -> Any:
    """The job, once it is over, that saved a row as the SDK has it now."""
    body = json.dumps(row.to_encord_dict()).encode()
    place = f"/v1/projects/{project.project_hash}/label-rows/{row.label_hash}"
    invited = api(target, "POST", f"{place}/uploads", {"size_bytes": len(body)})
    assert requests.put(invited["url"], data=body, timeout=60).ok
    job = api(target, "POST", f"{place}/jobs", {"upload_key": invited["upload_key"]})
    end = time.monotonic() + WITHIN_S
    while job["status"] in ("PENDING", "RUNNING") and time.monotonic() < end:
        job = api(target, "GET", f"/v1/bulk-jobs/{job['id']}")
    return job


@pytest.mark.shows("LabelRowV2.initialise_labels")
def test_a_row_saved_by_a_job_is_loaded_as_it_was_written(target: Target, client: EncordUserClient) -> None:
    project = a_labelled_project(target, client, a_video(target))
    row = a_row(project)
    for frame in (0, 3, 9):
        draw(row, frame, x=0.1 + frame / 20)
    row.save()
    before = a_row(project)

    assert saved_by_a_job(target, project, before)["progress"] == {"done": 1, "failed": 0, "pending": 0}

    again = a_row(a_client(target).get_project(project.project_hash))
    assert again.to_encord_dict()["data_units"] == before.to_encord_dict()["data_units"]
    assert len(again.get_object_instances()) == 3


@pytest.mark.shows("LabelRowV2.initialise_labels")
def test_a_group_s_row_saved_by_a_job_is_loaded_space_by_space(target: Target, client: EncordUserClient) -> None:
    project = a_grouped_project(client, target)
    row = a_row(project)
    car = an_instance(row, "Car")
    row.get_space(layout_key="picture", type_="image").put_object_instance(car, BOX)
    row.get_space(layout_key="film", type_="video").put_object_instance(car, [3, 4], BOX)
    row.save()
    before = a_row(project)

    assert saved_by_a_job(target, project, before)["status"] == "DONE"

    again = a_row(a_client(target).get_project(project.project_hash))
    assert everything_said(again) == everything_said(before)
    assert sum(len(it.get_object_instances()) for it in again.get_spaces()) == 2

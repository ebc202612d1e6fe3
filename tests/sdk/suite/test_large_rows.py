"""A label row that is larger than any function takes: refused with the way for it, and saved by that way."""

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from builders import an_ontology
from encord import EncordUserClient
from encord.exceptions import PayloadTooLargeError
from encord.http.constants import RequestsSettings
from encord.objects import LabelRowV2
from encord.objects.coordinates import BoundingBoxCoordinates
from projects import a_project, a_video

Target = dict[str, Any]
FRAMES = 12
CARS = 1_500


@dataclass(frozen=True)
class Refused:
    """A row of many boxes, and what the client was told when it saved it."""

    client: EncordUserClient
    project: str
    row: LabelRowV2
    told: str

    @property
    def body(self) -> bytes:
        return json.dumps(self.row.to_encord_dict()).encode()


@pytest.fixture(scope="module")
def refused(target: Target) -> Refused:
    """The client tries again as often as ever, only without a pause."""
    client = EncordUserClient.create_with_ssh_private_key(
        ssh_private_key_path=target["keys"]["admin"],
        domain=target["url"],
        requests_settings=RequestsSettings(backoff_factor=0),
    )
    project = a_project(target, an_ontology(client).ontology_hash, a_video(target))
    row = _row(client, project)
    _draw(row)
    with pytest.raises(PayloadTooLargeError) as failure:
        row.save()
    return Refused(client, project, row, str(failure.value))


def _row(client: EncordUserClient, project: str) -> LabelRowV2:
    (row,) = client.get_project(project).list_label_rows_v2()
    row.initialise_labels()
    return row


def _draw(row: LabelRowV2) -> None:
    car = row.ontology_structure.objects[0]
    for number in range(CARS):
        drawn, left = car.create_instance(), number / (2 * CARS)
        drawn.set_for_frames(BoundingBoxCoordinates(0.25, 0.5, left, 0.125), frames=list(range(FRAMES)))
        row.add_object_instance(drawn)


def _again(refused: Refused) -> LabelRowV2:
    return _row(refused.client, refused.project)


@pytest.mark.shows("LabelRowV2.save")
def test_a_save_that_is_too_large_names_the_uploads_and_changes_nothing(refused: Refused) -> None:
    assert len(refused.body) > 5 * 2**20
    assert "At most 5 MB a request" in refused.told
    assert "POST /v1/projects/{project_id}/label-rows/{label_hash}/uploads" in refused.told
    assert _again(refused).get_object_instances() == []


def test_the_way_that_the_refusal_names_saves_the_row_with_the_clients_own_token(
    refused: Refused, target: Target
) -> None:
    (way,) = re.findall(r"POST (/v1/\S+/uploads)", refused.told)
    uploads = target["url"] + way.format(project_id=refused.project, label_hash=refused.row.label_hash)
    bearer = {"Authorization": f"Bearer {refused.client.get_bearer_token()}"}

    invited = requests.post(uploads, json={"size_bytes": len(refused.body)}, headers=bearer, timeout=30).json()
    put = requests.put(invited["url"], refused.body, timeout=60)
    labels = uploads.replace("/uploads", "/labels")
    saved = requests.post(labels, json={"upload_key": invited["upload_key"]}, headers=bearer, timeout=60)

    assert (put.status_code, saved.status_code) == (200, 200), saved.text
    assert len(_again(refused).get_object_instances()) == CARS

"""Answers that do not fit into one: fetched from the bucket, or made by a run while the client is sent to wait."""

import json
import logging
import re
from typing import Any
from uuid import uuid4

import pytest
import requests
from encord import EncordUserClient, Project
from encord.exceptions import InvalidArgumentsError
from encord.objects import Object, TextAttribute
from encord.objects.ontology_labels_impl import LabelRowV2
from projects import api, images
from test_label_rows import a_labelled_project, draw

Target = dict[str, Any]
#: A request tells of so many data units at most.
AT_ONCE = 20_000
ANSWERED = re.compile(r'(http\S+) "[A-Z]+ (/public|/v2/public/answers|/[^/?]+)\S* HTTP/1.1" (\d+) \S+')


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What the client's HTTP library says of each answer."""
    caplog.set_level(logging.DEBUG, logger="urllib3.connectionpool")
    return caplog


def hops(log: pytest.LogCaptureFixture) -> list[tuple[str, str, int]]:
    """Server, beginning of the path, and status of each answer, in order."""
    told = [ANSWERED.fullmatch(record.getMessage()) for record in log.records]
    return [(it[1], it[2], int(it[3])) for it in told if it is not None]


def upload(target: Target, project: Project, row: LabelRowV2) -> None:
    """Save a row of which one request does not take the whole."""
    body = json.dumps(row.to_encord_dict()).encode()
    place = f"/v1/projects/{project.project_hash}/label-rows/{row.label_hash}"
    invited = api(target, "POST", f"{place}/uploads", {"size_bytes": len(body)})
    assert requests.put(invited["url"], body, timeout=60).status_code == 200
    api(target, "POST", f"{place}/labels", {"upload_key": invited["upload_key"]})


def many_names(*known: str) -> list[str]:
    """These among more names of data units than a request looks up."""
    return [*known, *(str(uuid4()) for _ in range(AT_ONCE))]


def names_of(project: Project) -> list[str]:
    return [row.data_hash for row in project.list_label_rows_v2()]


@pytest.mark.shows("LabelRowV2.initialise_labels")
def test_labels_of_five_megabytes_are_fetched_from_the_bucket(
    target: Target, client: EncordUserClient, log: pytest.LogCaptureFixture
) -> None:
    project = a_labelled_project(target, client, images(target))
    (row,) = project.list_label_rows_v2()
    row.initialise_labels()
    car = row.ontology_structure.get_child_by_title("Car as bounding_box", type_=Object)
    plate = car.get_child_by_title("Plate", type_=TextAttribute)
    said = {f"{number:02}".ljust(95_000, "x") for number in range(56)}
    for words in said:
        draw(row)
        row.get_object_instances()[-1].set_answer(words, plate, frames=0)
    upload(target, project, row)
    (again,) = project.list_label_rows_v2()
    log.clear()

    again.initialise_labels()

    read = {each.get_answer(plate)[0].answer for each in again.get_object_instances()}
    asked, fetched = hops(log)
    assert (sum(map(len, said)) > 5 * 2**20, read == said) == (True, True)
    assert (asked[1:], fetched[2]) == (("/public", 303), 200)
    assert asked[0] != fetched[0]


@pytest.mark.shows("Project.list_label_rows_v2")
def test_a_list_that_takes_a_request_too_long_is_waited_for(
    target: Target, client: EncordUserClient, log: pytest.LogCaptureFixture
) -> None:
    project = a_labelled_project(target, client, images(target, 3))
    names = names_of(project)
    log.clear()

    rows = project.list_label_rows_v2(data_hashes=many_names(*names))

    asked, *waited, fetched = hops(log)
    assert sorted(row.data_hash for row in rows) == sorted(names)
    assert (asked[1:], {it[1:] for it in waited}) == (("/public", 303), {("/v2/public/answers", 303)})
    assert (fetched[2], fetched[0] != asked[0]) == (200, True)


@pytest.mark.shows("Project.list_label_rows_v2")
def test_what_is_wrong_with_a_long_list_is_raised_as_for_a_short_one(target: Target, client: EncordUserClient) -> None:
    project = a_labelled_project(target, client, images(target))

    with pytest.raises(InvalidArgumentsError):
        project.list_label_rows_v2(data_hashes=many_names(), branch_name="b", include_all_label_branches=True)

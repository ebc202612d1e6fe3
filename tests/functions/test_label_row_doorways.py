"""Label rows over the legacy wire: who reads and writes them, and what a list of them asks for."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.sdk.app import handler
from gloss.domain.access import Role
from gloss.domain.errors import Invalid
from gloss.domain.project import Project
from gloss.kinds.register import ITEMS, item_key
from gloss.ports import Save
from gloss.sdk.labels.filters import ListPayload, like, wanted
from tests.builders_catalog import a_project, label, move, tasks_of
from tests.builders_labels import a_body_json
from tests.doorway import Answered, House, a_house, a_person, call, grant


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        yield made


def ask(project: Project, what: str, uid: Any = None, payload: Any = None, **more: Any) -> Answered:
    """A legacy query on the project, such as `labelrow GET`."""
    query_type, method = what.split()
    body = {"query_type": query_type, "query_method": method, "values": {"uid": uid, "payload": payload}}
    return call(handler, "POST", "/public", body, resourcetype="project", resourceid=project.id, **more)


def a_viewer(house: House, project: Project) -> str:
    token = a_person(house, "vera@acme.io")
    grant(house, "vera@acme.io", f"project:{project.id}", Role.VIEWER)
    return token


def test_a_viewer_reads_label_rows_and_makes_none(house: House) -> None:
    project = a_project(house).project
    task = label(house, tasks_of(house, project)[0], a_body_json())
    vera = a_viewer(house, project)

    listed = ask(project, "labelrowmetadata GET", payload={}, token=vera)
    read = ask(project, "labelrow GET", [task.id], {}, token=vera)
    made = ask(project, "labelrow PUT", [task.data_id], {}, token=vera)
    saved = ask(project, "labelrow POST", [task.id], {"labels": [read.body["response"][0]]}, token=vera)

    assert [it.body["status"] for it in (listed, read, made, saved)] == [200, 200, 403, 403]


def test_a_row_of_another_project_is_refused_like_a_missing_one(house: House) -> None:
    project = a_project(house).project
    other = a_project(house, project.dataset_ids[0]).project
    task = label(house, tasks_of(house, project)[0], a_body_json())

    answers = [ask(other, "labelrow GET", [uid], {}) for uid in (task.id, "00000000-0000-0000-0000-000000000000")]

    assert answers[0].body == answers[1].body
    assert answers[0].body["response"] == ["AUTHORISATION_ERROR"]


def test_the_presigned_link_that_comes_back_is_not_kept(house: House) -> None:
    project = a_project(house).project
    task = label(house, tasks_of(house, project)[0], a_body_json())
    row = ask(project, "labelrow GET", [task.id], {}).body["response"][0]
    row["data_units"][task.data_id]["data_link"] = "https://evil.example/x"
    row["data_title"] = "renamed"

    ask(project, "labelrow POST", [task.id], {"labels": [row]})

    again = ask(project, "labelrow GET", [task.id], {}).body["response"][0]
    assert again["data_units"][task.data_id]["data_link"] == "s3://media/00001.jpg"
    assert again["data_title"] == task.title


@pytest.mark.parametrize(
    ("uid", "payload"),
    [([], {"labels": []}), ([1], {"labels": [{}]}), (["a", "A"], {"labels": [{}, {}]}), (["a"], {"labels": []})],
)
def test_a_save_that_names_rows_badly_is_refused(house: House, uid: Any, payload: Any) -> None:
    project = a_project(house).project

    answer = ask(project, "labelrow POST", uid, payload)

    assert (answer.status, answer.body["response"]) == (200, ["INVALID_ARGUMENTS_ERROR"])


def test_what_is_no_label_row_is_refused_by_its_place(house: House) -> None:
    project = a_project(house).project
    task = label(house, tasks_of(house, project)[0], a_body_json())

    answer = ask(project, "labelrow POST", [task.id], {"labels": [{"data_units": {"x": 3}}]})

    assert answer.body["response"] == ["INVALID_ARGUMENTS_ERROR"]
    assert "labels[0]" in answer.body["payload"]


def test_a_deleted_item_s_labels_are_still_read(house: House) -> None:
    project = a_project(house).project
    task = label(house, tasks_of(house, project)[0], a_body_json())
    item = house.ports.store.get(ITEMS, item_key(task.item_id))
    house.ports.store.commit([Save(ITEMS, item.changed(deleted_at=house.ports.clock.now()))])

    row = ask(project, "labelrow GET", [task.id], {}).body["response"][0]

    assert row["data_type"] == "image"
    assert len(row["object_answers"]) == 1


@pytest.mark.parametrize(
    ("pattern", "text", "alike"),
    [
        ("a%", "abc", True),
        ("a_c", "abc", True),
        ("a_c", "abbc", False),
        ("%B%", "abc", True),
        (r"100\%", "100%", True),
        (r"100\%", "1000", False),
        ("a.c", "abc", False),
        ("", "a", False),
    ],
)
def test_titles_are_compared_as_sql_compares_them(pattern: str, text: str, alike: bool) -> None:
    assert like(pattern)(text) is alike


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_pattern_of_plain_text_between_percents_is_a_search(inner: str, around: str) -> None:
    escaped = "".join(f"\\{each}" if each in "%_\\" else each for each in inner)

    assert like(f"%{escaped}%")(around + inner + around)


def test_a_pattern_of_many_percents_is_answered_at_once() -> None:
    alike = like("a%" * 40 + "b")

    assert [alike("a" * 300), alike("a" * 300 + "b")] == [False, True]


def test_a_pattern_longer_than_any_title_is_refused(house: House) -> None:
    project = a_project(house).project

    assert ask(project, "labelrowmetadata GET", payload={"data_title_like": "_" * 1_001}).body["status"] == 400


def test_the_files_of_a_task_that_a_stage_hides_are_not_shown(house: House) -> None:
    project = a_project(house, annotate={"hide_unassigned": True}).project
    uid = {"data_hash": move(house, tasks_of(house, project)[0], "annotate").data_id}
    vera = a_viewer(house, project)

    assert ask(project, "datasetdata GET", uid).body["response"]["data_hash"] == uid["data_hash"]
    assert ask(project, "datasetdata GET", uid, token=vera).body["status"] == 403


def test_one_branch_and_all_of_them_cannot_be_asked_for_together() -> None:
    with pytest.raises(Invalid):
        wanted(ListPayload(branch_name="a", include_all_label_branches=True))


def test_an_unreadable_time_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refused:
        wanted(ListPayload(edited_after="yesterday"))

    assert refused.value.faults[0].path == "edited_after"

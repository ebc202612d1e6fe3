"""A request whose answer was lost is sent again under its key: what it made is made once, what it began goes on."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from functions.workflow.app import handler as workflow
from gloss.domain.access import Role
from gloss.kinds.workflow import ISSUES, of_task
from gloss.ports import Query
from tests.builders_catalog import a_dataset, a_project, an_item, tasks_of
from tests.builders_workflow import a_path, a_running_project, a_task
from tests.doorway import Answered, House, a_house, a_person, call, grant

TASK = f"/v1/projects/project/tasks/{a_path().task_id}"
ANN = "token-of-ann@acme.io"
CSV = {"csv": "ObjectURL\ns3://media/a.jpg\n"}
MAKING = [
    ("catalog", "/v1/users", {"email": "new@acme.io"}),
    ("catalog", "/v1/datasets", {"title": "Streets"}),
    ("catalog", "/v1/ontologies", {"title": "Cars"}),
    ("register", "/v1/folders", {"title": "2026"}),
    ("register", "/v1/integrations", {"title": "Media"}),
    ("register", "/v1/folders/{folder}/data-upload-jobs", CSV),
    ("export", "/v1/projects/{project}/exports", {"format": "json"}),
    ("export", "/v1/projects/{project}/label-versions", {"name": "first"}),
    ("import_stages", "/v1/projects/{project}/imports", {}),
]


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        yield made


def forget_answers(house: House) -> None:
    """As if the function had ended before it could note its answers."""
    records = house.ports.store._records  # type: ignore[attr-defined]
    for key in [key for key in records if key.partition.startswith("RECEIPT#")]:
        del records[key]


def started(house: House) -> int:
    machines: Any = house.ports.machines
    return len(machines.started)


def ask(room: str, path: str, body: Any) -> Answered:
    return call(importlib.import_module(f"functions.{room}.app").handler, "POST", path, body, idempotency_key="k1")


@pytest.mark.parametrize(("room", "path", "body"), MAKING, ids=[path for _, path, _ in MAKING])
def test_what_was_made_is_answered_again(house: House, room: str, path: str, body: Any) -> None:
    folder = call(importlib.import_module("functions.register.app").handler, "POST", "/v1/folders", {"title": "f"})
    filled = path.format(project=a_project(house).project.id, folder=folder.body["id"])
    first = ask(room, filled, body)
    forget_answers(house)

    again = ask(room, filled, body)

    assert (first.status, again.status) == (200, 200)
    assert again.body["id"] == first.body["id"]


@pytest.mark.parametrize(("room", "path", "body"), [row for row in MAKING if "{" in row[1]])
def test_what_was_not_started_yet_is_started(house: House, room: str, path: str, body: Any) -> None:
    folder = call(importlib.import_module("functions.register.app").handler, "POST", "/v1/folders", {"title": "f"})
    filled = path.format(project=a_project(house).project.id, folder=folder.body["id"])
    ask(room, filled, body)
    runs = started(house)
    forget_answers(house)
    house.ports.machines.started.clear()  # type: ignore[attr-defined]

    ask(room, filled, body)

    assert started(house) == runs


def test_items_attached_before_the_crash_get_their_tasks(house: House) -> None:
    dataset = a_dataset(house)
    project = a_project(house, dataset).project
    an_item(house, 3)
    body, path = {"item_ids": ["item-3"]}, f"/v1/datasets/{dataset}/items"
    cut_off(house, 1, path, body)

    answer = ask("catalog", path, body)

    assert (answer.status, len(tasks_of(house, project))) == (200, 3)


def test_a_project_that_was_cut_off_gets_the_rest_of_its_tasks(house: House) -> None:
    project = a_project(house, a_dataset(house, 40)).project
    body = project.model_dump(include={"title", "dataset_ids", "ontology_id", "template_id"}, mode="json")
    cut_off(house, 2, "/v1/projects", body)

    again = ask("catalog", "/v1/projects", body)

    made = project.model_copy(update={"id": again.body["id"]})
    assert (again.status, again.body["tasks"], len(tasks_of(house, made))) == (200, 16, 40)


def cut_off(house: House, after: int, path: str, body: Any) -> None:
    """Ask, but the function ends after so many writes."""
    store: Any = house.ports.store
    commit, left = store.commit, iter(range(after))

    def at_most(*given: Any) -> None:
        assert next(left, None) is not None, "the function ends here"
        commit(*given)

    store.commit = at_most
    assert ask("catalog", path, body).status == 500
    store.commit = commit


@pytest.fixture
def at_work(house: House) -> House:
    a_running_project(a_task(), ports=house.ports)
    a_person(house, "ann@acme.io")
    grant(house, "ann@acme.io", "project:project", Role.ANNOTATOR)
    return house


def again_as_ann(house: House, path: str, body: Any) -> list[int]:
    first = call(workflow, "POST", path, body, ANN, idempotency_key="k1")
    forget_answers(house)
    return [first.status, call(workflow, "POST", path, body, ANN, idempotency_key="k1").status]


def test_an_issue_is_not_opened_twice(at_work: House) -> None:
    statuses = again_as_ann(at_work, f"{TASK}/issues", {"comment": "blurred"})

    issues = list(at_work.ports.store.every(ISSUES, of_task(a_path().task_id), Query(prefix="ISSUE#")))
    assert (statuses, len(issues)) == ([200, 409], 1)


def test_labels_are_not_saved_twice(at_work: House) -> None:
    first = call(workflow, "PUT", f"{TASK}/labels", {"labels": {}}, ANN, idempotency_key="k1")
    forget_answers(at_work)
    again = call(workflow, "PUT", f"{TASK}/labels", {"labels": {}}, ANN, idempotency_key="k1")

    assert (first.body["row_version"], again.status) == (1, 409)
    assert call(workflow, "GET", TASK, token=ANN).body["row_version"] == 1

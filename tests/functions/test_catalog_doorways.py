"""Datasets, ontologies, templates, projects and members, asked for as the gateway asks."""

from collections.abc import Iterator
from math import ceil
from typing import Any

import pytest

from functions.catalog.app import handler
from gloss.domain.access import Role
from gloss.domain.bulk import BATCH
from gloss.domain.events import TaskCreated, TaskRemoved
from gloss.services import bulking
from tests.builders_catalog import a_dataset, a_folder, a_project, an_item
from tests.builders_labels import a_structure_json
from tests.builders_workflow import stages
from tests.doorway import ADMIN_TOKEN, Answered, House, a_house, a_person, call, grant


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        yield made


def ask(method: str, path: str, body: Any = None, token: str | None = ADMIN_TOKEN, **headers: str) -> Answered:
    return call(handler, method, path, body, token, **headers)


def made(path: str, body: Any) -> Any:
    answer = ask("POST", path, body)
    assert answer.status == 200, answer.body
    return answer.body


def paths(answer: Answered) -> list[str]:
    assert answer.status == 422, answer.body
    return [error["path"] for error in answer.body["errors"]]


def test_a_dataset_is_made_found_and_listed(house: House) -> None:
    dataset = made("/v1/datasets", {"title": "Streets", "description": "by night"})

    assert ask("GET", f"/v1/datasets/{dataset['id']}").body == dataset
    assert ask("GET", "/v1/datasets").body == {"entries": [dataset], "next_token": None}


def test_lists_go_on_where_their_token_says(house: House) -> None:
    ids = {made("/v1/datasets", {"title": str(number)})["id"] for number in range(3)}

    first = ask("GET", "/v1/datasets?limit=2").body
    second = ask("GET", f"/v1/datasets?limit=2&token={first['next_token']}").body

    assert {each["id"] for each in first["entries"] + second["entries"]} == ids
    assert (len(first["entries"]), second["next_token"]) == (2, None)


@pytest.mark.parametrize("body", [{}, {"title": ""}, {"title": "x" * 300}, {"title": "a", "colour": 1}, {"title": 3}])
def test_bad_datasets_are_refused_and_change_nothing(house: House, body: Any) -> None:
    assert paths(ask("POST", "/v1/datasets", body))
    assert ask("GET", "/v1/datasets").body["entries"] == []


@pytest.mark.parametrize("path", ["datasets", "ontologies", "workflow-templates", "projects"])
def test_what_is_missing_or_of_others_is_not_found(house: House, path: str) -> None:
    assert ask("GET", f"/v1/{path}/unknown").status == 404


def test_a_dataset_without_role_is_not_found(house: House) -> None:
    dataset = made("/v1/datasets", {"title": "Streets"})
    token = a_person(house, "ann@acme.io")

    assert ask("GET", f"/v1/datasets/{dataset['id']}", token=token).status == 404
    assert ask("GET", "/v1/datasets", token=token).body["entries"] == []


def test_a_folder_is_attached_once_however_often_asked(house: House) -> None:
    dataset, folder = a_dataset(house, items=0), a_folder(house, items=3)

    first = made(f"/v1/datasets/{dataset}/items", {"folder_ids": [folder]})
    second = made(f"/v1/datasets/{dataset}/items", {"folder_ids": [folder]})

    assert (len(first["data_ids"]), first["skipped"]) == (3, 0)
    assert (second["data_ids"], second["skipped"]) == ([], 3)
    rows = ask("GET", f"/v1/datasets/{dataset}/rows").body["entries"]
    assert [row["title"] for row in rows] == ["00001.jpg", "00002.jpg", "00003.jpg"]


def test_duplicates_become_data_units_of_their_own(house: House) -> None:
    dataset = a_dataset(house, items=1)

    again = made(f"/v1/datasets/{dataset}/items", {"item_ids": ["item-1", "item-1"], "duplicates": "duplicate"})

    rows = ask("GET", f"/v1/datasets/{dataset}/rows").body["entries"]
    assert (len(again["data_ids"]), len({row["data_id"] for row in rows})) == (2, 3)


def test_duplicates_fail_the_whole_request_when_asked(house: House) -> None:
    dataset = a_dataset(house, items=1)
    an_item(house, 2)

    answer = ask("POST", f"/v1/datasets/{dataset}/items", {"item_ids": ["item-2", "item-1"], "duplicates": "fail"})

    assert (answer.status, "item-1" in answer.body["message"]) == (409, True)
    assert len(ask("GET", f"/v1/datasets/{dataset}/rows").body["entries"]) == 1


def test_unknown_items_and_folders_attach_nothing(house: House) -> None:
    dataset = a_dataset(house)

    assert ask("POST", f"/v1/datasets/{dataset}/items", {"item_ids": ["item-1", "item-9"]}).status == 404
    assert ask("POST", f"/v1/datasets/{dataset}/items", {"folder_ids": ["elsewhere"]}).status == 404


def test_parts_of_series_cannot_be_attached(house: House) -> None:
    dataset = a_dataset(house)
    part = an_item(house, 7, hidden=True)

    assert paths(ask("POST", f"/v1/datasets/{dataset}/items", {"item_ids": ["item-1", part]})) == ["item_ids[1]"]


def test_an_ontology_keeps_the_public_format(house: House) -> None:
    ontology = made("/v1/ontologies", {"title": "Cars", "structure": a_structure_json()})

    shown = ask("GET", f"/v1/ontologies/{ontology['id']}").body["structure"]
    assert shown["objects"][0]["featureNodeHash"] == "carcarca"
    assert ask("PUT", f"/v1/ontologies/{ontology['id']}", {"structure": shown}).body["version"] == 2


def test_an_ontology_without_hashes_receives_them(house: House) -> None:
    draft = {"objects": [{"name": "Car", "shape": "bounding_box"}]}

    structure = made("/v1/ontologies", {"title": "Cars", "structure": draft})["structure"]

    assert len(structure["objects"][0]["featureNodeHash"]) == 8


def test_faults_of_a_structure_are_named_by_path(house: House) -> None:
    raw = a_structure_json()
    raw["objects"][0]["attributes"][0]["options"][0]["value"] = 7

    answer = ask("POST", "/v1/ontologies", {"title": "Cars", "structure": raw})

    assert paths(answer) == ["structure.objects[0].attributes[0].options[0].value"]


def test_a_class_cannot_take_another_shape(house: House) -> None:
    ontology = made("/v1/ontologies", {"title": "Cars", "structure": a_structure_json()})
    changed = a_structure_json()
    changed["objects"][0]["shape"] = "polygon"

    assert paths(ask("PUT", f"/v1/ontologies/{ontology['id']}", {"structure": changed})) == ["structure.objects[0]"]


def test_an_old_version_of_an_ontology_is_not_overwritten(house: House) -> None:
    ontology = made("/v1/ontologies", {"title": "Cars"})
    ask("PUT", f"/v1/ontologies/{ontology['id']}", {"title": "Lorries", "version": 1})

    assert ask("PUT", f"/v1/ontologies/{ontology['id']}", {"title": "Vans", "version": 1}).status == 409


def test_a_template_gives_its_graph_back(house: House) -> None:
    template = made("/v1/workflow-templates", {"title": "Plain", "graph": {"stages": stages()}})

    again = ask("GET", f"/v1/workflow-templates/{template['id']}").body
    assert [stage["id"] for stage in again["graph"]["stages"]] == [stage["id"] for stage in stages()]


def test_a_broken_graph_is_refused_with_its_paths(house: House) -> None:
    graph = {"stages": stages(annotate={"to": "nowhere"})}

    assert paths(ask("POST", "/v1/workflow-templates", {"title": "Broken", "graph": graph})) == ["stages[2].to"]


def test_a_project_gives_every_data_unit_its_task(house: House) -> None:
    begun = a_project(house, a_dataset(house, items=31))

    shown = ask("GET", f"/v1/projects/{begun.project.id}").body
    created = [event for event in house.ports.store.events if isinstance(event, TaskCreated)]  # type: ignore[attr-defined]
    assert (begun.tasks, len(created), shown["status"]) == (31, 31, "in_progress")
    assert {event.to_stage for event in created} == {"agent"}


def test_a_large_project_leaves_its_tasks_to_a_job(house: House) -> None:
    begun = a_project(house, a_dataset(house, items=1001))

    assert (begun.tasks, len(begun.job_ids)) == (0, 1)
    planned = bulking.plan(bulking.JobRef(job_id=begun.job_ids[0]), house.ports)
    assert len(planned.batches) == ceil(1001 / BATCH) > 1


def test_data_units_that_come_later_get_their_tasks(house: House) -> None:
    dataset = a_dataset(house)
    a_project(house, dataset)
    an_item(house, 9)

    assert made(f"/v1/datasets/{dataset}/items", {"item_ids": ["item-9"]})["tasks"] == 1


def test_data_units_that_leave_take_their_tasks_along(house: House) -> None:
    dataset = a_dataset(house)
    a_project(house, dataset)
    rows = ask("GET", f"/v1/datasets/{dataset}/rows").body["entries"]

    gone = ask("DELETE", f"/v1/datasets/{dataset}/rows/{rows[0]['data_id']}")

    assert gone.body["data_id"] == rows[0]["data_id"]
    assert isinstance(house.ports.store.events[-1], TaskRemoved)  # type: ignore[attr-defined]
    assert len(ask("GET", f"/v1/datasets/{dataset}/rows").body["entries"]) == 1


def test_a_dataset_joins_a_project_later(house: House) -> None:
    begun = a_project(house)
    more = made("/v1/datasets", {"title": "More"})
    an_item(house, 9)
    made(f"/v1/datasets/{more['id']}/items", {"item_ids": ["item-9"]})

    grown = made(f"/v1/projects/{begun.project.id}/datasets", {"dataset_ids": [more["id"]]})

    assert (grown["tasks"], len(grown["dataset_ids"])) == (1, 2)
    assert made(f"/v1/projects/{begun.project.id}/datasets", {"dataset_ids": [more["id"]]})["tasks"] == 0


def test_a_project_needs_what_its_maker_may_use(house: House) -> None:
    begun = a_project(house)
    token = a_person(house, "ann@acme.io")
    wanted = {"title": "Copy", "ontology_id": begun.project.ontology_id, "template_id": begun.project.template_id}

    assert ask("POST", "/v1/projects", wanted, token).status == 404
    grant(house, "ann@acme.io", f"ontology:{begun.project.ontology_id}", Role.USER)
    grant(house, "ann@acme.io", f"template:{begun.project.template_id}", Role.USER)
    assert ask("POST", "/v1/projects", wanted, token).status == 403


def test_a_project_is_changed_by_its_admins_only(house: House) -> None:
    path = f"/v1/projects/{a_project(house).project.id}"
    token = a_person(house, "tom@acme.io")
    grant(house, "tom@acme.io", path.replace("/v1/projects/", "project:"), Role.TEAM_MANAGER)

    assert ask("PATCH", path, {"title": "Mine"}, token).status == 403
    assert ask("PATCH", path, {"settings": {"managers_may_export": True}}).body["settings"]["managers_may_export"]


@pytest.fixture
def members(house: House) -> str:
    """The path of a project's members; ann, bob and tom are in the organisation."""
    for email in ("ann@acme.io", "bob@acme.io", "tom@acme.io"):
        a_person(house, email)
    return f"/v1/projects/{a_project(house).project.id}/members"


def test_members_are_added_changed_and_removed(members: str) -> None:
    ann = made(members, {"email": "Ann@acme.io", "role": "ANNOTATOR"})

    changed = ask("PATCH", f"{members}/{ann['user_id']}", {"role": "REVIEWER"}).body
    emails = [each["email"] for each in ask("GET", members).body["entries"]]
    ask("DELETE", f"{members}/{ann['user_id']}")

    assert (changed["role"], sorted(emails)) == ("REVIEWER", ["admin@acme.io", "ann@acme.io"])
    assert len(ask("GET", members).body["entries"]) == 1


def test_strangers_and_members_cannot_be_added(members: str) -> None:
    assert paths(ask("POST", members, {"email": "eve@else.io", "role": "ANNOTATOR"})) == ["email"]
    made(members, {"email": "ann@acme.io", "role": "ANNOTATOR"})
    assert ask("POST", members, {"email": "ann@acme.io", "role": "REVIEWER"}).status == 409


def test_users_of_resources_are_no_project_role(members: str) -> None:
    assert paths(ask("POST", members, {"email": "ann@acme.io", "role": "USER"})) == ["role"]


def test_team_managers_add_people_but_no_admins(members: str) -> None:
    made(members, {"email": "tom@acme.io", "role": "TEAM_MANAGER"})
    token = "token-of-tom@acme.io"

    assert ask("POST", members, {"email": "ann@acme.io", "role": "ADMIN"}, token).status == 403
    assert ask("POST", members, {"email": "ann@acme.io", "role": "ANNOTATOR"}, token).status == 200
    admin = next(each for each in ask("GET", members).body["entries"] if each["role"] == "ADMIN")
    assert ask("PATCH", f"{members}/{admin['user_id']}", {"role": "ANNOTATOR"}, token).status == 403
    assert ask("DELETE", f"{members}/{admin['user_id']}", token=token).status == 403


def test_a_project_never_loses_its_last_admin(members: str) -> None:
    admin = ask("GET", members).body["entries"][0]
    assert ask("DELETE", f"{members}/{admin['user_id']}").status == 409
    made(members, {"email": "ann@acme.io", "role": "ADMIN"})

    assert ask("DELETE", f"{members}/{admin['user_id']}").status == 200


def test_what_is_shared_can_be_used_but_not_changed(house: House) -> None:
    token = a_person(house, "ann@acme.io")
    dataset = made("/v1/datasets", {"title": "Streets"})

    made(f"/v1/datasets/{dataset['id']}/members", {"email": "ann@acme.io", "role": "USER"})

    assert ask("GET", "/v1/datasets", token=token).body["entries"] == [dataset]
    assert ask("POST", f"/v1/datasets/{dataset['id']}/items", {"item_ids": ["x"]}, token).status == 403
    assert ask("GET", f"/v1/datasets/{dataset['id']}/members", token=token).status == 403


@pytest.mark.parametrize("plural", ["datasets", "ontologies", "workflow-templates"])
def test_resources_have_admins_and_users_only(house: House, plural: str) -> None:
    a_person(house, "ann@acme.io")
    body = {"title": "Shared"} | ({"graph": {"stages": stages()}} if plural == "workflow-templates" else {})
    path = f"/v1/{plural}/{made(f'/v1/{plural}', body)['id']}/members"

    assert paths(ask("POST", path, {"email": "ann@acme.io", "role": "ANNOTATOR"})) == ["role"]
    ann = made(path, {"email": "ann@acme.io", "role": "USER"})
    assert ask("PATCH", f"{path}/{ann['user_id']}", {"role": "ADMIN"}).body["role"] == "ADMIN"
    assert ask("DELETE", f"{path}/{ann['user_id']}").status == 200
    assert len(ask("GET", path).body["entries"]) == 1


def test_a_paused_project_is_resumed_by_its_managers(house: House) -> None:
    path = f"/v1/projects/{a_project(house).project.id}/status"

    assert ask("PUT", path, {"status": "paused"}).body["status"] == "paused"
    assert ask("PUT", path, {"status": "in_progress"}).body["status"] == "in_progress"
    assert paths(ask("PUT", path, {"status": "asleep"})) == ["status"]


def test_an_organisations_admin_joins_any_project(house: House, members: str) -> None:
    made(members, {"email": "ann@acme.io", "role": "ADMIN"})
    admin = next(each for each in ask("GET", members).body["entries"] if each["email"] == "admin@acme.io")
    ask("DELETE", f"{members}/{admin['user_id']}")
    assert ask("GET", members).status == 404

    assert made(members.replace("members", "join"), None)["role"] == "ADMIN"
    assert ask("GET", members).status == 200

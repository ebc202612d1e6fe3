"""Deleting a project: nothing of it is seen any more, and within 30 days all of it comes back."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from functions.catalog.app import handler as catalog
from functions.workflow.app import handler as workflow
from gloss.domain.access import Role
from gloss.domain.errors import NotFound
from gloss.domain.project import Project
from gloss.kinds.catalog import PROJECTS
from gloss.ports import Key, Save
from gloss.services import attaching, retiring
from gloss.services.attaching import Attaching
from tests.builders_catalog import a_dataset, a_project, an_item, tasks_of, the_admin
from tests.doorway import House, a_house, a_person, call, grant


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as made:
        yield made


def deleted(house: House) -> Project:
    """A project of two tasks that was deleted."""
    project = a_project(house, a_dataset(house)).project
    call(catalog, "DELETE", f"/v1/projects/{project.id}")
    return project


def test_a_deleted_project_and_what_is_in_it_is_missing(house: House) -> None:
    project = deleted(house)

    answers = [
        call(room, "GET", f"/v1/projects/{project.id}{rest}").status
        for room, rest in ((catalog, ""), (workflow, "/tasks"), (catalog, "/members"))
    ]

    assert answers == [404, 404, 404]
    assert call(catalog, "GET", "/v1/projects").body["entries"] == []


def test_a_restored_project_has_its_tasks_again(house: House) -> None:
    project = deleted(house)

    restored = call(catalog, "POST", f"/v1/projects/{project.id}/restore")

    assert restored.status == 200
    assert len(call(workflow, "GET", f"/v1/projects/{project.id}/tasks").body["entries"]) == 2


def test_data_that_came_meanwhile_has_tasks_after_the_restoring(house: House) -> None:
    project = deleted(house)
    coming = Attaching(item_ids=(an_item(house, 9),))
    attaching.attach(project.dataset_ids[0], coming, the_admin(house), house.ports)

    retiring.restore(project.id, the_admin(house), house.ports)

    assert len(tasks_of(house, project)) == 3


def test_only_a_projects_admin_brings_it_back(house: House) -> None:
    project, token = deleted(house), a_person(house, "ann@acme.io")
    grant(house, "ann@acme.io", f"project:{project.id}", Role.ANNOTATOR)

    stranger = call(catalog, "POST", f"/v1/projects/{project.id}/restore", token=a_person(house, "eve@acme.io"))
    worker = call(catalog, "POST", f"/v1/projects/{project.id}/restore", token=token)

    assert (stranger.status, worker.status) == (404, 403)


def test_after_30_days_a_deleted_project_does_not_come_back(house: House) -> None:
    project = deleted(house)
    gone = house.ports.store.get(PROJECTS, Key(f"PROJECT#{project.id}"))
    long_ago = house.ports.clock.now() - timedelta(days=31)
    house.ports.store.commit([Save(PROJECTS, gone.changed(deleted_at=long_ago))])

    with pytest.raises(NotFound):
        retiring.restore(project.id, the_admin(house), house.ports)


def test_a_layout_of_the_editor_is_kept_as_it_is(house: House) -> None:
    project, layout = a_project(house, a_dataset(house)).project, {"panes": [{"timeline": {"height": 0.3}}]}

    call(catalog, "PUT", f"/v1/projects/{project.id}/editor-layout", {"layout": layout})

    assert call(catalog, "GET", f"/v1/projects/{project.id}/editor-layout").body == {"layout": layout}


def test_a_layout_that_is_too_large_is_refused(house: House) -> None:
    project = a_project(house, a_dataset(house)).project

    answer = call(catalog, "PUT", f"/v1/projects/{project.id}/editor-layout", {"layout": {"x": "y" * 70_000}})

    assert answer.status == 422

"""Projects by the SDK: made, listed, changed, copied, and who works on them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from builders import a_dataset, a_project_of, a_title, an_ontology, registered
from conftest import a_client
from encord import EncordUserClient
from encord.exceptions import AuthorisationError, EncordException, MethodNotAllowedError, PayloadTooLargeError
from encord.objects.coordinates import BoundingBoxCoordinates
from encord.ontology import Ontology
from encord.orm.project import (
    CopyDatasetAction,
    CopyDatasetOptions,
    CopyLabelsOptions,
    ProjectStatus,
    ReviewApprovalState,
)
from encord.project import Project
from encord.utilities.project_user import ProjectUserRole
from workflows import an_agents_template

NOBODY = UUID(int=1)


@pytest.fixture(scope="module")
def ontology(client: EncordUserClient) -> Ontology:
    return an_ontology(client)


def a_project(client: EncordUserClient, ontology: Ontology, title: str | None = None) -> Project:
    """A project without data."""
    return client.get_project(client.create_project(title or a_title("Cars"), [], "d", ontology.ontology_hash))


@pytest.mark.shows("EncordUserClient.create_project", "EncordUserClient.get_project")
def test_a_project_without_an_ontology_gets_an_empty_one(client: EncordUserClient) -> None:
    made = client.get_project(client.create_project(a_title("Empty"), []))

    assert made.ontology_structure.objects == []
    assert "@" in made.creator_email


@pytest.mark.shows("EncordUserClient.list_projects")
def test_projects_are_listed_by_every_filter(client: EncordUserClient, ontology: Ontology) -> None:
    title = a_title("Listed")
    made = a_project(client, ontology, title)
    soon, before = datetime.now(UTC) + timedelta(hours=1), made.created_at - timedelta(hours=1)

    dated = {"created_after": before, "created_before": soon, "edited_after": before, "edited_before": soon}
    found = [
        {it.project_hash for it in client.list_projects(**chosen)}
        for chosen in ({"title_eq": title}, {"title_like": f"%{title[3:]}"}, {"title_eq": title, **dated})
    ]

    assert found == [{made.project_hash}] * 3
    assert list(client.list_projects(title_eq=title, created_before=before)) == []
    assert list(client.list_projects(title_eq=title, desc_eq="other")) == []


@pytest.mark.shows("EncordUserClient.list_projects")
def test_who_has_no_role_does_not_list_a_project(
    client: EncordUserClient, ontology: Ontology, target: dict[str, Any]
) -> None:
    title = a_title("Hidden")
    a_project(client, ontology, title)

    listed = list(a_client(target, "annotator").list_projects(title_eq=title))

    assert listed == []


@pytest.mark.shows("EncordUserClient.get_projects")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_deprecated_list_tells_projects_with_roles(client: EncordUserClient, ontology: Ontology) -> None:
    title = a_title("Old")
    made = a_project(client, ontology, title)

    listed = client.get_projects(title_eq=title)

    assert [(it["project"]["project_hash"], it["user_role"]) for it in listed] == [
        (made.project_hash, ProjectUserRole.ADMIN)
    ]


@pytest.mark.shows("Project.get_project")
def test_the_legacy_project_has_its_ontology(client: EncordUserClient, ontology: Ontology) -> None:
    project = a_project(client, ontology)

    read = project.get_project()

    assert (read.title, read.ontology_hash) == (project.title, ontology.ontology_hash)


@pytest.mark.shows("Project.set_status", "Project.refetch_data")
def test_a_status_that_is_set_is_read_again(client: EncordUserClient, ontology: Ontology) -> None:
    project = a_project(client, ontology)

    project.set_status(ProjectStatus.PAUSED)

    project.refetch_data()
    assert project.status is ProjectStatus.PAUSED


@pytest.mark.shows("Project.refetch_ontology")
def test_a_project_reads_its_ontology_again(client: EncordUserClient) -> None:
    ontology = an_ontology(client)
    project = a_project(client, ontology)
    before = len(project.ontology_structure.classifications)
    ontology.structure.add_classification().add_attribute(type(_text(ontology)), name="Weather")
    ontology.save()

    project.refetch_ontology()

    assert len(project.ontology_structure.classifications) == before + 1


def _text(ontology: Ontology) -> Any:
    return ontology.structure.objects[0].attributes[-1]


@pytest.mark.shows("Project.add_users", "Project.list_users", "Project.remove_users")
def test_people_come_and_go(client: EncordUserClient, ontology: Ontology, target: dict[str, Any]) -> None:
    project, ann = a_project(client, ontology), target["people"]["annotator"]
    theirs = a_client(target, "annotator")

    added = project.add_users([ann], ProjectUserRole.ANNOTATOR)
    again = project.add_users([ann], ProjectUserRole.TEAM_MANAGER)

    assert [it.user_role for it in (*added, *again)] == [ProjectUserRole.ANNOTATOR] * 2
    assert {it.user_email: it.user_role for it in project.list_users()}[ann] is ProjectUserRole.ANNOTATOR
    assert theirs.get_project(project.project_hash).user_role is ProjectUserRole.ANNOTATOR
    project.remove_users([ann])
    with pytest.raises(AuthorisationError):
        theirs.get_project(project.project_hash)


@pytest.mark.shows("Project.copy_project")
def test_a_copy_has_the_workflow_and_the_people(
    client: EncordUserClient, ontology: Ontology, target: dict[str, Any]
) -> None:
    project, ann = a_project(client, ontology), target["people"]["annotator"]
    project.add_users([ann], ProjectUserRole.ANNOTATOR)

    copy = client.get_project(project.copy_project(copy_collaborators=True, new_title=a_title("Copy")))

    assert [it.title for it in copy.workflow.stages] == [it.title for it in project.workflow.stages]
    assert copy.ontology_hash == project.ontology_hash
    assert ann in {it.user_email for it in copy.list_users()}
    assert copy.source_projects == [project.project_hash]


@pytest.mark.shows("Project.label_rows")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_deprecated_list_of_rows_names_the_data(client: EncordUserClient, target: dict[str, Any]) -> None:
    project = a_project_of(client, a_dataset(client, registered(client, target, "0.png", "1.png")))

    assert {row["data_title"] for row in project.label_rows} == {"0.png", "1.png"}


@pytest.mark.shows("Project.copy_project")
def test_a_copy_with_datasets_has_the_labels(client: EncordUserClient, target: dict[str, Any]) -> None:
    project, row = a_project_with_a_car(client, target)

    copied = project.copy_project(copy_datasets=True, copy_labels=CopyLabelsOptions(), new_title=a_title("Copy"))

    again = client.get_project(copied).list_label_rows_v2(data_title_eq="1.png")[0]
    again.initialise_labels()
    assert [it.object_hash for it in again.get_object_instances()] == [
        it.object_hash for it in row.get_object_instances()
    ]


def a_project_with_a_car(client: EncordUserClient, target: dict[str, Any]) -> tuple[Project, Any]:
    """A project of two images, of which the second has a car; the project and the second's row."""
    project = a_project_of(client, a_dataset(client, registered(client, target, "0.png", "1.png")))
    row = project.list_label_rows_v2(data_title_eq="1.png")[0]
    row.initialise_labels()
    car = project.ontology_structure.objects[0].create_instance()
    car.set_for_frames(BoundingBoxCoordinates(height=0.2, width=0.2, top_left_x=0.1, top_left_y=0.1), 0)
    row.add_object_instance(car)
    row.save()
    return project, row


def objects_of(copy: Project) -> dict[str, int]:
    """How many objects each data unit has."""
    rows = copy.list_label_rows_v2()
    for row in rows:
        row.initialise_labels()
    return {row.data_title: len(row.get_object_instances()) for row in rows}


@pytest.mark.shows("Project.copy_project")
def test_a_copy_with_a_clone_has_a_dataset_of_its_own(client: EncordUserClient, target: dict[str, Any]) -> None:
    project, row = a_project_with_a_car(client, target)
    title = a_title("Clone")
    clone = CopyDatasetOptions(CopyDatasetAction.CLONE, title, "of two", {row.dataset_hash: [row.data_hash]})

    copy = client.get_project(project.copy_project(clone, copy_labels=CopyLabelsOptions([row.label_hash or ""])))

    dataset = client.get_dataset(next(iter(copy.list_datasets())).dataset_hash)
    assert (dataset.title, dataset.description, len(dataset.data_rows)) == (title, "of two", 1)
    assert dataset.data_rows[0].uid != row.data_hash
    assert dataset.data_rows[0].backing_item_uuid == row.backing_item_uuid
    assert objects_of(copy) == {"1.png": 1}


@pytest.mark.shows("Project.copy_project")
def test_labels_are_copied_by_status(client: EncordUserClient, target: dict[str, Any]) -> None:
    project, _ = a_project_with_a_car(client, target)
    wanted = {status: CopyLabelsOptions(None, [status]) for status in ReviewApprovalState}
    clone = CopyDatasetOptions(CopyDatasetAction.CLONE)

    copies = {it: client.get_project(project.copy_project(clone, copy_labels=wanted[it])) for it in wanted}

    assert {it.name for it, copy in copies.items() if objects_of(copy)["1.png"]} == {"PENDING"}


def test_a_clone_of_data_that_a_project_has_not_is_refused(client: EncordUserClient, target: dict[str, Any]) -> None:
    project, row = a_project_with_a_car(client, target)
    clone = CopyDatasetOptions(CopyDatasetAction.CLONE, None, None, {row.dataset_hash: [str(NOBODY)]})

    with pytest.raises(EncordException, match="data unit"):
        project.copy_project(clone, new_title=(title := a_title("Never")))

    assert list(client.list_projects(title_eq=title)) == []


def test_a_clone_of_too_many_data_units_is_refused_with_the_bound(
    client: EncordUserClient, target: dict[str, Any]
) -> None:
    project, row = a_project_with_a_car(client, target)
    many = {row.dataset_hash: [str(UUID(int=number)) for number in range(1001)]}

    with pytest.raises(PayloadTooLargeError, match="at most 1000 data units"):
        project.copy_project(CopyDatasetOptions(CopyDatasetAction.CLONE, None, None, many))


def test_a_copy_gets_no_models(client: EncordUserClient, ontology: Ontology) -> None:
    with pytest.raises(MethodNotAllowedError):
        a_project(client, ontology).copy_project(copy_models=True)


def test_a_template_that_is_not_there_makes_no_project(client: EncordUserClient, ontology: Ontology) -> None:
    with pytest.raises(AuthorisationError):
        client.create_project(a_title("Cars"), [], "", ontology.ontology_hash, workflow_template_hash=str(NOBODY))


def test_a_project_by_a_template_has_its_stages(
    client: EncordUserClient, ontology: Ontology, target: dict[str, Any]
) -> None:
    template = an_agents_template(target, "Sorter", "good", "bad")

    made = client.create_project(a_title("Sorted"), [], "", ontology.ontology_hash, workflow_template_hash=template)

    assert "Sorter" in {it.title for it in client.get_project(made).workflow.stages}


@pytest.mark.shows("Project.get_cloud_integrations", "Dataset.get_cloud_integrations")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_deprecated_lists_of_integrations_are_those_of_the_client(
    client: EncordUserClient, ontology: Ontology
) -> None:
    project, dataset = a_project(client, ontology), a_dataset(client, [])

    listed = {it.id: it.title for it in client.get_cloud_integrations()}

    assert {it.id: it.title for it in project.get_cloud_integrations()} == listed
    assert {it.id: it.title for it in dataset.get_cloud_integrations()} == listed
    assert listed != {}

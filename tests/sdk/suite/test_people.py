"""The organisation by the SDK: its people, groups, tags, and how one proves who one is."""

from typing import Any
from uuid import uuid4

import pytest
from builders import a_dataset, a_title, an_ontology
from conftest import a_client
from encord import EncordUserClient
from encord.exceptions import AuthenticationError, AuthorisationError, ResourceExistsError
from encord.group import Group
from encord.orm.dataset import DatasetUserRole
from encord.orm.storage import StorageUserRole
from encord.utilities.ontology_user import OntologyUserRole
from encord.utilities.project_user import ProjectUserRole


def an_address() -> str:
    """An address with a sign that a path must quote."""
    return f"{uuid4().hex[:8]}+b@c.io"


def a_group(client: EncordUserClient, *emails: str) -> Group:
    """A group of these people."""
    group = client.create_group(a_title("Night shift"), "d")
    if emails:
        group.add_users(list(emails))
    return group


@pytest.mark.shows(
    "EncordUserClient.add_organisation_user",
    "EncordUserClient.list_organisation_users",
    "EncordUserClient.remove_organisation_user",
)
def test_somebody_joins_and_leaves_the_organisation(client: EncordUserClient) -> None:
    email = an_address()

    client.add_organisation_user(email, role_mnemonic_name="TASKER", member_type="external")

    joined = {it.email: (it.role_mnemonic_name, it.member_type) for it in client.list_organisation_users()}
    client.remove_organisation_user(email)
    assert joined[email] == ("TASKER", "external")
    assert email not in {it.email for it in client.list_organisation_users()}


@pytest.mark.shows("EncordUserClient.add_organisation_user")
def test_an_address_joins_only_once(client: EncordUserClient) -> None:
    email = an_address()
    client.add_organisation_user(email, role_mnemonic_name="MEMBER", member_type="internal")

    with pytest.raises(ResourceExistsError):
        client.add_organisation_user(email, role_mnemonic_name="MEMBER", member_type="internal")


@pytest.mark.shows(
    "EncordUserClient.create_group",
    "EncordUserClient.get_group",
    "EncordUserClient.list_groups",
    "EncordUserClient.delete_group",
    "Group.update_group",
)
def test_a_group_is_made_changed_and_deleted(client: EncordUserClient) -> None:
    made = client.create_group(a_title("Night shift"), "d")

    made.update_group(description="e")

    read = client.get_group(made.group_hash)
    assert (read.name, read.description) == (made.name, "e")
    assert made.group_hash in {it.group_hash for it in client.list_groups()}
    client.delete_group(made.group_hash)
    assert made.group_hash not in {it.group_hash for it in client.list_groups()}
    with pytest.raises(AuthorisationError):
        client.get_group(made.group_hash)


@pytest.mark.shows("Group.add_users", "Group.list_users", "Group.remove_users")
def test_people_join_a_group_and_leave_it(client: EncordUserClient, target: dict[str, Any]) -> None:
    ann, rae = target["people"]["annotator"], target["people"]["reviewer"]
    group = a_group(client)

    group.add_users([ann, rae])
    group.remove_users([rae])

    assert [it.user_email for it in group.list_users()] == [ann]


@pytest.mark.shows("Project.add_group", "Project.list_groups", "Project.remove_group")
def test_a_groups_role_on_a_project_counts_at_once(client: EncordUserClient, target: dict[str, Any]) -> None:
    theirs, group = a_client(target, "reviewer"), a_group(client, target["people"]["reviewer"])
    project = client.get_project(client.create_project(a_title("Shared"), []))

    project.add_group(group.group_hash, ProjectUserRole.REVIEWER)

    assert theirs.get_project(project.project_hash).user_role is ProjectUserRole.REVIEWER
    assert project.project_hash in {it.project_hash for it in theirs.list_projects(title_eq=project.title)}
    assert [(it.group_hash, it.user_role) for it in project.list_groups()] == [
        (group.group_hash, ProjectUserRole.REVIEWER)
    ]
    project.remove_group(group.group_hash)
    with pytest.raises(AuthorisationError):
        theirs.get_project(project.project_hash)


@pytest.mark.shows("Ontology.add_group", "Ontology.list_groups", "Ontology.remove_group")
def test_a_group_reads_an_ontology_until_its_role_goes(client: EncordUserClient, target: dict[str, Any]) -> None:
    theirs, group = a_client(target, "reviewer"), a_group(client, target["people"]["reviewer"])
    ontology = an_ontology(client)

    ontology.add_group(group.group_hash, OntologyUserRole.USER)

    assert theirs.get_ontology(ontology.ontology_hash).title == ontology.title
    assert [it.group_hash for it in ontology.list_groups()] == [group.group_hash]
    ontology.remove_group(group.group_hash)
    assert list(ontology.list_groups()) == []


@pytest.mark.shows("Dataset.add_group", "Dataset.list_groups", "Dataset.remove_group")
def test_a_group_reads_a_dataset_until_its_role_goes(client: EncordUserClient, target: dict[str, Any]) -> None:
    theirs, group = a_client(target, "reviewer"), a_group(client, target["people"]["reviewer"])
    dataset = a_dataset(client, [])

    dataset.add_group(group.group_hash, DatasetUserRole.USER)

    assert theirs.get_dataset(dataset.dataset_hash).title == dataset.title
    assert [(it.group_hash, it.user_role) for it in dataset.list_groups()] == [(group.group_hash, DatasetUserRole.USER)]
    dataset.remove_group([group.group_hash])
    with pytest.raises(AuthorisationError):
        theirs.get_dataset(dataset.dataset_hash)


@pytest.mark.shows("StorageFolder.add_group", "StorageFolder.list_groups", "StorageFolder.remove_group")
def test_a_deleted_group_opens_no_folder_any_more(client: EncordUserClient, target: dict[str, Any]) -> None:
    theirs, group = a_client(target, "reviewer"), a_group(client, target["people"]["reviewer"])
    folder = client.create_storage_folder(a_title("Shared"))

    folder.add_group(group.group_hash, StorageUserRole.USER)

    assert theirs.get_storage_folder(folder.uuid).name == folder.name
    assert [it.user_role for it in folder.list_groups()] == [StorageUserRole.USER]
    client.delete_group(group.group_hash)
    assert list(folder.list_groups()) == []
    with pytest.raises(AuthorisationError):
        theirs.get_storage_folder(folder.uuid)
    folder.remove_group(group.group_hash)


@pytest.mark.shows(
    "EncordUserClient.create_organisation_tag",
    "EncordUserClient.list_organisation_tags",
    "EncordUserClient.list_project_tags",
    "EncordUserClient.delete_organisation_tag",
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_tag_is_the_organisations(client: EncordUserClient) -> None:
    tag = client.create_organisation_tag(a_title("Urgent"))

    with pytest.raises(ResourceExistsError):
        client.create_organisation_tag(tag.name)

    assert tag in client.list_organisation_tags()
    assert tag in client.list_project_tags()
    client.delete_organisation_tag(tag)
    assert tag not in client.list_organisation_tags()


@pytest.mark.shows(
    "Project.add_organisation_tag",
    "Project.get_organisation_tags",
    "Project.get_tags",
    "Project.remove_organisation_tag",
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_projects_are_found_by_their_tags(client: EncordUserClient) -> None:
    tag = client.create_organisation_tag(a_title("Urgent"))
    project = client.get_project(client.create_project(a_title("Tagged"), []))

    project.add_organisation_tag(tag)

    assert [it.project_hash for it in client.list_projects(tags_anyof=[tag.name])] == [project.project_hash]
    assert project.get_organisation_tags() == [tag]
    assert project.get_tags() == [tag]
    project.remove_organisation_tag(tag)
    assert project.get_organisation_tags() == []


@pytest.mark.shows("EncordUserClient.get_bearer_token", "EncordUserClient.create_with_bearer_token")
def test_a_token_that_is_asked_for_proves_the_same_person(client: EncordUserClient, target: dict[str, Any]) -> None:
    token = a_client(target, "annotator").get_bearer_token()

    theirs = EncordUserClient.create_with_bearer_token(token, domain=target["url"])

    assert [it.email for it in theirs.list_organisation_users()] == [
        it.email for it in client.list_organisation_users()
    ]


def test_a_token_that_nobody_has_proves_nobody(target: dict[str, Any]) -> None:
    nobody = EncordUserClient.create_with_bearer_token("x" * 43, domain=target["url"])

    with pytest.raises(AuthenticationError):
        list(nobody.list_projects())

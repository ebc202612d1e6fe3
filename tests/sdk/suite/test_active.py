"""Active by the SDK: imports of a project."""

from typing import Any

import pytest
from builders import a_dataset, a_title, an_ontology, registered
from encord import EncordUserClient
from encord.exceptions import EncordException
from encord.orm.active import ActiveProjectMode
from encord.project import Project


def a_project(client: EncordUserClient, target: dict[str, Any]) -> Project:
    """A project of two pictures."""
    dataset = a_dataset(client, registered(client, target, "0.png", "1.png"))
    made = client.create_project(a_title("Cars"), [dataset.dataset_hash], "", an_ontology(client).ontology_hash)
    return client.get_project(made)


@pytest.mark.shows("Project.active_import", "Project.active_sync")
def test_a_project_is_imported_and_synced(client: EncordUserClient, target: dict[str, Any]) -> None:
    project = a_project(client, target)

    with pytest.raises(EncordException, match="never imported"):
        project.active_sync()

    project.active_import(ActiveProjectMode.DATA, video_sampling_rate=2.0)

"""Branches of labels, answers in bulk, validity, and sending tasks back or to their end, by the SDK."""

from typing import Any

import pytest
from builders import a_structure, a_title, an_ontology
from drawing import differences
from encord import EncordUserClient, Project
from encord.objects import Classification, RadioAttribute, TextAttribute
from encord.objects.ontology_labels_impl import LabelRowV2
from projects import a_project, images
from test_label_rows import draw

Target = dict[str, Any]


def a_drawn_project(target: Target, client: EncordUserClient, count: int = 2) -> Project:
    """A project of some images, each with a car on it."""
    project = client.get_project(a_project(target, an_ontology(client).ontology_hash, images(target, count)))
    for row in project.list_label_rows_v2():
        row.initialise_labels()
        draw(row)
        row.save()
    return project


def rows_on(project: Project, branch: str) -> list[LabelRowV2]:
    """The rows of a branch by title."""
    return sorted(project.list_label_rows_v2(branch_name=branch), key=lambda row: row.data_title)


@pytest.mark.shows("Project.list_label_rows_v2")
def test_an_unknown_branch_lists_every_row_without_a_label(target: Target, client: EncordUserClient) -> None:
    project = a_drawn_project(target, client)

    rows = project.list_label_rows_v2(branch_name="nowhere")

    assert [(row.branch_name, row.label_hash) for row in rows] == [("nowhere", None)] * 2


@pytest.mark.shows("LabelRowV2.initialise_labels", "LabelRowV2.save", "Project.list_branches")
def test_labels_on_a_branch_leave_those_on_main_alone(target: Target, client: EncordUserClient) -> None:
    project = a_drawn_project(target, client)
    side = rows_on(project, "model-1")[0]
    side.initialise_labels()
    draw(side, x=0.6)

    side.save()

    (main, _), (again, _) = rows_on(project, "main"), rows_on(project, "model-1")
    main.initialise_labels()
    again.initialise_labels()
    assert differences(side, again) == ""
    assert len(main.get_object_instances()) == 1
    assert main.label_hash != again.label_hash
    assert list(project.list_branches()) == ["main", "model-1"]


@pytest.mark.shows("Project.copy_labels_to_branch", "Project.list_label_rows_v2")
def test_copied_labels_are_on_the_other_branch_once(target: Target, client: EncordUserClient) -> None:
    project = a_drawn_project(target, client)

    copied = [project.copy_labels_to_branch("copy"), project.copy_labels_to_branch("copy")]

    rows = rows_on(project, "copy")
    rows[0].initialise_labels()
    assert copied == [2, 0]
    assert len(rows[0].get_object_instances()) == 1
    branches = [row.branch_name for row in project.list_label_rows_v2(include_all_label_branches=True)]
    assert sorted(branches) == ["copy", "copy", "main", "main"]


@pytest.mark.shows("Project.get_label_classifications")
def test_classifications_are_read_in_bulk(target: Target, client: EncordUserClient) -> None:
    project = a_drawn_project(target, client, 1)
    (row,) = rows_on(project, "main")
    row.initialise_labels()
    scene = row.ontology_structure.get_child_by_title("Scene", type_=Classification)
    instance = scene.create_instance()
    instance.set_answer(scene.get_child_by_title("Scene", type_=RadioAttribute).options[1])
    instance.set_for_frames(0)
    row.add_classification_instance(instance)
    row.save()

    (entry,) = project.get_label_classifications([row.label_hash or ""])

    answer = entry.classification_answers[instance.classification_hash]
    assert str(entry.data_uuid) == row.data_hash
    assert answer.classifications[0].answers[0]["name"] == "Outdoor"


@pytest.mark.shows("LabelRowV2.get_validation_errors")
def test_a_row_says_which_required_answer_is_missing(target: Target, client: EncordUserClient) -> None:
    structure = a_structure()
    structure.objects[0].add_attribute(TextAttribute, name="Maker", required=True)
    ontology = client.create_ontology(a_title("Strict"), structure=structure)
    project = client.get_project(a_project(target, ontology.ontology_hash, images(target)))
    (row,) = rows_on(project, "main")
    row.initialise_labels()
    draw(row)
    row.save()

    (again,) = rows_on(project, "main")

    assert not again.is_valid
    errors = again.get_validation_errors()
    assert ["Maker" in error for error in errors or ()] == [True]


@pytest.mark.shows("LabelRowV2.workflow_complete", "LabelRowV2.workflow_reopen")
def test_a_completed_row_is_reopened(target: Target, client: EncordUserClient) -> None:
    project = a_drawn_project(target, client, 1)
    (row,) = rows_on(project, "main")

    row.workflow_complete()
    (done,) = rows_on(project, "main")
    done.workflow_reopen()

    (again,) = rows_on(project, "main")
    titles = [it.workflow_graph_node.title for it in (done, again) if it.workflow_graph_node]
    assert titles == ["Complete", "Annotate"]

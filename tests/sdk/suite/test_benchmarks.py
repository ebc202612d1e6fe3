"""Benchmark projects by the SDK: made over the labels of another project, which annotators do not learn of."""

from typing import Any

import pytest
from builders import a_title, an_ontology
from conftest import a_client
from encord import EncordUserClient, Project
from encord.exceptions import AuthorisationError, InvalidArgumentsError
from encord.objects import LabelRowV2
from encord.orm.label_row import ShadowDataState
from encord.orm.project import BenchmarkQaWorkflowSettings
from encord.utilities.project_user import ProjectUserRole
from encord.workflow import AnnotationStage, FinalStage
from projects import a_project, api, images
from test_label_rows import draw

Target = dict[str, Any]


def a_gold(target: Target, client: EncordUserClient) -> Project:
    """A project of two images, the first of which is labelled and complete."""
    gold = client.get_project(a_project(target, an_ontology(client).ontology_hash, images(target, 2)))
    (row,) = gold.list_label_rows_v2(data_title_eq="image 0")
    label(row, 0.1)
    row.workflow_complete()
    return gold


def label(row: LabelRowV2, x: float) -> None:
    row.initialise_labels()
    draw(row, x=x)
    row.save()


def a_benchmark(client: EncordUserClient, gold: Project, **more: Any) -> Project:
    settings = BenchmarkQaWorkflowSettings(source_projects=[gold.project_hash])
    return client.get_project(client.create_project(a_title("Exam"), [], workflow_settings=settings, **more))


def titles(project: Project, state: ShadowDataState | None = None) -> list[str]:
    return sorted(row.data_title for row in project.list_label_rows_v2(shadow_data_state=state))


@pytest.mark.shows("EncordUserClient.create_project")
def test_a_benchmark_project_has_the_data_and_ontology_of_its_source(target: Target, client: EncordUserClient) -> None:
    gold = a_gold(target, client)

    made = a_benchmark(client, gold)

    assert made.source_projects == [gold.project_hash]
    assert made.ontology_hash == gold.ontology_hash
    assert [type(stage) for stage in made.workflow.stages] == [AnnotationStage, FinalStage]
    assert titles(made) == ["image 0", "image 1"]


@pytest.mark.shows("Project.list_label_rows_v2")
def test_managers_list_benchmark_rows_apart(target: Target, client: EncordUserClient) -> None:
    made = a_benchmark(client, a_gold(target, client))

    states = (ShadowDataState.ALL_DATA, ShadowDataState.SHADOW_DATA, ShadowDataState.NOT_SHADOW_DATA)
    assert [titles(made, state) for state in states] == [["image 0", "image 1"], ["image 0"], ["image 1"]]
    for row in made.list_label_rows_v2():
        assert row.is_shadow_data is (row.data_title == "image 0")
        row.initialise_labels()
        assert row.to_encord_dict()["is_shadow_data"] is (row.data_title == "image 0")


def test_annotators_do_not_learn_what_they_are_scored_by(target: Target, client: EncordUserClient) -> None:
    made = a_benchmark(client, a_gold(target, client))
    made.add_users([target["people"]["annotator"]], ProjectUserRole.ANNOTATOR)

    own = a_client(target, "annotator").get_project(made.project_hash)

    assert list(own.source_projects or []) == []
    rows = own.list_label_rows_v2()
    assert [row.is_shadow_data for row in rows] == [False, False]
    rows[0].initialise_labels()
    assert rows[0].to_encord_dict()["is_shadow_data"] is False
    assert titles(own, ShadowDataState.SHADOW_DATA) == []


@pytest.mark.shows("AnnotationTask.submit")
def test_what_is_submitted_by_the_sdk_is_scored(target: Target, client: EncordUserClient) -> None:
    made = a_benchmark(client, a_gold(target, client))
    for row in made.list_label_rows_v2():
        label(row, 0.1)

    for task in made.workflow.get_stage(name="Annotate", type_=AnnotationStage).get_tasks():
        task.submit()

    (score,) = api(target, "GET", f"/v1/projects/{made.project_hash}/scores")["entries"]
    (row,) = made.list_label_rows_v2(shadow_data_state=ShadowDataState.SHADOW_DATA)
    assert score["data_id"] == row.data_hash


@pytest.mark.shows("EncordUserClient.create_project")
def test_a_benchmark_project_needs_a_source_that_one_may_read(target: Target, client: EncordUserClient) -> None:
    gold = a_gold(target, client)
    gold.add_users([target["people"]["annotator"]], ProjectUserRole.ANNOTATOR)

    with pytest.raises(InvalidArgumentsError):
        client.create_project(a_title("Exam"), [], workflow_settings=BenchmarkQaWorkflowSettings())
    with pytest.raises(AuthorisationError):
        a_benchmark(a_client(target, "annotator"), gold)

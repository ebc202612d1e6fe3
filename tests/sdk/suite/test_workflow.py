"""Tasks by the SDK: listed, assigned, submitted, reviewed, moved, one by one and in bundles."""

from typing import Any

import pytest
from builders import an_ontology
from encord import EncordUserClient, Project
from encord.exceptions import InvalidArgumentsError
from encord.workflow import AgentStage, AnnotationStage, FinalStage, ReviewStage
from encord.workflow.stages.agent import AgentTask
from encord.workflow.stages.review import LabelReviewStatus
from projects import a_project, images
from test_label_rows import draw
from workflows import a_template

Stages = tuple[AgentStage, AnnotationStage, ReviewStage, FinalStage]


def a_flow(target: dict[str, Any], client: EncordUserClient, count: int = 1) -> Project:
    ontology = an_ontology(client).ontology_hash
    made = a_project(target, ontology, images(target, count), template_id=a_template(target))
    return client.get_project(made)


def stages_of(project: Project) -> Stages:
    workflow = project.workflow
    return (
        workflow.get_stage(name="Pre-label", type_=AgentStage),
        workflow.get_stage(name="Annotate", type_=AnnotationStage),
        workflow.get_stage(name="Review", type_=ReviewStage),
        workflow.get_stage(name="Complete", type_=FinalStage),
    )


def put_all(project: Project, where: str) -> None:
    """Move every task into a stage."""
    destination = project.workflow.get_stage(name=where)
    for stage in stages_of(project):
        with project.create_bundle() as bundle:
            for task in stage.get_tasks() if stage.uuid != destination.uuid else ():
                task.move(destination_stage_uuid=destination.uuid, bundle=bundle)


def proceed_all(project: Project, tasks: list[AgentTask]) -> None:
    """Send all to the people, in one bundle."""
    with project.create_bundle() as bundle:
        for task in tasks:
            task.proceed(pathway_name="To people", bundle=bundle)


def label_all(project: Project) -> None:
    for row in project.list_label_rows_v2():
        row.initialise_labels()
        draw(row)
        row.save()


@pytest.mark.shows("AgentStage.get_tasks", "AgentTask.proceed")
def test_an_agents_task_goes_along_a_pathway(target: dict[str, Any], client: EncordUserClient) -> None:
    agent, annotate, _, _ = stages_of(a_flow(target, client))
    (task,) = agent.get_tasks()
    assert (task.status.value, task.data_title, task.label_branch_name) == ("NEW", "image 0", "main")

    task.proceed(pathway_name="To people")

    assert list(agent.get_tasks()) == []
    assert [it.data_hash for it in annotate.get_tasks()] == [task.data_hash]


@pytest.mark.shows(
    "AnnotationStage.get_tasks",
    "AnnotationTask.assign",
    "AnnotationTask.release",
    "AnnotationTask.submit",
    "AnnotationTask.move",
)
def test_a_task_is_assigned_released_submitted_and_moved(target: dict[str, Any], client: EncordUserClient) -> None:
    project, boss = a_flow(target, client), target["people"]["admin"]
    _, annotate, review, complete = stages_of(project)
    label_all(project)
    put_all(project, "Annotate")
    (task,) = annotate.get_tasks()

    task.assign(boss)
    (assigned,) = annotate.get_tasks(assignee=boss)
    assert (assigned.status.value, assigned.assignee) == ("ASSIGNED", boss)
    assigned.release()
    (released,) = annotate.get_tasks()
    assert (released.status.value, released.assignee) == ("RELEASED", None)
    released.submit(assignee=boss)
    assert [it.assignee for it in review.get_tasks()] == [boss]
    put_all(project, "Annotate")
    released.move(destination_stage_uuid=complete.uuid)
    assert [it.data_hash for it in complete.get_tasks()] == [task.data_hash]


@pytest.mark.shows(
    "ReviewStage.get_tasks", "ReviewTask.reject", "ReviewTask.assign", "ReviewTask.release", "ReviewTask.approve"
)
def test_a_review_rejects_and_then_approves(target: dict[str, Any], client: EncordUserClient) -> None:
    project, boss = a_flow(target, client), target["people"]["admin"]
    _, annotate, review, complete = stages_of(project)
    label_all(project)
    put_all(project, "Review")
    (task,) = review.get_tasks()

    task.reject(assignee=boss)
    (again,) = annotate.get_tasks()
    assert (again.status.value, again.assignee) == ("REOPENED", boss)
    again.submit()
    (second,) = review.get_tasks(status="NEW")
    second.assign(boss)
    assert [it.assignee for it in review.get_tasks()] == [boss]
    second.release()
    assert [it.assignee for it in review.get_tasks()] == [None]
    second.approve()
    assert [it.data_hash for it in complete.get_tasks()] == [task.data_hash]


@pytest.mark.shows("FinalStage.get_tasks", "FinalStageTask.move", "ReviewTask.move")
def test_a_task_that_is_done_is_taken_up_again(target: dict[str, Any], client: EncordUserClient) -> None:
    project = a_flow(target, client)
    agent, _, review, complete = stages_of(project)
    put_all(project, "Complete")
    (done,) = complete.get_tasks()

    done.move(destination_stage_uuid=review.uuid)
    (to_review,) = review.get_tasks(data_hash=done.data_hash)
    to_review.move(destination_stage_uuid=agent.uuid)

    assert [it.data_hash for it in agent.get_tasks()] == [done.data_hash]


def test_a_bundle_of_which_one_task_has_left_moves_none(target: dict[str, Any], client: EncordUserClient) -> None:
    project = a_flow(target, client, 3)
    agent, annotate, _, complete = stages_of(project)
    tasks = list(agent.get_tasks())
    (pathway,) = [it for it in agent.pathways if it.name == "Straight on"]
    tasks[1].proceed(pathway_uuid=pathway.uuid)

    with pytest.raises(InvalidArgumentsError):
        proceed_all(project, tasks)

    assert {task.uuid for task in agent.get_tasks()} == {tasks[0].uuid, tasks[2].uuid}
    assert list(annotate.get_tasks()) == []
    assert [task.data_title for task in complete.get_tasks()] == ["image 1"]


@pytest.mark.shows("AgentTask.move")
def test_a_bundle_moves_all_its_tasks(target: dict[str, Any], client: EncordUserClient) -> None:
    project = a_flow(target, client, 3)
    agent, annotate, _, _ = stages_of(project)

    with project.create_bundle() as bundle:
        for task in agent.get_tasks():
            task.move(destination_stage_uuid=annotate.uuid, bundle=bundle)

    assert list(agent.get_tasks()) == []
    named = {str(task.data_hash) for task in annotate.get_tasks(data_title="image", status="NEW")}
    assert len(named) == 3
    assert len(list(annotate.get_tasks(data_hash=sorted(named)[:2]))) == 2


@pytest.mark.shows("LabelRowV2.set_priority")
def test_a_priority_is_read_back(target: dict[str, Any], client: EncordUserClient) -> None:
    project = a_flow(target, client, 2)
    first, second = project.list_label_rows_v2()

    with project.create_bundle() as bundle:
        first.set_priority(0.9, bundle=bundle)
        second.set_priority(0.1, bundle=bundle)

    again = {row.data_hash: row.priority for row in project.list_label_rows_v2()}
    assert again == {first.data_hash: 0.9, second.data_hash: 0.1}


@pytest.mark.shows("ReviewTask.get_label_reviews", "LabelReview.reject", "LabelReview.reopen", "LabelReview.approve")
def test_a_label_is_rejected_reopened_and_approved(target: dict[str, Any], client: EncordUserClient) -> None:
    project = a_flow(target, client)
    _, _, review, _ = stages_of(project)
    label_all(project)
    put_all(project, "Review")
    (to_review,) = review.get_tasks()

    (label,) = to_review.get_label_reviews()
    assert (label.status, label.label_type) == (LabelReviewStatus.NEW, "object")
    label.reject(comment="Too small", issue_tags=["size"])
    (rejected,) = to_review.get_label_reviews()
    assert (rejected.status, rejected.uuid) == (LabelReviewStatus.REJECTED, label.uuid)
    rejected.reopen()
    assert [it.status for it in to_review.get_label_reviews()] == [LabelReviewStatus.REOPENED]
    rejected.approve()
    assert [it.status for it in to_review.get_label_reviews()] == [LabelReviewStatus.APPROVED]


@pytest.mark.shows("LabelRowV2.initialise_labels", "LabelReview.reject")
def test_what_a_reviewer_said_of_a_label_is_loaded_with_it(target: dict[str, Any], client: EncordUserClient) -> None:
    project = a_flow(target, client)
    label_all(project)
    put_all(project, "Review")
    (to_review,) = stages_of(project)[2].get_tasks()
    next(iter(to_review.get_label_reviews())).reject(comment="Too small")
    (row,) = project.list_label_rows_v2()

    row.initialise_labels(include_reviews=True)

    (said,) = row.get_object_instances()[0].get_annotation(0).reviews or []
    assert (said["status"], said["reviewedBy"]) == ("REJECTED", target["people"]["admin"])
    row.save()
    row.initialise_labels(overwrite=True)
    assert row.get_object_instances()[0].get_annotation(0).reviews is None
    assert [it.status for it in to_review.get_label_reviews()] == [LabelReviewStatus.REJECTED]

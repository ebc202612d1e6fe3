"""A consensus by the SDK: subtasks on branches of their own, and the review that chooses among them."""

from typing import Any

import pytest
from builders import an_ontology
from conftest import a_client
from encord import EncordUserClient, Project
from encord.exceptions import InvalidArgumentsError
from encord.utilities.project_user import ProjectUserRole
from encord.workflow import ConsensusAnnotationStage, ConsensusReviewStage, FinalStage
from encord.workflow.stages.annotation import AnnotationTask
from encord.workflow.stages.consensus_annotation import ConsensusAnnotationTask
from projects import a_project, api, images
from test_label_rows import draw
from workflows import a_consensus_template

Target = dict[str, Any]
Stages = tuple[ConsensusAnnotationStage, ConsensusReviewStage, FinalStage]


def a_consensus(target: Target, client: EncordUserClient, count: int = 1, **review: Any) -> Project:
    """A project with so many images, in which the Admin, an annotator and a reviewer work."""
    template = a_consensus_template(target, **review)
    made = a_project(target, an_ontology(client).ontology_hash, images(target, count), template_id=template)
    project = client.get_project(made)
    project.add_users([target["people"]["annotator"]], ProjectUserRole.ANNOTATOR)
    project.add_users([target["people"]["reviewer"]], ProjectUserRole.ANNOTATOR_REVIEWER)
    return project


def stages_of(project: Project) -> Stages:
    workflow = project.workflow
    return (
        workflow.get_stage(name="Label", type_=ConsensusAnnotationStage),
        workflow.get_stage(name="Judge", type_=ConsensusReviewStage),
        workflow.get_stage(name="Complete", type_=FinalStage),
    )


def label_on(project: Project, branch: str, x: float) -> None:
    """A box on the first image, on a branch."""
    row = project.list_label_rows_v2(branch_name=branch)[0]
    row.initialise_labels()
    draw(row, x=x)
    row.save()


def hand_in(subtasks: list[AnnotationTask], *people: str) -> None:
    for subtask, person in zip(subtasks, people, strict=True):
        subtask.assign(person)
        subtask.submit()


def boxes_on_main(project: Project) -> list[float]:
    (row,) = project.list_label_rows_v2()
    row.initialise_labels()
    return [view.coordinates.top_left_x for it in row.get_object_instances() for view in it.get_annotations()]


def subtasks_of(stage: ConsensusAnnotationStage, **wanted: Any) -> list[AnnotationTask]:
    (task,) = stage.get_tasks(**wanted)
    return list(task.subtasks)


@pytest.mark.shows("ConsensusAnnotationStage.get_tasks", "ConsensusReviewStage.get_tasks")
def test_the_last_annotator_who_submits_sends_the_task_to_review(target: Target, client: EncordUserClient) -> None:
    project, people = a_consensus(target, client), target["people"]
    label, judge, _ = stages_of(project)
    first, second = subtasks_of(label)
    assert first.label_branch_name != second.label_branch_name
    label_on(project, first.label_branch_name, 0.1)

    hand_in([first], people["annotator"])
    assert [it.status.value for it in subtasks_of(label)] == ["COMPLETED", "NEW"]
    assert list(judge.get_tasks()) == []
    hand_in([second], people["reviewer"])

    assert list(label.get_tasks()) == []
    (task,) = judge.get_tasks(status="NEW")
    assert [it.annotator for it in task.options] == [people["annotator"], people["reviewer"]]
    assert [it.label_branch_name for it in task.options] == [first.label_branch_name, second.label_branch_name]
    assert [it.label_hash is None for it in task.options] == [False, True]


@pytest.mark.shows("AnnotationTask.assign", "AnnotationTask.release")
def test_nobody_has_two_subtasks_of_a_task(target: Target, client: EncordUserClient) -> None:
    label, _, _ = stages_of(a_consensus(target, client))
    ann = target["people"]["annotator"]
    first, second = subtasks_of(label)
    first.assign(ann)

    with pytest.raises(InvalidArgumentsError):
        second.assign(ann)

    assert [it.assignee for it in subtasks_of(label, assignee=ann)] == [ann, None]
    first.release()
    second.assign(ann)
    assert [it.assignee for it in subtasks_of(label)] == [None, ann]


def test_an_annotator_sees_no_others_labels(target: Target, client: EncordUserClient) -> None:
    project = a_consensus(target, client)
    first, second = subtasks_of(stages_of(project)[0])
    first.assign(target["people"]["reviewer"])
    second.assign(target["people"]["annotator"])
    label_on(project, first.label_branch_name, 0.3)
    own = a_client(target, "annotator").get_project(project.project_hash)

    label_on(own, second.label_branch_name, 0.1)

    assert [it.uuid for it in subtasks_of(stages_of(own)[0])] == [second.uuid]
    assert list(own.list_label_rows_v2(branch_name=first.label_branch_name)) == []
    assert own.copy_labels_to_branch(second.label_branch_name, first.label_branch_name, overwrite=True) == 0


@pytest.mark.shows("ConsensusReviewTask.assign", "ConsensusReviewTask.release", "ConsensusReviewTask.approve")
def test_approving_takes_the_labels_that_the_others_agree_with_most(target: Target, client: EncordUserClient) -> None:
    project, people = a_consensus(target, client, annotators=3), target["people"]
    label, judge, complete = stages_of(project)
    subtasks = subtasks_of(label)
    for subtask, x in zip(subtasks, (0.6, 0.1, 0.12), strict=True):
        label_on(project, subtask.label_branch_name, x)
    hand_in(subtasks, *people.values())
    (task,) = judge.get_tasks()

    task.assign(people["reviewer"])
    assert [it.assignee for it in judge.get_tasks(assignee=people["reviewer"])] == [people["reviewer"]]
    task.release()
    assert [it.status.value for it in judge.get_tasks()] == ["RELEASED"]
    task.approve()

    assert [it.data_hash for it in complete.get_tasks()] == [task.data_hash]
    assert boxes_on_main(project) == pytest.approx([0.12], abs=0.021)


@pytest.mark.shows("ConsensusReviewTask.reject")
def test_rejecting_gives_the_subtasks_back_to_those_who_had_them(target: Target, client: EncordUserClient) -> None:
    project, people = a_consensus(target, client), target["people"]
    label, judge, _ = stages_of(project)
    hand_in(subtasks_of(label), people["annotator"], people["reviewer"])
    (task,) = judge.get_tasks()

    task.reject()

    again = subtasks_of(label)
    assert [(it.status.value, it.assignee) for it in again] == [
        ("REOPENED", people["annotator"]),
        ("REOPENED", people["reviewer"]),
    ]
    with project.create_bundle() as bundle:
        for subtask in again:
            subtask.submit(bundle=bundle)
    assert len(list(judge.get_tasks())) == 1


def test_a_review_that_refines_keeps_what_was_saved_on_main(target: Target, client: EncordUserClient) -> None:
    project, people = a_consensus(target, client), target["people"]
    label, judge, complete = stages_of(project)
    subtasks = subtasks_of(label)
    label_on(project, subtasks[0].label_branch_name, 0.1)
    hand_in(subtasks, people["annotator"], people["reviewer"])
    (task,) = judge.get_tasks()

    label_on(project, "main", 0.5)
    task.approve()

    assert len(list(complete.get_tasks())) == 1
    assert boxes_on_main(project) == pytest.approx([0.5])


def test_without_consensus_nothing_is_approved_until_a_person_names_who_agrees(
    target: Target, client: EncordUserClient
) -> None:
    project, people = a_consensus(target, client, review_type="determine"), target["people"]
    label, judge, complete = stages_of(project)
    subtasks = subtasks_of(label)
    for subtask, x in zip(subtasks, (0.1, 0.6), strict=True):
        label_on(project, subtask.label_branch_name, x)
    hand_in(subtasks, people["annotator"], people["reviewer"])
    (task,) = judge.get_tasks()

    with pytest.raises(InvalidArgumentsError):
        task.approve()
    branches = [it.label_branch_name for it in task.options]
    wanted = {"action": "approve", "branch": branches[1], "agreeing": branches}
    api(target, "POST", f"/v1/projects/{project.project_hash}/tasks/{task.uuid}/actions", wanted)

    assert len(list(complete.get_tasks())) == 1
    assert boxes_on_main(project) == pytest.approx([0.6])


@pytest.mark.shows("ConsensusAnnotationTask.move", "ConsensusReviewTask.move")
def test_a_task_leaves_a_consensus_but_is_moved_into_none(target: Target, client: EncordUserClient) -> None:
    project, people = a_consensus(target, client, 2), target["people"]
    label, judge, complete = stages_of(project)
    first, second = label.get_tasks()
    with pytest.raises(InvalidArgumentsError):
        first.move(destination_stage_uuid=judge.uuid)
    hand_in(list(second.subtasks), people["annotator"], people["reviewer"])
    (judged,) = judge.get_tasks()

    with pytest.raises(InvalidArgumentsError):
        judged.move(destination_stage_uuid=label.uuid)
    judged.move(destination_stage_uuid=complete.uuid)
    first.move(destination_stage_uuid=complete.uuid)

    assert {it.data_hash for it in complete.get_tasks()} == {first.data_hash, second.data_hash}


def test_a_bundle_over_subtasks_hands_in_all_or_none(target: Target, client: EncordUserClient) -> None:
    project, people = a_consensus(target, client, 3), target["people"]
    label, judge, _ = stages_of(project)
    tasks: list[ConsensusAnnotationTask] = list(label.get_tasks())
    assign_all(project, tasks, people["annotator"], people["reviewer"])
    tasks[1].subtasks[0].submit()

    with pytest.raises(InvalidArgumentsError):
        submit_all(project, tasks)
    assert list(judge.get_tasks()) == []
    submit_all(project, [tasks[0], tasks[2]])

    assert {it.data_hash for it in judge.get_tasks()} == {tasks[0].data_hash, tasks[2].data_hash}


def assign_all(project: Project, tasks: list[ConsensusAnnotationTask], *people: str) -> None:
    with project.create_bundle() as bundle:
        for task in tasks:
            for subtask, person in zip(task.subtasks, people, strict=True):
                subtask.assign(person, bundle=bundle)


def submit_all(project: Project, tasks: list[ConsensusAnnotationTask]) -> None:
    with project.create_bundle() as bundle:
        for task in tasks:
            for subtask in task.subtasks:
                subtask.submit(bundle=bundle)

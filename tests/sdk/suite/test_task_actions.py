"""What was done in a project, as the SDK lists it."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from encord import EncordUserClient
from encord.exceptions import InvalidArgumentsError
from encord.objects import Classification, Option
from encord.objects.coordinates import BoundingBoxCoordinates
from encord.orm.analytics import TaskActionType
from encord.orm.editor_log import EditorLogClassification, EditorLogGeneralAction, EditorLogObject
from encord.orm.label_log import Action
from encord.project import Project
from encord.utilities.project_user import ProjectUserRole
from projects import api
from test_workflow import a_flow, label_all, put_all, stages_of


@pytest.mark.shows("Project.get_task_actions", "Project.get_label_logs")
def test_actions_are_listed_by_time_person_and_stage(target: dict[str, Any], client: EncordUserClient) -> None:
    begun, admin = datetime.now(UTC) - timedelta(minutes=5), target["people"]["admin"]
    project = a_flow(target, client)
    _, annotate, review, _ = stages_of(project)
    label_all(project)
    put_all(project, "Annotate")
    next(iter(annotate.get_tasks())).submit()
    next(iter(review.get_tasks())).reject()

    actions = list(project.get_task_actions(after=begun))

    kinds = [TaskActionType.MOVE, TaskActionType.SUBMIT, TaskActionType.REJECT]
    assert [action.action_type for action in actions] == kinds
    assert {action.actor_email for action in actions} == {admin}
    (submitted,) = project.get_task_actions(after=begun, action_type=TaskActionType.SUBMIT, actor_email=admin)
    assert submitted.workflow_stage_uuid == annotate.uuid
    assert list(project.get_task_actions(after=begun, workflow_stage_uuid=review.uuid)) == actions[2:]
    assert list(project.get_task_actions(after=begun - timedelta(days=1), before=begun)) == []
    log = project.get_label_logs(after=begun)
    assert [entry.action for entry in log] == [Action.SUBMIT_TASK, Action.REJECT_TASK]
    assert {entry.user_email for entry in log} == {admin}


@pytest.mark.shows("Project.list_time_spent", "Project.list_collaborator_timers")
def test_time_at_work_is_told_by_day_and_by_person(target: dict[str, Any], client: EncordUserClient) -> None:
    project, admin = a_flow(target, client), target["people"]["admin"]
    _, annotate, review, _ = stages_of(project)
    put_all(project, "Annotate")
    task = next(iter(annotate.get_tasks()))
    begun = datetime.now(UTC)
    work_for_seconds(target, project, str(task.uuid))

    (spent,) = project.list_time_spent(start=begun, workflow_stage_uuid=annotate.uuid, user_email=admin)

    assert (spent.user_email, spent.project_user_role) == (admin, ProjectUserRole.ADMIN)
    assert (spent.data_uuid, spent.workflow_task_uuid) == (task.data_hash, task.uuid)
    assert (spent.data_title, spent.dataset_uuid) == (task.data_title, next(iter(project.list_datasets())).dataset_hash)
    assert spent.workflow_stage is not None
    assert spent.workflow_stage.uuid == annotate.uuid
    assert spent.period_start_time <= begun < spent.period_end_time
    assert 1 <= spent.time_spent_seconds <= (datetime.now(UTC) - begun).total_seconds() + 1
    assert list(project.list_time_spent(start=begun, workflow_stage_uuid=review.uuid)) == []
    assert list(project.list_time_spent(start=begun - timedelta(days=2), end=begun - timedelta(days=1))) == []
    (unit,) = project.list_collaborator_timers(after=begun)
    assert (unit.user_email, unit.data_title) == (admin, task.data_title)
    (whole,) = project.list_collaborator_timers(after=begun, group_by_data_unit=False)
    assert (whole.data_title, whole.time_seconds) == (None, unit.time_seconds)


def work_for_seconds(target: dict[str, Any], project: Project, task_id: str) -> None:
    """What an editor says meanwhile, over /v1."""
    path, session = f"/v1/projects/{project.project_hash}/tasks/{task_id}/activity", str(uuid4())
    for seq in range(3):
        api(target, "POST", path, {"session_id": session, "seq": seq})
        time.sleep(0.6)


@pytest.mark.shows("Project.get_editor_logs")
def test_the_log_tells_each_edit_of_each_label(target: dict[str, Any], client: EncordUserClient) -> None:
    begun, admin = datetime.now(UTC) - timedelta(minutes=5), target["people"]["admin"]
    project = a_flow(target, client)
    agent, annotate, review, _ = stages_of(project)
    label_all(project)
    next(iter(agent.get_tasks())).proceed(pathway_name="To people")
    task = next(iter(annotate.get_tasks()))
    change_labels(project, str(task.data_hash))
    task.submit()
    span = {"start_time": begun, "end_time": datetime.now(UTC) + timedelta(minutes=5)}

    logs = list(project.get_editor_logs(**span, data_unit_id=task.data_hash))

    assert [it.action for it in logs if isinstance(it, EditorLogGeneralAction)] == [
        *("SAVE", "AGENT_RESULT", "SAVE", "SUBMIT_TASK")
    ]
    made, changed = (it for it in logs if isinstance(it, EditorLogObject))
    assert (made.action, changed.action) == ("CREATE_OBJECT", "EDIT_GEOMETRY_OBJECT")
    assert (changed.object_hash, changed.object_shape, changed.label_ranges) == (
        made.object_hash,
        "bounding_box",
        [(0, 0)],
    )
    assert (changed.actor_user_email, changed.workflow_stage_title) == (admin, "Annotate")
    assert (changed.workflow_task_id, changed.data_unit_title) == (task.uuid, task.data_title)
    (scene,) = (it for it in logs if isinstance(it, EditorLogClassification))
    assert (scene.action, scene.label_name, scene.label_ranges) == ("CREATE_CLASSIFICATION", "Scene", [(0, 0)])
    only = list(project.get_editor_logs(**span, action="CREATE_OBJECT", actor_user_email=admin))
    assert len(only) == len(project.list_label_rows_v2())
    assert list(project.get_editor_logs(**span, workflow_stage_id=review.uuid)) == []
    with pytest.raises(InvalidArgumentsError):
        list(project.get_editor_logs(start_time=begun - timedelta(days=32), end_time=begun))


def change_labels(project: Project, data_hash: str) -> None:
    """Move the first object of a data unit's label row, and say where the picture was taken."""
    (row,) = project.list_label_rows_v2(data_hashes=[data_hash])
    row.initialise_labels()
    moved = BoundingBoxCoordinates(height=0.1, width=0.1, top_left_x=0.5, top_left_y=0.5)
    row.get_object_instances()[0].set_for_frames(moved, 0, overwrite=True)
    scene = row.ontology_structure.get_child_by_title("Scene", type_=Classification)
    instance = scene.create_instance()
    instance.set_answer(scene.get_child_by_title("Indoor", type_=Option))
    instance.set_for_frames(0)
    row.add_classification_instance(instance)
    row.save()

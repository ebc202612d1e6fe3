"""What was done in a project, as the SDK lists it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from encord import EncordUserClient
from encord.exceptions import MethodNotAllowedError
from encord.orm.analytics import TaskActionType
from encord.orm.label_log import Action
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


@pytest.mark.shows("Project.list_time_spent", "Project.list_collaborator_timers", "Project.get_editor_logs")
def test_time_at_work_and_an_editors_steps_are_not_recorded(target: dict[str, Any], client: EncordUserClient) -> None:
    project, day = a_flow(target, client), datetime.now(UTC) - timedelta(days=1)
    until = datetime.now(UTC)

    with pytest.raises(MethodNotAllowedError):
        list(project.list_time_spent(start=day))
    with pytest.raises(MethodNotAllowedError):
        list(project.list_collaborator_timers(after=day))
    with pytest.raises(MethodNotAllowedError):
        list(project.get_editor_logs(start_time=day, end_time=until))

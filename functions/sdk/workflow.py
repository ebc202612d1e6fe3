"""Doorways of a stage's tasks for the public SDK."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.event_handler.openapi.params import Query as FromQuery

from gloss import edge, wiring
from gloss.domain.model import ProjectId, TaskId
from gloss.sdk.wire import Results
from gloss.sdk.workflow import calls, deeds, reviews
from gloss.sdk.workflow.calls import StageRef
from gloss.sdk.workflow.deeds import ActionsAsking
from gloss.sdk.workflow.shapes import (
    MOST_ACTIONS,
    ActionDto,
    LabelReviewDto,
    MoveDto,
    PrioritiesDto,
    TasksQuery,
    VerdictDto,
)

router = edge.router()

STAGE = "/v2/public/projects/<project_id>/workflow/stages/<stage_uuid>"


@router.get(f"{STAGE}/tasks")
def list_tasks(
    project_id: ProjectId, stage_uuid: str, asked: Annotated[TasksQuery, FromQuery()]
) -> Results[dict[str, Any]]:
    where = StageRef(project_id=project_id, stage_uuid=stage_uuid)
    return calls.tasks(where, asked, edge.caller(), wiring.ports())


@router.post(f"{STAGE}/actions")
def act(
    project_id: ProjectId,
    stage_uuid: str,
    body: Annotated[list[ActionDto], Body(min_length=1, max_length=MOST_ACTIONS)],
) -> None:
    calls.act(StageRef(project_id=project_id, stage_uuid=stage_uuid), body, edge.caller(), wiring.ports())


@router.post(f"{STAGE}/move-tasks")
def move(project_id: ProjectId, stage_uuid: str, body: MoveDto) -> None:
    calls.move(StageRef(project_id=project_id, stage_uuid=stage_uuid), body, edge.caller(), wiring.ports())


@router.get(f"{STAGE}/tasks/<task_id>/reviews")
def list_label_reviews(project_id: ProjectId, stage_uuid: str, task_id: TaskId) -> Results[LabelReviewDto]:
    path = reviews.path_of(StageRef(project_id=project_id, stage_uuid=stage_uuid), task_id, wiring.ports())
    return reviews.label_reviews(path, edge.caller(), wiring.ports())


@router.post(f"{STAGE}/tasks/<task_id>/reviews/actions")
def judge(
    project_id: ProjectId,
    stage_uuid: str,
    task_id: TaskId,
    body: Annotated[list[VerdictDto], Body(min_length=1, max_length=MOST_ACTIONS)],
) -> None:
    path = reviews.path_of(StageRef(project_id=project_id, stage_uuid=stage_uuid), task_id, wiring.ports())
    reviews.judge(path, body, edge.caller(), wiring.ports())


@router.post("/v2/public/projects/<project_id>/priorities")
def prioritise(project_id: ProjectId, body: PrioritiesDto) -> None:
    calls.prioritise(project_id, body, edge.caller(), wiring.ports())


@router.get("/v2/public/analytics/task-actions")
def list_task_actions() -> Results[dict[str, Any]]:
    asked = ActionsAsking.read(router.current_event.resolved_query_string_parameters)
    return deeds.actions(asked, edge.caller(), wiring.ports())

"""Doorways of tasks: lists, one task, its history, actions on one or many, claims, stage counts."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.event_handler.openapi.params import Query as FromQuery

from functions.workflow.views import ClaimView, StagedTaskView, TaskView
from gloss import edge, wiring
from gloss.domain.attendance import Signal
from gloss.domain.model import ProjectId, StageId, TaskId
from gloss.domain.workflow.actions import Requested
from gloss.domain.workflow.task import Step
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import adjudicating, advancing, attending, claiming, queueing, situating
from gloss.services.adjudicating import Comparison
from gloss.services.advancing import ManyTasks, Outcome, Priorities
from gloss.services.attending import Counted
from gloss.services.claiming import Claiming, StagePath
from gloss.services.queueing import StageCount, TaskFilter, Turn
from gloss.services.situating import TaskPath

router = edge.router()

AN_HOUR = Claiming()
Words = Annotated[str | None, FromQuery(max_length=256)]


@router.get("/v1/projects/<project_id>/tasks")
def list_tasks(
    project_id: ProjectId, wanted: Annotated[TaskFilter, FromQuery()], limit: Limit = 100, token: Token = None
) -> Listing[TaskView]:
    ports = wiring.ports()
    page = queueing.tasks(project_id, wanted, Turn(limit=limit, token=token), edge.caller(), ports)
    now = ports.clock.now()
    return Listing(entries=[TaskView.of(task, now) for task in page.entries], next_token=page.next_token)


@router.get("/v1/projects/<project_id>/tasks/<task_id>")
def show_task(project_id: ProjectId, task_id: TaskId) -> StagedTaskView:
    met = situating.situation(TaskPath(project_id=project_id, task_id=task_id), edge.caller(), wiring.ports())
    return StagedTaskView.within(met.shown(met.task), met.project.workflow, met.now)


@router.get("/v1/projects/<project_id>/tasks/<task_id>/history")
def show_history(project_id: ProjectId, task_id: TaskId, limit: Limit = 100, token: Token = None) -> Listing[Step]:
    path, query = TaskPath(project_id=project_id, task_id=task_id), Query(limit=limit, after=token)
    page = situating.history(path, query, edge.caller(), wiring.ports())
    return Listing(entries=list(page.entries), next_token=page.next_token)


@router.get("/v1/projects/<project_id>/tasks/<task_id>/consensus")
def show_consensus(project_id: ProjectId, task_id: TaskId) -> Comparison:
    return adjudicating.compare(TaskPath(project_id=project_id, task_id=task_id), edge.caller(), wiring.ports())


@router.post("/v1/projects/<project_id>/tasks/<task_id>/actions")
def act(project_id: ProjectId, task_id: TaskId, body: Annotated[Requested, Body()]) -> TaskView:
    ports = wiring.ports()
    task = advancing.act(TaskPath(project_id=project_id, task_id=task_id), body, edge.caller(), ports)
    return TaskView.of(task, ports.clock.now())


@router.post("/v1/projects/<project_id>/tasks/<task_id>/activity")
def attend(project_id: ProjectId, task_id: TaskId, body: Signal) -> Counted:
    """Say that somebody is at work on the task; the time since the signal before counts, at most five minutes."""
    return attending.signal(TaskPath(project_id=project_id, task_id=task_id), body, edge.caller(), wiring.ports())


@router.post("/v1/projects/<project_id>/tasks/actions")
def act_on_many(project_id: ProjectId, body: ManyTasks) -> Outcome:
    return advancing.act_on_many(project_id, body, edge.caller(), wiring.ports())


@router.post("/v1/projects/<project_id>/tasks/priorities")
def prioritise(project_id: ProjectId, body: Priorities) -> Outcome:
    return advancing.prioritise(project_id, body, edge.caller(), wiring.ports())


@router.get("/v1/projects/<project_id>/stages")
def list_stages(project_id: ProjectId) -> Listing[StageCount]:
    return Listing(entries=queueing.stages(project_id, edge.caller(), wiring.ports()))


@router.post("/v1/projects/<project_id>/stages/<stage_id>/claim")
def claim(project_id: ProjectId, stage_id: StageId, body: Annotated[Claiming, Body()] = AN_HOUR) -> ClaimView:
    ports = wiring.ports()
    task = claiming.claim(StagePath(project_id=project_id, stage_id=stage_id), body, edge.caller(), ports)
    return ClaimView(task=None if task is None else TaskView.of(task, ports.clock.now()))

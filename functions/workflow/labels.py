"""Doorways of labels: reading and saving a row, its saves, and the reviews of its labels."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query as FromQuery

from functions.workflow.views import LabelRowView, LabelsView, TaskView
from gloss import edge, wiring
from gloss.domain.model import ProjectId, TaskId
from gloss.domain.workflow.labelled import LabelSave
from gloss.domain.workflow.reviews import LabelReview
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import attending, labelling, receiving, reviewing
from gloss.services.labelling import Restoring, SavedLabels
from gloss.services.locating import Outlook
from gloss.services.receiving import LabelUpload, NewLabelUpload, Uploaded
from gloss.services.reviewing import Judging
from gloss.services.situating import TaskPath

router = edge.router()

RowVersion = Annotated[int | None, FromQuery(ge=0)]


@router.get("/v1/projects/<project_id>/tasks/<task_id>/labels")
def show_labels(project_id: ProjectId, task_id: TaskId, row_version: RowVersion = None) -> LabelsView:
    path = TaskPath(project_id=project_id, task_id=task_id)
    return LabelsView.of(labelling.read(path, row_version, edge.caller(), wiring.ports()))


@router.put("/v1/projects/<project_id>/tasks/<task_id>/labels")
def save_labels(project_id: ProjectId, task_id: TaskId, body: SavedLabels) -> TaskView:
    ports, caller = wiring.ports(), edge.caller()
    task = labelling.save(TaskPath(project_id=project_id, task_id=task_id), body, caller, ports)
    attending.after_save(task, caller, ports)
    return TaskView.of(task, ports.clock.now())


@router.get("/v1/projects/<project_id>/tasks/<task_id>/labels/history")
def list_saves(project_id: ProjectId, task_id: TaskId, limit: Limit = 100, token: Token = None) -> Listing[LabelSave]:
    path, query = TaskPath(project_id=project_id, task_id=task_id), Query(limit=limit, after=token)
    page = labelling.history(path, query, edge.caller(), wiring.ports())
    return Listing(entries=list(page.entries), next_token=page.next_token)


@router.post("/v1/projects/<project_id>/tasks/<task_id>/labels/restore")
def restore_labels(project_id: ProjectId, task_id: TaskId, body: Restoring) -> TaskView:
    ports = wiring.ports()
    task = labelling.restore(TaskPath(project_id=project_id, task_id=task_id), body, edge.caller(), ports)
    return TaskView.of(task, ports.clock.now())


@router.post("/v1/projects/<project_id>/label-rows/<row_id>/uploads")
def invite_labels(project_id: ProjectId, row_id: str, body: NewLabelUpload) -> LabelUpload:
    ports = wiring.ports()
    return receiving.invite(row_id, body, Outlook.of(project_id, edge.caller(), ports), ports)


@router.post("/v1/projects/<project_id>/label-rows/<row_id>/labels")
def save_uploaded_labels(project_id: ProjectId, row_id: str, body: Uploaded) -> LabelRowView:
    ports, caller = wiring.ports(), edge.caller()
    return LabelRowView.of(receiving.save(row_id, body, caller, Outlook.of(project_id, caller, ports), ports))


@router.get("/v1/projects/<project_id>/tasks/<task_id>/reviews")
def list_reviews(project_id: ProjectId, task_id: TaskId) -> Listing[LabelReview]:
    path = TaskPath(project_id=project_id, task_id=task_id)
    return Listing(entries=reviewing.label_reviews(path, edge.caller(), wiring.ports()))


@router.post("/v1/projects/<project_id>/tasks/<task_id>/reviews/<label_id>/actions")
def judge(project_id: ProjectId, task_id: TaskId, label_id: str, body: Judging) -> LabelReview:
    path = TaskPath(project_id=project_id, task_id=task_id)
    return reviewing.judge(path, label_id, body, edge.caller(), wiring.ports())

"""Doorways of issues: those of a project or task, opening, answering, resolving, reopening."""

from gloss import edge, wiring
from gloss.domain.model import ProjectId, TaskId
from gloss.domain.workflow.issues import Issue, NewIssue
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import discussing
from gloss.services.discussing import Answering, IssuePath
from gloss.services.situating import TaskPath

router = edge.router()


@router.get("/v1/projects/<project_id>/issues")
def list_issues(project_id: ProjectId, limit: Limit = 100, token: Token = None) -> Listing[Issue]:
    page = discussing.of_project(project_id, Query(limit=limit, after=token), wiring.ports())
    return Listing(entries=list(page.entries), next_token=page.next_token)


@router.get("/v1/projects/<project_id>/tasks/<task_id>/issues")
def list_task_issues(project_id: ProjectId, task_id: TaskId, limit: Limit = 100, token: Token = None) -> Listing[Issue]:
    path, query = TaskPath(project_id=project_id, task_id=task_id), Query(limit=limit, after=token)
    page = discussing.of_one_task(path, query, edge.caller(), wiring.ports())
    return Listing(entries=list(page.entries), next_token=page.next_token)


@router.post("/v1/projects/<project_id>/tasks/<task_id>/issues")
def open_issue(project_id: ProjectId, task_id: TaskId, body: NewIssue) -> Issue:
    path = TaskPath(project_id=project_id, task_id=task_id)
    return discussing.open_issue(path, body, edge.caller(), wiring.ports())


@router.post("/v1/projects/<project_id>/tasks/<task_id>/issues/<issue_id>/comments")
def answer(project_id: ProjectId, task_id: TaskId, issue_id: str, body: Answering) -> Issue:
    path = IssuePath(project_id=project_id, task_id=task_id, issue_id=issue_id)
    return discussing.answer(path, body, edge.caller(), wiring.ports())


@router.post("/v1/projects/<project_id>/tasks/<task_id>/issues/<issue_id>/resolve")
def resolve(project_id: ProjectId, task_id: TaskId, issue_id: str) -> Issue:
    path = IssuePath(project_id=project_id, task_id=task_id, issue_id=issue_id)
    return discussing.resolve(path, edge.caller(), wiring.ports())


@router.post("/v1/projects/<project_id>/tasks/<task_id>/issues/<issue_id>/reopen")
def reopen(project_id: ProjectId, task_id: TaskId, issue_id: str) -> Issue:
    path = IssuePath(project_id=project_id, task_id=task_id, issue_id=issue_id)
    return discussing.reopen(path, edge.caller(), wiring.ports())

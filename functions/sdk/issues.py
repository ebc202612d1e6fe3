"""Doorways of issues and their tags for the public SDK."""

from typing import Any

from gloss import edge, wiring
from gloss.domain.model import ProjectId
from gloss.sdk.issues import calls
from gloss.sdk.issues.shapes import DeletedDto, IssuesAsking, NewIssuesDto, TagNamesDto, TagsAsking
from gloss.sdk.wire import Results

router = edge.router()

ISSUES = "/v2/public/projects/<project_id>/issues"
TAGS = "/v2/public/projects/<project_id>/issue-tags"


@router.get(ISSUES)
def list_issues(project_id: ProjectId) -> Results[dict[str, Any]]:
    asked = IssuesAsking.read(router.current_event.resolved_query_string_parameters)
    return calls.listed(project_id, asked, edge.caller(), wiring.ports())


@router.post(ISSUES)
def open_issues(project_id: ProjectId, body: NewIssuesDto) -> None:
    calls.open_many(project_id, body, edge.caller(), wiring.ports())


@router.post(f"{ISSUES}/delete")
def delete_issues(project_id: ProjectId, body: DeletedDto) -> None:
    calls.delete(project_id, body, edge.caller(), wiring.ports())


@router.get(TAGS)
def list_tags(project_id: ProjectId) -> Results[dict[str, str]]:
    asked = TagsAsking.read(router.current_event.resolved_query_string_parameters)
    return calls.tags(project_id, asked.page_token, wiring.ports())


@router.post(TAGS)
def add_tags(project_id: ProjectId, body: TagNamesDto) -> None:
    calls.add_tags(project_id, body, wiring.ports())

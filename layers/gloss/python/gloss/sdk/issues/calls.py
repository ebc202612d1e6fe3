"""What the public SDK asks of issues."""

from typing import Any

from gloss.domain.access import Caller
from gloss.domain.model import DataId, ProjectId
from gloss.domain.workflow.issues import NewIssue
from gloss.domain.workflow.task import task_id_of
from gloss.kinds.workflow import PROJECT_TAGS, issue_tags_of
from gloss.ports import Ports, Query
from gloss.sdk.issues.shapes import DeletedDto, IssuesAsking, NewIssueDto, NewIssuesDto, TagNamesDto, issue_dto, tag_dto
from gloss.sdk.people import emails_of
from gloss.sdk.wire import Results
from gloss.services import discussing, raising
from gloss.services.raising import Raised
from gloss.services.situating import TaskPath, project_of

PAGE = 100


def listed(project_id: ProjectId, asked: IssuesAsking, caller: Caller, ports: Ports) -> Results[dict[str, Any]]:
    """A page of a data unit's issues."""
    data_id = DataId(asked.data_unit_id.lower())
    path = TaskPath(project_id=project_id, task_id=task_id_of(project_id, data_id))
    page = discussing.of_one_task(path, Query(limit=PAGE, after=asked.page_token), caller, ports)
    people = [it.author for issue in page.entries for it in issue.comments]
    people += [it.actor for issue in page.entries for it in issue.resolutions]
    emails = emails_of(people, ports.store)
    return Results(
        results=[issue_dto(issue, data_id, emails) for issue in page.entries], next_page_token=page.next_token
    )


def open_many(project_id: ProjectId, asked: NewIssuesDto, caller: Caller, ports: Ports) -> None:
    """Open all of these issues, or none."""
    raising.open_many(project_of(project_id, ports.store), [_raised(it) for it in asked.issues], caller, ports)


def _raised(asked: NewIssueDto) -> Raised:
    issue = NewIssue(comment=asked.comment, anchor=asked.anchor.anchor(), tags=asked.issue_tags)
    return Raised(data_id=DataId(asked.anchor.data_uuid.lower()), issue=issue)


def delete(project_id: ProjectId, asked: DeletedDto, caller: Caller, ports: Ports) -> None:
    """Delete all of these issues, or none."""
    ids = [uuid.lower() for uuid in asked.issue_uuids]
    raising.delete_many(project_of(project_id, ports.store), ids, caller, ports)


def tags(project_id: ProjectId, token: str | None, ports: Ports) -> Results[dict[str, str]]:
    """A page of the tags that a project's issues may bear."""
    page = ports.store.page(PROJECT_TAGS, issue_tags_of(project_id), Query(limit=PAGE, after=token))
    told = [tag_dto(tag.org_id, tag.name) for tag in page.entries]
    return Results(results=told, next_page_token=page.next_token)


def add_tags(project_id: ProjectId, asked: TagNamesDto, ports: Ports) -> None:
    """Let a project's issues bear these tags."""
    raising.add_tags(project_of(project_id, ports.store), asked.issue_tag_names, ports.store)

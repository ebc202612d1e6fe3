"""Issues by the SDK: opened at every place of a data unit, listed with what was said, and deleted."""

from typing import Any

import pytest
from encord import EncordUserClient
from encord.exceptions import AuthorisationError
from encord.issues.issue_client import (
    AnnotationIssue,
    CoordinateIssue,
    FileIssue,
    FrameIssue,
    IssueFrameRange,
    TaskIssues,
)
from test_workflow import a_flow, stages_of


def issues_of(target: dict[str, Any], client: EncordUserClient) -> TaskIssues:
    agent, *_ = stages_of(a_flow(target, client))
    (task,) = agent.get_tasks()
    return task.issues


@pytest.mark.shows(
    "TaskIssues.add_file_issue", "TaskIssues.add_frame_issue", "TaskIssues.add_coordinate_issue", "TaskIssues.list"
)
def test_issues_hang_on_the_file_a_frame_or_a_point(target: dict[str, Any], client: EncordUserClient) -> None:
    issues = issues_of(target, client)

    issues.add_file_issue("Blurred", ["quality"])
    issues.add_frame_issue(0, "Dark", [])
    issues.add_coordinate_issue(frame_index=0, x=0.25, y=0.75, comment="What is this?", issue_tags=["a", "b"])

    found = {type(issue): issue for issue in issues.list()}
    file, frame, point = found[FileIssue], found[FrameIssue], found[CoordinateIssue]
    assert [(it.content, it.author_email) for it in file.comments] == [("Blurred", target["people"]["admin"])]
    assert (frame.frame_index, file.resolution_history) == (0, [])
    assert (point.coordinate.x, point.coordinate.y, sorted(it.name for it in point.tags)) == (0.25, 0.75, ["a", "b"])


@pytest.mark.shows("TaskIssues.add_annotation_issue")
def test_an_issue_hangs_on_frames_of_a_label(target: dict[str, Any], client: EncordUserClient) -> None:
    issues = issues_of(target, client)

    issues.add_annotation_issue("object00", "Too wide", [], frame_ranges=[IssueFrameRange(start=0, end=3)])

    (issue,) = issues.list()
    assert isinstance(issue, AnnotationIssue)
    assert issue.annotation_id == "object00"
    assert [(it.start, it.end) for it in issue.frame_ranges or []] == [(0, 3)]


@pytest.mark.shows("TaskIssues.delete")
def test_a_batch_with_an_unknown_issue_deletes_none(target: dict[str, Any], client: EncordUserClient) -> None:
    issues, other = issues_of(target, client), issues_of(target, client)
    issues.add_file_issue("Here", [])
    other.add_file_issue("There", [])
    both = [*issues.list(), *other.list()]

    with pytest.raises(AuthorisationError):
        issues.delete(both)
    assert len(list(issues.list())) == 1
    issues.delete(both[:1])

    assert list(issues.list()) == []


@pytest.mark.shows("Project.add_issue_tags", "Project.get_issue_tags")
def test_issue_tags_that_are_linked_are_listed(target: dict[str, Any], client: EncordUserClient) -> None:
    project = a_flow(target, client)

    project.add_issue_tags(["small", "blurred"])
    project.add_issue_tags(["small"])

    assert sorted(tag.name for tag in project.get_issue_tags()) == ["blurred", "small"]

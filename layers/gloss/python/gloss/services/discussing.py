"""Issues: opening, answering, resolving and reopening them; each task carries how many are open."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gloss.domain.access import Caller
from gloss.domain.errors import IllegalAction
from gloss.domain.events import IssueOpened, IssueReopened, IssueResolved, OfIssue
from gloss.domain.model import ProjectId, UserId, Value
from gloss.domain.workflow import issues
from gloss.domain.workflow.graph import StageKind
from gloss.domain.workflow.issues import Issue, IssueEntry, NewIssue, Remark
from gloss.domain.workflow.task import Task
from gloss.kinds.workflow import ISSUE_ENTRIES, ISSUES, TASKS, issue_key, issues_of, of_task
from gloss.ports import Change, Page, Ports, Query, Save
from gloss.services.situating import Situation, TaskPath, demand_open, persistently, situation


class IssuePath(TaskPath):
    """Which issue of which task."""

    issue_id: str

    @property
    def task(self) -> TaskPath:
        return TaskPath(project_id=self.project_id, task_id=self.task_id)


class Answering(Value):
    """A further comment."""

    comment: issues.Content


@dataclass(frozen=True)
class Turn:
    """What resolving or reopening does to the issue, and to the number of open issues of its task."""

    turned: Callable[[Issue, UserId, datetime], Issue]
    event: type[OfIssue]
    opened: int


RESOLVING = Turn(issues.resolved, IssueResolved, -1)
REOPENING = Turn(issues.reopened, IssueReopened, 1)


def of_project(project_id: ProjectId, query: Query, ports: Ports) -> Page[Issue]:
    """The project's issues, the latest first."""
    latest = Query(index="by_parent", limit=query.limit, after=query.after, descending=True)
    return ports.store.page(ISSUES, issues_of(project_id), latest)


def of_one_task(path: TaskPath, query: Query, caller: Caller, ports: Ports) -> Page[Issue]:
    """The issues of a task."""
    task = situation(path, caller, ports).task
    return ports.store.page(ISSUES, of_task(task.id), Query(prefix="ISSUE#", limit=query.limit, after=query.after))


def open_issue(path: TaskPath, wanted: NewIssue, caller: Caller, ports: Ports) -> Issue:
    """Open an issue on a task."""

    def work() -> Issue:
        met = situation(path, caller, ports)
        demand_open(met.project, met.worker)
        demand_issues(met)
        issue = new_issue(met, wanted, ports.ids.new())
        task = met.task.changed(open_issues=met.task.open_issues + 1, updated_at=met.now)
        event = IssueOpened(**told(met, issue, ports.ids.new()))
        ports.store.commit([Save(TASKS, task), *kept(issue)], [event])
        return issue

    return persistently(work)


def answer(path: IssuePath, wanted: Answering, caller: Caller, ports: Ports) -> Issue:
    """Add a comment to an issue."""
    met = situation(path.task, caller, ports)
    demand_open(met.project, met.worker)
    remark = Remark(content=wanted.comment, author=met.worker.user_id, at=met.now)
    issue = issues.answered(ports.store.get(ISSUES, issue_key(path.task_id, path.issue_id)), remark)
    ports.store.commit([Save(ISSUES, issue)])
    return issue


def resolve(path: IssuePath, caller: Caller, ports: Ports) -> Issue:
    """Say that nothing is left to be done; raises IllegalAction when that was said before."""
    return persistently(lambda: _turn(path, RESOLVING, caller, ports))


def reopen(path: IssuePath, caller: Caller, ports: Ports) -> Issue:
    """Open a resolved issue again; raises IllegalAction when it is open."""
    return persistently(lambda: _turn(path, REOPENING, caller, ports))


def demand_issues(met: Situation) -> None:
    """Let issues be opened; raises IllegalAction while annotators work blind to each other, who would read them."""
    if met.stage.kind is StageKind.CONSENSUS_ANNOTATE:
        raise IllegalAction(f"In stage {met.stage.title} no issues are opened, since annotators do not see each other.")


def new_issue(met: Situation, wanted: NewIssue, issue_id: str) -> Issue:
    """The issue that the caller would open on the task."""
    return Issue(
        id=issue_id,
        org_id=met.project.org_id,
        project_id=met.project.id,
        task_id=met.task.id,
        stage=met.stage.id,
        anchor=wanted.anchor,
        comments=(Remark(content=wanted.comment, author=met.worker.user_id, at=met.now),),
        tags=wanted.tags,
        created_at=met.now,
    )


def kept(issue: Issue) -> list[Change]:
    """A new issue, to be found by its id alone too."""
    entry = IssueEntry(id=issue.id, project_id=issue.project_id, task_id=issue.task_id)
    return [Save(ISSUES, issue), Save(ISSUE_ENTRIES, entry)]


def turned_task(task: Task, opened: int, now: datetime) -> Task:
    """The task when an issue was reopened (1) or resolved (-1)."""
    counts = {"open_issues": task.open_issues + opened, "resolved_issues": task.resolved_issues - opened}
    return task.changed(**counts, updated_at=now)


def told(met: Situation, issue: Issue, event_id: str) -> dict[str, Any]:
    """What every event of an issue says."""
    return {
        "id": event_id,
        "at": met.now,
        "actor": met.worker.user_id,
        "org_id": met.project.org_id,
        "project_id": met.project.id,
        "task_id": met.task.id,
        "issue_id": issue.id,
    }


def _turn(path: IssuePath, turn: Turn, caller: Caller, ports: Ports) -> Issue:
    met = situation(path.task, caller, ports)
    demand_open(met.project, met.worker)
    stored = ports.store.get(ISSUES, issue_key(path.task_id, path.issue_id))
    issue = turn.turned(stored, met.worker.user_id, met.now)
    event: Any = turn.event(**told(met, issue, ports.ids.new()))
    ports.store.commit([Save(TASKS, turned_task(met.task, turn.opened, met.now)), Save(ISSUES, issue)], [event])
    return issue

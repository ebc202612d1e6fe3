"""Issues by data unit and by id alone: opening some at once, deleting many, and the tags that they may bear."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final
from uuid import UUID, uuid5

from gloss.domain.access import Caller
from gloss.domain.errors import NotFound, Repeated
from gloss.domain.events import Event, IssueDeleted, IssueOpened
from gloss.domain.model import DataId, TaskId, Value
from gloss.domain.project import Project
from gloss.domain.workflow.issues import Issue, IssueEntry, NewIssue, ProjectTag, demand_may_delete
from gloss.domain.workflow.task import Task, task_id_of
from gloss.kinds.workflow import ISSUE_ENTRIES, ISSUES, PROJECT_TAGS, TASKS, issue_entry_key, issue_key, task_key
from gloss.ports import Change, Erase, Overwrite, Ports, Save, Store
from gloss.services.convoying import all_freed
from gloss.services.discussing import demand_issues, kept, new_issue, told
from gloss.services.making import Following
from gloss.services.situating import Situation, demand_open, meeting, persistently, worker_of

#: An issue to open takes four of a transaction's hundred places, one to delete takes four too.
MOST_OPENED: Final = 25
DELETED_AT_ONCE: Final = 25
TAGS_AT_ONCE: Final = 100
REMEMBERED_S: Final = 30 * 86_400


class Raised(Value):
    """An issue to open on a data unit."""

    data_id: DataId
    issue: NewIssue


def open_many(project: Project, wanted: Sequence[Raised], caller: Caller, ports: Ports) -> None:
    """Open all of these issues, at most MOST_OPENED, or none; the same request again opens none twice."""
    seed = UUID(ports.ids.new())
    try:
        persistently(lambda: _open(project, wanted, caller, replace(ports, ids=Following(str(seed)))))
    except Repeated:
        return


def _open(project: Project, wanted: Sequence[Raised], caller: Caller, ports: Ports) -> None:
    counts = Counter(task_id_of(project.id, each.data_id) for each in wanted)
    met = {task_id: meeting(project, task_id, caller, ports) for task_id in counts}
    demand_open(project, worker_of(caller))
    for each in met.values():
        demand_issues(each)
    changes: list[Change] = [Save(TASKS, _more(met[task_id], counts[task_id])) for task_id in counts]
    events: list[Event] = []
    for raised in wanted:
        situation = met[task_id_of(project.id, raised.data_id)]
        issue = new_issue(situation, raised.issue, ports.ids.new())
        changes += kept(issue)
        events.append(IssueOpened(**told(situation, issue, ports.ids.new())))
    ports.store.commit(changes, events)


def _more(met: Situation, opened: int) -> Task:
    return met.task.changed(open_issues=met.task.open_issues + opened, updated_at=met.now)


def delete_many(project: Project, issue_ids: Sequence[str], caller: Caller, ports: Ports) -> None:
    """Delete issues; raises NotFound or Forbidden when that may not be done to one, and has changed nothing then.

    Those that are deleted already are passed over, so that the same request goes on where it broke off.
    """
    ids = list(dict.fromkeys(issue_ids))
    for issue in _present(project, ids, ports.store):
        demand_may_delete(issue, caller.user_id, worker_of(caller).manages)
    demand_open(project, worker_of(caller))
    seed = UUID(ports.ids.new())
    for start in range(0, len(ids), DELETED_AT_ONCE):
        own = replace(ports, ids=Following(str(uuid5(seed, str(start)))))
        persistently(partial(_delete, project, ids[start : start + DELETED_AT_ONCE], caller, own))


def _delete(project: Project, ids: Sequence[str], caller: Caller, ports: Ports) -> None:
    present = _present(project, ids, ports.store)
    entries = ports.store.get_many(ISSUE_ENTRIES, [issue_entry_key(issue.id) for issue in present])
    keys = [task_key(task_id) for task_id in dict.fromkeys(issue.task_id for issue in present)]
    tasks = all_freed(ports.store.get_many(TASKS, keys), ports)
    changes: list[Change] = [Save(TASKS, _fewer(task, present, ports)) for task in tasks]
    changes += [Erase(ISSUES, issue) for issue in present]
    changes += [Save(ISSUE_ENTRIES, _gone(entry, ports)) for entry in entries]
    ports.store.commit(changes, [_told(issue, caller, ports) for issue in present])


def _present(project: Project, ids: Sequence[str], store: Store) -> list[Issue]:
    """Those of the project's issues that are not deleted yet; raises NotFound for what never was one of them."""
    entries = store.get_many(ISSUE_ENTRIES, [issue_entry_key(issue_id) for issue_id in ids])
    if len(entries) < len(ids) or any(entry.project_id != project.id for entry in entries):
        raise NotFound("Some of these are no issues of this project.")
    keys = [issue_key(entry.task_id, entry.id) for entry in entries if entry.deleted_at is None]
    return store.get_many(ISSUES, keys)


def _fewer(task: Task, gone: Sequence[Issue], ports: Ports) -> Task:
    own = Counter(issue.is_resolved for issue in gone if issue.task_id == task.id)
    counts = {"open_issues": task.open_issues - own[False], "resolved_issues": task.resolved_issues - own[True]}
    return task.changed(**counts, updated_at=ports.clock.now())


def _gone(entry: IssueEntry, ports: Ports) -> IssueEntry:
    now = ports.clock.now()
    return entry.changed(deleted_at=now, expires=int(now.timestamp()) + REMEMBERED_S)


def _told(issue: Issue, caller: Caller, ports: Ports) -> IssueDeleted:
    return IssueDeleted(
        id=ports.ids.new(),
        at=ports.clock.now(),
        actor=caller.user_id,
        org_id=issue.org_id,
        project_id=issue.project_id,
        task_id=TaskId(issue.task_id),
        issue_id=issue.id,
    )


def add_tags(project: Project, names: Sequence[str], store: Store) -> None:
    """Let the project's issues bear these tags; those that it has stay."""
    tags = [ProjectTag(org_id=project.org_id, project_id=project.id, name=name) for name in dict.fromkeys(names)]
    for start in range(0, len(tags), TAGS_AT_ONCE):
        store.commit([Overwrite(PROJECT_TAGS, tag) for tag in tags[start : start + TAGS_AT_ONCE]])

"""Records of tasks: their history, label saves, label reviews and issues."""

from gloss.domain.model import ProjectId, TaskId, UserId, iso
from gloss.domain.workflow import deeds, queue
from gloss.domain.workflow.convoy import Convoy
from gloss.domain.workflow.issues import Issue, IssueEntry, ProjectTag
from gloss.domain.workflow.label_rows import Branch, BranchRow
from gloss.domain.workflow.labelled import LabelSave
from gloss.domain.workflow.reviews import ReviewSheet
from gloss.domain.workflow.task import Step, Task
from gloss.ports import Key, Kind

#: A task by id; those of a project by title, over four shards (by_parent); what a person holds, in queue order
#: (by_owner); those of a stage: free and held ones in queue order over four shards, claimed ones by lease (by_state),
#: and all of them by title over four shards (by_stage).
TASKS = Kind(
    "task",
    Task,
    lambda it: task_key(it.id),
    {
        "by_parent": lambda it: None if it.removed_at else _titled(it),
        "by_owner": lambda it: None if it.removed_at or it.assignee is None else _assigned(it, it.assignee),
        "by_state": lambda it: None if it.removed_at else Key(queue.stage_partition(it), queue.stage_sort(it)),
        "by_stage": lambda it: None if it.removed_at else Key(queue.staged_with(it), queue.by_title(it)),
    },
)

#: Tasks that are acted on together, until all have arrived.
CONVOYS = Kind("convoy", Convoy, lambda it: convoy_key(it.id))

#: What was done to a task, by time; what people and agents did in a project, by month over four shards (by_parent).
STEPS = Kind(
    "history entry",
    Step,
    lambda it: Key(of_task(it.task_id), f"STEP#{iso(it.at)}#{it.id}"),
    {"by_parent": lambda it: _listed(it, it.project_id) if it.project_id and deeds.is_listed(it) else None},
)

#: A label row on a branch other than `main`, by its id.
BRANCH_ROWS = Kind("branch row", BranchRow, lambda it: branch_row_key(it.id))

#: The branches of a project besides `main`, by name.
BRANCHES = Kind("branch", Branch, lambda it: Key(branches_of(it.project_id), it.name))

#: The saves of a task's labels by number, or of a branch row's, so that each can be read again and undone; those of a
#: project by month over four shards (by_parent).
LABEL_SAVES = Kind(
    "label save",
    LabelSave,
    lambda it: label_save_key(it.task_id, it.row_version),
    {"by_parent": lambda it: _saved(it, it.project_id) if it.project_id else None},
)

#: A task's label reviews, some hundreds to a sheet.
REVIEW_SHEETS = Kind("review sheet", ReviewSheet, lambda it: review_sheet_key(it.task_id, it.number))

#: An issue by task and id, and all of a task; those of a project by time (by_parent).
ISSUES = Kind(
    "issue",
    Issue,
    lambda it: issue_key(it.task_id, it.id),
    {"by_parent": lambda it: Key(issues_of(it.project_id), f"{iso(it.created_at)}#{it.id}")},
)


#: Where an issue lies, by its id alone; what is left of a deleted one for a month.
ISSUE_ENTRIES = Kind("issue entry", IssueEntry, lambda it: issue_entry_key(it.id))

#: The tags that a project's issues may bear, by name.
PROJECT_TAGS = Kind("issue tag", ProjectTag, lambda it: Key(issue_tags_of(it.project_id), it.name))


def task_key(task_id: TaskId) -> Key:
    """Where a task lies."""
    return Key(of_task(task_id))


def convoy_key(convoy_id: str) -> Key:
    """Where a convoy lies."""
    return Key(f"CONVOY#{convoy_id}")


def of_task(task_id: TaskId) -> str:
    """The partition of a task and of all that belongs to it."""
    return f"TASK#{task_id}"


def label_save_key(task_id: TaskId, row_version: int) -> Key:
    """Where one save of a task's labels lies."""
    return Key(of_task(task_id), f"LABELS#{row_version:08}")


def review_sheet_key(task_id: TaskId, number: int) -> Key:
    """Where one sheet of a task's label reviews lies."""
    return Key(of_task(task_id), f"REVIEWS#{number:05}")


def branch_row_key(row_id: str) -> Key:
    """Where a label row of another branch lies."""
    return Key(f"LABELROW#{row_id}")


def branches_of(project_id: ProjectId) -> str:
    """The partition of a project's branches."""
    return f"PROJECT#{project_id}#BRANCHES"


def issue_key(task_id: TaskId, issue_id: str) -> Key:
    """Where an issue lies."""
    return Key(of_task(task_id), f"ISSUE#{issue_id}")


def issue_entry_key(issue_id: str) -> Key:
    """Where it says where an issue lies."""
    return Key(f"ISSUE#{issue_id}")


def issue_tags_of(project_id: ProjectId) -> str:
    """The partition of a project's issue tags."""
    return f"PROJECT#{project_id}#ISSUE_TAGS"


def issues_of(project_id: ProjectId) -> str:
    """The by_parent partition of a project's issues."""
    return f"PROJECT#{project_id}#ISSUES"


def _listed(step: Step, project_id: ProjectId) -> Key:
    partition = deeds.partition_of(project_id, deeds.month_of(step.at), deeds.shard_of(step.task_id))
    return Key(partition, deeds.place_of(step))


def _saved(save: LabelSave, project_id: ProjectId) -> Key:
    return Key(saves_of(project_id, deeds.month_of(save.at), deeds.shard_of(save.task)), save_place(save))


def saves_of(project_id: ProjectId, month: str, shard: int) -> str:
    """A quarter of a month's saves in a project; `month` is `2026-11`."""
    return f"PROJECT#{project_id}#SAVES#{month}#{shard}"


def save_place(save: LabelSave) -> str:
    """The save's place among those of its project."""
    return f"{iso(save.at)}#{save.task_id}#{save.row_version:08}"


def _titled(task: Task) -> Key:
    return Key(queue.titled(task.project_id, queue.shard_of(task)), queue.by_title(task))


def _assigned(task: Task, assignee: UserId) -> Key:
    return Key(queue.assigned(task.project_id, assignee), queue.order(task))

"""The order in which tasks are handed out, and where they lie in the sharded index of their stage."""

import hashlib
from collections.abc import Iterable

from gloss.domain.model import ProjectId, StageId, Timestamp, cut, iso
from gloss.domain.workflow.task import Task, TaskStatus

SHARDS = 4
STEPS = 1_000_000
LONGEST_TITLE = 900


def order(task: Task) -> str:
    """The task's place in its stage: falling priority (in millionths), then a hash, the same for everybody."""
    tie = hashlib.sha256(f"{task.project_id}|{task.id}".encode()).hexdigest()[:16]
    return f"{bucket(task)}#{tie}#{task.id}"


def bucket(task: Task) -> str:
    """Tasks of one priority; inside it a claim may draw any."""
    return f"{round((1 - task.priority) * STEPS):07d}"


def shard_of(task: Task) -> int:
    """Which of the SHARDS index partitions of its stage or project keeps the task."""
    return shard_of_id(task.id)


def shard_of_id(task_id: str) -> int:
    """The same by the task's id."""
    return hashlib.sha256(task_id.encode()).digest()[0] % SHARDS


def stage_partition(task: Task) -> str:
    """Free, held and leased tasks lie apart, so that a claim never wades through what others hold."""
    if lapses_at(task) is not None:
        return leased(task.project_id, task.stage)
    name = (begun if is_begun(task) else free) if is_free(task) else held
    return name(task.project_id, task.stage, shard_of(task))


def is_begun(task: Task) -> bool:
    """Whether somebody has, or had, one of its subtasks."""
    return not is_over(task) and any(it.people for it in task.subtasks)


def is_over(task: Task) -> bool:
    """Whether nobody is to work on its subtasks any more: all were handed in, or it left them behind."""
    return all(it.status is TaskStatus.COMPLETED for it in task.subtasks)


def is_free(task: Task) -> bool:
    """Whether somebody can take it, or one of its subtasks that are still open."""
    waiting = [it for it in task.subtasks if it.status is not TaskStatus.COMPLETED]
    return any(it.assignee is None for it in waiting) if waiting else task.assignee is None


def lapses_at(task: Task) -> Timestamp | None:
    """When the lease ends that it is claimed by; of subtasks the first, unless one is free even now."""
    if is_free(task):
        return None
    leases = [task.lease_until, *(it.lease_until for it in task.subtasks)]
    return min((it for it in leases if it is not None), default=None)


def free(project_id: ProjectId, stage: StageId, shard: int) -> str:
    """The partition of unassigned tasks, in queue order."""
    return f"STAGE#{project_id}#{stage}#{shard}#FREE"


def begun(project_id: ProjectId, stage: StageId, shard: int) -> str:
    """The partition of tasks with a free subtask that others have begun, in queue order."""
    return f"STAGE#{project_id}#{stage}#{shard}#BEGUN"


def held(project_id: ProjectId, stage: StageId, shard: int) -> str:
    """The partition of assigned tasks, in queue order."""
    return f"STAGE#{project_id}#{stage}#{shard}#HELD"


def leased(project_id: ProjectId, stage: StageId) -> str:
    """The one partition of claimed tasks, first to lapse first: as many as there are people at work."""
    return f"STAGE#{project_id}#{stage}#LEASED"


def stage_sort(task: Task) -> str:
    """The task's sort key in `stage_partition`."""
    lapses = lapses_at(task)
    return order(task) if lapses is None else f"{iso(lapses)}#{task.id}"


def staged(project_id: ProjectId, stage: StageId, shard: int) -> str:
    """The partition of all tasks of a stage, whoever holds them, by title."""
    return f"STAGE#{project_id}#{stage}#{shard}"


def staged_with(task: Task) -> str:
    """The one of them that keeps the task."""
    return staged(task.project_id, task.stage, shard_of(task))


def titled(project_id: ProjectId, shard: int) -> str:
    """The partition of a project's tasks by title."""
    return f"TASKS#{project_id}#{shard}"


def by_title(task: Task) -> str:
    """The task's place among those of its project or stage by title."""
    return f"{title_prefix(task.title)}#{task.id}"


def title_prefix(text: str) -> str:
    """A title, or how it begins, as the index spells it: case does not count, nor what is past 900 bytes."""
    return cut(text.casefold(), LONGEST_TITLE)


def assigned(project_id: ProjectId, assignee: str) -> str:
    """The partition of what one person holds in a project, in queue order."""
    return f"ASSIGNEE#{project_id}#{assignee}"


def drawn(tasks: Iterable[Task], draw: str) -> list[Task]:
    """The tasks by priority, held ones first; the rest of one priority shuffled by `draw`, so that claimants part."""

    def place(task: Task) -> tuple[str, bool, bytes]:
        return bucket(task), task.assignee is None, hashlib.sha256(f"{draw}|{task.id}".encode()).digest()

    return sorted(tasks, key=place)

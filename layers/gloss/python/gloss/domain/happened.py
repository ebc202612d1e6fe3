"""What every event says, and every event of a task."""

from typing import ClassVar

from gloss.domain.model import OrgId, ProjectId, StageId, TaskId, Timestamp, UserId, Value


class Happened(Value):
    """What every event says: its id (unique for ever), when (UTC), who did it and in which organisation."""

    fires: ClassVar[bool] = False

    id: str
    at: Timestamp
    actor: UserId
    org_id: OrgId


class OfTask(Happened):
    """An event of one task; `stage` is where it was, `to_stage` where it is afterwards.

    `subtask_id`: it was done to that subtask.
    """

    project_id: ProjectId
    task_id: TaskId
    data_id: str
    stage: StageId
    to_stage: StageId
    subtask_id: TaskId | None = None

"""What reports tell over HTTP."""

from datetime import datetime
from typing import Self

from gloss.domain.access import Role
from gloss.domain.model import DataId, DatasetId, StageId, TaskId, UserId, Value
from gloss.domain.workflow.task import Task
from gloss.services.summing import Timer
from gloss.services.timekeeping import Period


class PeriodView(Value):
    """Seconds of somebody's time at one task in one stage, in the hours of one UTC day from `start` to `end`."""

    start: datetime
    end: datetime
    seconds: float
    user_id: UserId
    role: Role
    task_id: TaskId
    stage: StageId
    data_id: DataId
    data_title: str
    dataset_id: DatasetId

    @classmethod
    def of(cls, period: Period) -> Self:
        place = period.time.place.model_dump(exclude={"project_id"})
        seconds = period.milliseconds / 1000
        return cls(start=period.start, end=period.end, seconds=seconds, user_id=period.time.user_id, **place)


class TimerView(Value):
    """Seconds of somebody's time in a project, or at one data unit of it.

    The averages are that time over all objects, and over all classifications, that the data unit has by now.
    """

    user_id: UserId
    role: Role
    task_id: TaskId | None
    data_title: str | None
    seconds: float
    seconds_per_object: float | None
    seconds_per_classification: float | None

    @classmethod
    def of(cls, timer: Timer, task: Task | None) -> Self:
        told, seconds = timer.model_dump(exclude={"milliseconds"}), timer.milliseconds / 1000
        objects, classifications = (task.objects, task.classifications) if task else (0, 0)
        return cls(
            seconds=seconds,
            seconds_per_object=seconds / objects if objects else None,
            seconds_per_classification=seconds / classifications if classifications else None,
            **told,
        )

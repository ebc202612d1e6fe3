"""Messages that arrive later: SQS holds them for up to 15 minutes, EventBridge Scheduler for longer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from gloss.ports import Clock
from gloss.postal import Queue

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient

LONGEST_HOLD: Final = timedelta(minutes=15)
EVERY: Final = "rate(5 minutes)"
#: What the scheduler puts in its place: the moment for which it sends the message, the same in all its tries.
MOMENT: Final = "<aws.scheduler.scheduled-time>"


@dataclass(frozen=True)
class Target:
    """The queue that schedules send to, their group, and the role in which they send."""

    queue_arn: str
    group: str
    role_arn: str


class QueueAlarms:
    """Alarms that ring as messages of one queue."""

    def __init__(self, queue: Queue, scheduler: "EventBridgeSchedulerClient", target: Target, clock: Clock) -> None:
        self._queue, self._scheduler, self._target, self._clock = queue, scheduler, target, clock

    def set(self, name: str, at: datetime, message: Mapping[str, Any]) -> None:
        ahead = at - self._clock.now()
        if ahead <= LONGEST_HOLD:
            self._queue.send(message, max(0, round(ahead.total_seconds())))
        else:
            self._schedule(name, at, message)

    def repeat(self, name: str, message: Mapping[str, Any]) -> None:
        wanted = self._request(name, EVERY, {**message, "at": MOMENT})
        try:
            self._scheduler.create_schedule(**wanted)
        except ClientError as refused:
            if refused.response["Error"]["Code"] != "ConflictException":
                raise

    def silence(self, name: str) -> None:
        try:
            self._scheduler.delete_schedule(Name=name, GroupName=self._target.group)
        except ClientError as refused:
            if refused.response["Error"]["Code"] != "ResourceNotFoundException":
                raise

    def _schedule(self, name: str, at: datetime, message: Mapping[str, Any]) -> None:
        once = f"at({at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})"
        request = {**self._request(name, once, message), "ActionAfterCompletion": "DELETE"}
        try:
            self._scheduler.create_schedule(**request)
        except ClientError as refused:
            if refused.response["Error"]["Code"] != "ConflictException":
                raise
            self._scheduler.update_schedule(**request)

    def _request(self, name: str, when: str, message: Mapping[str, Any]) -> Any:
        return {
            "Name": name,
            "GroupName": self._target.group,
            "ScheduleExpression": when,
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": self._target.queue_arn, "RoleArn": self._target.role_arn, "Input": json.dumps(message)},
        }

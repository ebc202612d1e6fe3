"""Daily runs of machines by EventBridge Scheduler, and the same in memory."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient

DAILY: Final = "rate(24 hours)"
LATEST_S: Final = 3600


@dataclass(frozen=True)
class Desk:
    """The group of the schedules, the role in which they start runs, and the queue of those that could not start."""

    group: str
    role_arn: str
    dead_arn: str


class SchedulerTimetable:
    """One schedule a name; `arns` says where the machines are."""

    def __init__(self, scheduler: "EventBridgeSchedulerClient", desk: Desk, arns: Mapping[str, str]) -> None:
        self._scheduler, self._desk, self._arns = scheduler, desk, arns

    def put(self, name: str, machine: str, payload: Mapping[str, Any]) -> None:
        request: Any = {
            "Name": name,
            "GroupName": self._desk.group,
            "ScheduleExpression": DAILY,
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": self._target(machine, payload),
        }
        try:
            self._scheduler.create_schedule(**request)
        except ClientError as refused:
            if refused.response["Error"]["Code"] != "ConflictException":
                raise

    def take_off(self, name: str) -> None:
        try:
            self._scheduler.delete_schedule(Name=name, GroupName=self._desk.group)
        except ClientError as refused:
            if refused.response["Error"]["Code"] != "ResourceNotFoundException":
                raise

    def _target(self, machine: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "Arn": self._arns[machine],
            "RoleArn": self._desk.role_arn,
            "Input": json.dumps(payload),
            "DeadLetterConfig": {"Arn": self._desk.dead_arn},
            "RetryPolicy": {"MaximumEventAgeInSeconds": LATEST_S, "MaximumRetryAttempts": 10},
        }


class MemoryTimetable:
    """Remembers what would run daily."""

    def __init__(self) -> None:
        self.daily: dict[str, tuple[str, Mapping[str, Any]]] = {}

    def put(self, name: str, machine: str, payload: Mapping[str, Any]) -> None:
        self.daily.setdefault(name, (machine, dict(payload)))

    def take_off(self, name: str) -> None:
        self.daily.pop(name, None)

"""The timetable in EventBridge Scheduler: one schedule a name, put and taken off as often as one likes."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from gloss.adapters.timetables import Desk, SchedulerTimetable
from tests import aws

MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:folder-sync"
DESK = Desk("gloss", "arn:aws:iam::123456789012:role/starter", "arn:aws:sqs:eu-central-1:123456789012:strays")


@pytest.fixture
def scheduler(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = aws.client("scheduler", "eu-central-1")
        client.create_schedule_group(Name="gloss")
        yield client


def a_timetable(scheduler: Any) -> SchedulerTimetable:
    return SchedulerTimetable(scheduler, DESK, {"folder_sync": MACHINE})


def test_a_daily_run_starts_the_machine_and_keeps_what_failed(scheduler: Any) -> None:
    a_timetable(scheduler).put("folder-1", "folder_sync", {"folder_id": "1"})

    made = scheduler.get_schedule(Name="folder-1", GroupName="gloss")
    target = made["Target"]
    assert (made["ScheduleExpression"], target["Arn"], json.loads(target["Input"])) == (
        "rate(24 hours)",
        MACHINE,
        {"folder_id": "1"},
    )
    assert (target["RoleArn"], target["DeadLetterConfig"]) == (DESK.role_arn, {"Arn": DESK.dead_arn})


def test_putting_and_taking_off_twice_changes_nothing(scheduler: Any) -> None:
    timetable = a_timetable(scheduler)
    for _ in range(2):
        timetable.put("folder-1", "folder_sync", {"folder_id": "1"})
    count = len(scheduler.list_schedules(GroupName="gloss")["Schedules"])
    for _ in range(2):
        timetable.take_off("folder-1")

    assert count == 1
    with pytest.raises(ClientError):
        scheduler.get_schedule(Name="folder-1", GroupName="gloss")

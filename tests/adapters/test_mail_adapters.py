"""The mailroom's AWS adapters: sealed secrets, the queue, and alarms near and far."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from gloss.adapters.kms import KmsSealer
from gloss.adapters.memory import FixedClock
from gloss.adapters.queues import SqsQueue
from gloss.adapters.schedules import QueueAlarms, Target
from tests import aws
from tests.builders_webhooks import NOW

MESSAGE = {"step": 3}


@dataclass(frozen=True)
class Cloud:
    """One key, one queue and one group of schedules."""

    kms: Any
    sqs: Any
    scheduler: Any
    key_id: str
    queue_url: str

    def alarms(self) -> QueueAlarms:
        target = Target("arn:aws:sqs:eu-central-1:123456789012:probes", "gloss", "arn:aws:iam::123456789012:role/rings")
        return QueueAlarms(SqsQueue(self.sqs, self.queue_url), self.scheduler, target, FixedClock(NOW))

    def received(self) -> list[dict[str, Any]]:
        return list(self.sqs.receive_message(QueueUrl=self.queue_url).get("Messages", []))

    def schedule(self) -> dict[str, Any]:
        return dict(self.scheduler.get_schedule(Name="webhook-1", GroupName="gloss"))


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        kms, sqs, scheduler = (aws.client(name, "eu-central-1") for name in ("kms", "sqs", "scheduler"))
        scheduler.create_schedule_group(Name="gloss")
        queue_url = sqs.create_queue(QueueName="probes")["QueueUrl"]
        yield Cloud(kms, sqs, scheduler, kms.create_key()["KeyMetadata"]["KeyId"], queue_url)


def test_a_sealed_secret_opens_for_its_owner_only(cloud: Cloud) -> None:
    sealer = KmsSealer(cloud.kms, cloud.key_id)
    secret, sealed = sealer.fresh("endpoint-1")

    assert (len(secret), secret in sealed, sealer.open(sealed, "endpoint-1")) == (64, False, secret)
    with pytest.raises(ClientError):
        sealer.open(sealed, "endpoint-2")


def test_a_near_alarm_waits_in_the_queue(cloud: Cloud) -> None:
    cloud.alarms().set("webhook-1", NOW, MESSAGE)

    assert [json.loads(message["Body"]) for message in cloud.received()] == [MESSAGE]


def test_an_alarm_within_fifteen_minutes_is_held_back(cloud: Cloud) -> None:
    cloud.alarms().set("webhook-1", NOW + timedelta(minutes=5), MESSAGE)

    assert cloud.received() == []


def test_a_far_alarm_becomes_a_schedule_that_deletes_itself(cloud: Cloud) -> None:
    cloud.alarms().set("webhook-1", NOW + timedelta(hours=2), MESSAGE)

    made = cloud.schedule()
    assert made["ScheduleExpression"] == "at(2026-01-01T02:00:00)"
    assert (made["ActionAfterCompletion"], json.loads(made["Target"]["Input"])) == ("DELETE", MESSAGE)


def test_a_later_alarm_takes_the_place_of_the_earlier(cloud: Cloud) -> None:
    cloud.alarms().set("webhook-1", NOW + timedelta(hours=2), MESSAGE)
    cloud.alarms().set("webhook-1", NOW + timedelta(hours=5), {"step": 4})

    made = cloud.schedule()
    assert (made["ScheduleExpression"], made["Target"]["Input"]) == ("at(2026-01-01T05:00:00)", '{"step": 4}')


def test_a_message_is_repeated_every_five_minutes_until_it_is_silenced(cloud: Cloud) -> None:
    alarms = cloud.alarms()
    alarms.repeat("webhook-1", MESSAGE)
    alarms.repeat("webhook-1", MESSAGE)

    schedule = cloud.schedule()
    assert (schedule["ScheduleExpression"], schedule["Target"]["Arn"][-6:]) == ("rate(5 minutes)", "probes")
    assert json.loads(schedule["Target"]["Input"]) == {**MESSAGE, "at": "<aws.scheduler.scheduled-time>"}

    alarms.silence("webhook-1")
    alarms.silence("webhook-1")
    with pytest.raises(ClientError):
        cloud.schedule()

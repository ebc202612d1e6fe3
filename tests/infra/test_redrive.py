"""What nobody could take can be sent back, once."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from infra.redrive import redrive
from tests import aws


@pytest.fixture
def sqs() -> Iterator[Any]:
    with mock_aws():
        yield aws.client("sqs", "us-east-1")


def a_queue_and_its_dead_letters(sqs: Any) -> tuple[str, str]:
    dead = sqs.create_queue(QueueName="gloss-x-Dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})
    return sqs.create_queue(QueueName="gloss-x-Queue", Attributes={"RedrivePolicy": policy})["QueueUrl"], dead


def test_dead_letters_go_back_to_where_they_came_from(sqs: Any) -> None:
    queue, dead = a_queue_and_its_dead_letters(sqs)
    for body in ("a", "b", "c"):
        sqs.send_message(QueueUrl=dead, MessageBody=body)

    assert redrive("gloss-x", sqs) == {queue: 3}
    received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert {each["Body"] for each in received} == {"a", "b", "c"}


def test_a_second_redrive_finds_nothing_left(sqs: Any) -> None:
    queue, dead = a_queue_and_its_dead_letters(sqs)
    sqs.send_message(QueueUrl=dead, MessageBody="a")
    redrive("gloss-x", sqs)

    assert redrive("gloss-x", sqs) == {queue: 0}


def test_another_stack_is_left_alone(sqs: Any) -> None:
    a_queue_and_its_dead_letters(sqs)

    assert redrive("gloss-y", sqs) == {}

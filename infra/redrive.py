"""Sends what lies in a stack's dead-letter queues back to the queues it came from: `make redrive STACK=gloss-main`."""

import json
import os
from typing import TYPE_CHECKING, Final

import boto3

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

AT_ONCE: Final = 10


def main() -> None:
    stack = os.environ.get("STACK", "gloss-main")
    for queue, count in redrive(stack, boto3.client("sqs")).items():
        print(f"{count} messages went back to {queue}.")


def redrive(stack: str, sqs: "SQSClient") -> dict[str, int]:
    """Per queue of the stack that has a dead-letter queue: how many messages went back; consumers are idempotent."""
    return {url: _move(_dead(url, sqs), url, sqs) for url in _queues(stack, sqs) if _dead(url, sqs)}


def _queues(stack: str, sqs: "SQSClient") -> list[str]:
    """The stack's queues: CloudFormation begins their names with its own."""
    pages = sqs.get_paginator("list_queues").paginate(QueueNamePrefix=f"{stack}-")
    return [url for page in pages for url in page.get("QueueUrls", [])]


def _dead(url: str, sqs: "SQSClient") -> str:
    """The URL of a queue's dead-letter queue; empty where it has none."""
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"]).get("Attributes", {})
    if "RedrivePolicy" not in told:
        return ""
    name = json.loads(told["RedrivePolicy"])["deadLetterTargetArn"].rpartition(":")[2]
    return sqs.get_queue_url(QueueName=name)["QueueUrl"]


def _move(source: str, target: str, sqs: "SQSClient") -> int:
    """Each message is sent before it is deleted: a crash between the two repeats it and loses nothing."""
    moved = 0
    while messages := sqs.receive_message(QueueUrl=source, MaxNumberOfMessages=AT_ONCE).get("Messages"):
        for message in messages:
            sqs.send_message(QueueUrl=target, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=source, ReceiptHandle=message["ReceiptHandle"])
        moved += len(messages)
    return moved


if __name__ == "__main__":
    main()

"""The emulator speaks plain http on loopback, where policies that demand TLS would refuse everything."""

from typing import Any

from infra.local.cloud import STACK, client
from infra.local.home import Home


def allow_plain_http(home: Home) -> None:
    """Take the TLS-only policies off the stack's bucket and queues; all other policies stay in force."""
    for kind, name in _resources(home):
        if kind == "AWS::S3::BucketPolicy":
            client(home, "s3").delete_bucket_policy(Bucket=_bucket(home))
        if kind == "AWS::SQS::Queue":
            client(home, "sqs").set_queue_attributes(QueueUrl=name, Attributes={"Policy": ""})


def _resources(home: Home) -> list[tuple[str, str]]:
    pages: Any = client(home, "cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
    found = [each for page in pages for each in page["StackResourceSummaries"]]
    return [(each["ResourceType"], each["PhysicalResourceId"]) for each in found]


def _bucket(home: Home) -> str:
    return next(name for kind, name in _resources(home) if kind == "AWS::S3::Bucket")

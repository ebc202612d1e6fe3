"""Environment to adapters: the only page that reads os.environ."""

import os
from contextvars import ContextVar
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from gloss.adapters.system import RandomIds, SystemClock
from gloss.ports import Blobs, Ids, Machines, Ports, Store

#: The ids of the request that is being answered; set by the edge when it carries an Idempotency-Key.
request_ids: ContextVar[Ids | None] = ContextVar("request_ids", default=None)

_ONCE = Config(retries={"mode": "standard", "max_attempts": 4}, connect_timeout=3, read_timeout=25)


@cache
def client(service: str) -> Any:
    """A boto3 client of this environment."""
    return boto3.client(service, config=_ONCE)  # type: ignore[call-overload]


@cache
def store() -> Store:
    from gloss.adapters.dynamodb import DynamoStore

    return DynamoStore(client("dynamodb"), os.environ["GLOSS_TABLE"], os.environ["GLOSS_OUTBOX"])


@cache
def blobs() -> Blobs:
    from gloss.adapters.s3blobs import S3Blobs

    return S3Blobs(client("s3"), os.environ["GLOSS_BUCKET"])


@cache
def machines() -> Machines:
    from gloss.adapters.stepfunctions import StepFunctions

    prefix = "GLOSS_MACHINE_"
    arns = {name.removeprefix(prefix).lower(): arn for name, arn in os.environ.items() if name.startswith(prefix)}
    return StepFunctions(client("stepfunctions"), arns)


def ids() -> Ids:
    return request_ids.get() or RandomIds()


def ports() -> Ports:
    """The five ports that most services take."""
    return Ports(store(), blobs(), machines(), SystemClock(), ids())

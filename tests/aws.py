"""Clients of AWS as moto plays it, all of one session: another session would parse what it knows of a service anew."""

from functools import cache
from typing import Any

import boto3


def client(service: str, region: str, **more: Any) -> Any:
    return _session().client(service, region, aws_access_key_id="test", aws_secret_access_key="test", **more)


@cache
def _session() -> boto3.Session:
    return boto3.Session()

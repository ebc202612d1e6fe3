"""What a registered row costs: the table's part counted on moto, and the whole path on a local cloud, priced."""

import os
from collections.abc import Iterator
from typing import Final

import boto3
from moto import mock_aws

from bench import fullpath
from bench.fullpath import Cost
from bench.measuring import Comparison
from bench.prices import READ_UNIT_USD, WRITE_UNIT_USD
from tests.adapters.test_queue_on_dynamodb import _table
from tests.metering import Meter, a_metered_desk, register_rows

ROWS: Final = 200
MILLION: Final = 1_000_000
KEPT, SKIPPED = {"skip_duplicate_urls": False}, {"skip_duplicate_urls": True}


def comparisons() -> Iterator[Comparison]:
    """Rows whose facts the manifest tells, in a job that keeps duplicates, and in one that skips them."""
    for name, flags in (("kept", KEPT), ("skipped", SKIPPED)):
        meter = metered(flags)
        units = meter.write_units + meter.index_units
        usd = units * WRITE_UNIT_USD + meter.read_units * READ_UNIT_USD
        yield fixed(f"write units a row, indexes included, duplicates {name}", "units", units / ROWS)
        yield fixed(f"DynamoDB for a million rows, duplicates {name}", "USD", usd / ROWS * MILLION)
    for name, cost in fullpath.costs().items():
        yield from whole(f"{fullpath.ROWS:,} images, {name}", cost)


def whole(name: str, cost: Cost) -> Iterator[Comparison]:
    """Counts of one manifest, milliseconds of this machine, and the price of a thousand such manifests."""
    usage, run = cost.usage(), cost.run
    yield fixed(f"{name}: DynamoDB write units", "units", usage.write_units)
    yield fixed(f"{name}: DynamoDB read units", "units", usage.read_units)
    yield fixed(f"{name}: DynamoDB requests", "requests", cost.counts.of("dynamodb"))
    for kind in ("PUT", "LIST", "GET", "HEAD"):
        yield fixed(f"{name}: S3 {kind}", "requests", cost.counts.of("s3", kind))
    yield fixed(f"{name}: state transitions", "transitions", usage.transitions)
    yield fixed(f"{name}: invocations", "invocations", usage.invocations)
    yield fixed(f"{name}: Lambda, local time", "ms", run.milliseconds)
    yield fixed(f"{name}: Lambda, local time", "GB s", usage.gb_seconds)
    prices = {service: usd / fullpath.ROWS * MILLION for service, usd in usage.usd().items()}
    for service, usd in (*prices.items(), ("all", sum(prices.values()))):
        yield fixed(f"{name}: a million rows in such manifests, {service}", "USD", usd)


def fixed(name: str, unit: str, figure: float) -> Comparison:
    """A count is the same every time."""
    return Comparison(name, unit, lambda: figure, better="less", repeats=1)


def metered(flags: dict[str, bool]) -> Meter:
    """A registration into tables of its own."""
    os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        for name in ("state", "outbox"):
            client.create_table(**_table(name))
        return register_rows(a_metered_desk(client), ROWS, flags)

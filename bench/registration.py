"""What a registered row costs: write and read units counted on the table's own requests (moto), priced; not timed."""

import os
from collections.abc import Iterator
from typing import Final

import boto3
from moto import mock_aws

from bench.measuring import Comparison
from tests.adapters.test_queue_on_dynamodb import _table
from tests.metering import Meter, a_metered_desk, register_rows

ROWS: Final = 200
#: us-east-1, on demand, USD a million, as published in November 2025.
WRITE_UNITS_USD: Final = 0.625
READ_UNITS_USD: Final = 0.125
KEPT, SKIPPED = {"skip_duplicate_urls": False}, {"skip_duplicate_urls": True}


def comparisons() -> Iterator[Comparison]:
    """Rows whose facts the manifest tells, in a job that keeps duplicates, and in one that skips them."""
    for name, flags in (("kept", KEPT), ("skipped", SKIPPED)):
        meter = metered(flags)
        units = meter.write_units + meter.index_units
        usd = units * WRITE_UNITS_USD + meter.read_units * READ_UNITS_USD
        yield fixed(f"write units a row, indexes included, duplicates {name}", "units", units / ROWS)
        yield fixed(f"DynamoDB for a million rows, duplicates {name}", "USD", usd / ROWS)


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

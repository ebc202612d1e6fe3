"""A batch costs what the batch is: what its rows ask of the store, counted, in folders of any size.

A thousand rows in folders of none and of 20 000 items are counted at the port: every call, with the keys, changes or
entries of it. `DynamoStore` makes its requests of these alone; on moto, which copies its tables at each transaction,
the AWS requests by operation are compared for 100 rows in folders of none and of 600 items.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from tests import aws
from tests.adapters.test_queue_on_dynamodb import _table
from tests.metering import a_counted_desk, a_metered_desk, fill, fill_counted, register_counted, register_rows

ROWS, FULL = 1_000, 20_000
MOTO_ROWS, MOTO_FULL = 100, 600
KEPT, SKIPPED = {"skip_duplicate_urls": False}, {"skip_duplicate_urls": True}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client = aws.client("dynamodb", "eu-west-1")
        for name in ("state", "outbox"):
            client.create_table(**_table(name))
        yield client


@pytest.mark.parametrize("flags", [KEPT, SKIPPED], ids=["kept", "skipped"])
def test_a_thousand_rows_ask_the_same_in_a_folder_of_20_000_items(flags: dict[str, bool]) -> None:
    empty, full = a_counted_desk(), a_counted_desk()
    fill_counted(full, FULL)

    asked = register_counted(empty, ROWS, flags)

    assert register_counted(full, ROWS, flags) == asked
    assert asked["commit", "item", 1] == ROWS


@pytest.mark.parametrize(("flags", "writes"), [(KEPT, 2), (SKIPPED, 1)], ids=["kept", "skipped"])
def test_rows_make_the_same_requests_of_a_full_table(client: Any, flags: dict[str, bool], writes: int) -> None:
    empty, full = a_metered_desk(client), a_metered_desk(client)
    fill(full, MOTO_FULL)

    requests = register_rows(empty, MOTO_ROWS, flags).requests

    assert register_rows(full, MOTO_ROWS, flags).requests == requests
    assert writes * MOTO_ROWS <= requests["PutItem"] < (writes + 0.1) * MOTO_ROWS


def test_an_ordinary_item_is_one_unit_here_and_in_each_index(client: Any) -> None:
    asked = register_rows(a_metered_desk(client), MOTO_ROWS, SKIPPED)

    assert 3 * MOTO_ROWS <= asked.write_units + asked.index_units < 3.5 * MOTO_ROWS

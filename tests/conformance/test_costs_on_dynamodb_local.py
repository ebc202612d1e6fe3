"""A batch costs what the batch is, by the AWS requests that a thousand rows make of Amazon's own DynamoDB Local."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.adapters.test_queue_on_dynamodb import _table
from tests.metering import Metered, a_metered_desk, fill_unnoted, register_rows
from tests.peers.dynamodb import dynamodb_local, lacking

ROWS, FULL = 1_000, 20_000
KEPT, SKIPPED = {"skip_duplicate_urls": False}, {"skip_duplicate_urls": True}

pytestmark = pytest.mark.skipif(bool(lacking()), reason=lacking())


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with dynamodb_local() as client:
        for name in ("state", "outbox"):
            client.create_table(**_table(name))
        yield client


@pytest.fixture(scope="module")
def full(client: Any) -> Metered:
    """A folder of many items."""
    metered = a_metered_desk(client)
    fill_unnoted(metered, FULL)
    return metered


@pytest.mark.parametrize(("flags", "writes"), [(SKIPPED, 1), (KEPT, 2)], ids=["skipped", "kept"])
def test_a_thousand_rows_make_the_same_requests_of_20_000_items(
    client: Any, full: Metered, flags: dict[str, bool], writes: int
) -> None:
    orchard = f"orchard-00{writes}"

    asked = register_rows(a_metered_desk(client), ROWS, flags, orchard).requests

    assert register_rows(full, ROWS, flags, orchard).requests == asked
    assert writes * ROWS <= asked["PutItem"] < (writes + 0.1) * ROWS

"""A sync on the table's own keys: order, conditions and transactions are as in memory, and a page costs what it is."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from moto import mock_aws

from gloss.adapters.dynamodb import DynamoStore
from gloss.adapters.memory import memory_ports
from gloss.adapters.system import RandomIds
from gloss.domain.linking import Sidecars
from gloss.ports import Ports
from gloss.services import filing
from gloss.services.scanning import Pace
from tests import aws
from tests.adapters.test_queue_on_dynamodb import _table
from tests.builders_sync import Mirror, a_mirror


class CountingClient:
    """A client that counts its calls by name."""

    def __init__(self, client: Any) -> None:
        self._client, self.calls = client, dict[str, int]()

    def __getattr__(self, name: str) -> Any:
        self.calls[name] = self.calls.get(name, 0) + 1
        return getattr(self._client, name)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[CountingClient]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        made = aws.client("dynamodb", "eu-west-1")
        for name in ("state", "outbox"):
            made.create_table(**_table(name))
        yield CountingClient(made)


def ports(client: CountingClient) -> Ports:
    return replace(memory_ports(), store=DynamoStore(client, "state", "outbox"), ids=RandomIds())  # type: ignore[arg-type]


def texts(*names: str) -> dict[str, bytes]:
    return {f"{name}.txt": name.encode() for name in names}


def test_files_and_sidecars_come_change_and_go(client: CountingClient) -> None:
    files = {**texts("ab", "a", "é", "𐐷", "z"), "a.txt.metadata.json": b'{"n": 1}'}
    mirror = a_mirror(files, Sidecars(), ports(client), Pace(keys=3, entries=2, gone=1))
    mirror.sync()
    first = {name: item.metadata for name, item in mirror.items().items()}
    mirror.remove("a.txt", "a.txt.metadata.json", "é.txt")
    mirror.put(ab__txt=b"longer", n__txt=b"new")

    tally = mirror.sync().progress.tally

    assert first == {"a.txt": {"n": 1}, **{f"{name}.txt": {} for name in ("ab", "é", "𐐷", "z")}}
    assert (tally.new, tally.changed, tally.gone, tally.same, tally.failed) == (1, 1, 3, 2, 0)
    assert set(mirror.items()) == {"ab.txt", "n.txt", "z.txt", "𐐷.txt"}
    assert filing.summary(mirror.folder_id, mirror.ports.store).items == {"text": 4}


def test_adding_files_costs_the_same_however_many_are_there(client: CountingClient) -> None:
    few, many = (a_mirror(texts(*(f"a{it:03}" for it in range(there))), None, ports(client)) for there in (0, 200))
    for mirror in (few, many):
        mirror.sync()

    costs = [calls_of_adding(client, mirror) for mirror in (few, many)]

    assert costs[0] == costs[1]
    assert costs[0]["transact_write_items"] <= 4


def calls_of_adding(client: CountingClient, mirror: Mirror) -> dict[str, int]:
    """The requests of a sync that finds twenty new files."""
    mirror.put(**{f"b{number}__txt": b"x" for number in range(20)})
    client.calls.clear()
    mirror.sync()
    return dict(client.calls)

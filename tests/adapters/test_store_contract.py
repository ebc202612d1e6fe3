"""Both stores keep the same promises: conditions, order, pages, transactions, outbox."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from moto import mock_aws

from gloss.adapters.dynamodb import DynamoStore
from gloss.adapters.memory import MemoryStore
from gloss.adapters.records import write_token
from gloss.domain.errors import Invalid, Malformed, NotFound, Repeated, Stale, TooLarge
from gloss.domain.events import JobFinished
from gloss.domain.model import OrgId, UserId, Versioned
from gloss.ports import Demand, Erase, Key, Kind, Overwrite, Query, Save, Store
from tests import aws


class Note(Versioned):
    id: str
    text: str = ""
    shelf: str | None = None


NOTES = Kind(
    "note",
    Note,
    lambda it: Key("NOTES", it.id),
    {
        "by_parent": lambda it: Key(f"SHELF#{it.shelf}", it.text) if it.shelf else None,
        "by_stage": lambda it: Key(f"STAGE#{it.shelf}", it.id) if it.shelf else None,
    },
)


PINS = Kind("pin", Note, lambda it: Key("PINS", it.id))


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client = aws.client("dynamodb", "eu-west-1")
        client.create_table(**_table("state"))
        client.create_table(**_table("outbox"))
        yield DynamoStore(client, "state", "outbox")


def _table(name: str) -> dict[str, Any]:
    kept = {"by_parent": "ALL", "by_stage": "KEYS_ONLY"}
    keys = ["partition", "sort", *(f"{index}_{part}" for index in kept for part in ("partition", "sort"))]
    indexes = [
        {
            "IndexName": index,
            "KeySchema": _schema(f"{index}_partition", f"{index}_sort"),
            "Projection": {"ProjectionType": projection},
        }
        for index, projection in kept.items()
    ]
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in keys],
        "KeySchema": _schema("partition", "sort"),
        "GlobalSecondaryIndexes": indexes,
    }


def _schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


def an_event(event_id: str = "e1") -> JobFinished:
    return JobFinished(
        id=event_id,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        actor=UserId("u"),
        org_id=OrgId("o"),
        job_id="j",
        status="DONE",
        done=1,
        errors=0,
    )


def test_a_saved_record_is_read_back(store: Store) -> None:
    store.commit([Save(NOTES, Note(id="a", text="hello"))])

    assert store.get(NOTES, Key("NOTES", "a")).text == "hello"


def test_a_missing_record_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="note"):
        store.get(NOTES, Key("NOTES", "a"))


def test_a_new_record_may_not_replace_another(store: Store) -> None:
    store.commit([Save(NOTES, Note(id="a", text="first"))])

    with pytest.raises(Stale):
        store.commit([Save(NOTES, Note(id="a", text="second"))])

    assert store.get(NOTES, Key("NOTES", "a")).text == "first"


def test_the_second_change_from_one_version_is_stale(store: Store) -> None:
    note = Note(id="a")
    store.commit([Save(NOTES, note)])
    store.commit([Save(NOTES, note.changed(text="mine"))])

    with pytest.raises(Stale, match="note"):
        store.commit([Save(NOTES, note.changed(text="yours"))])


def test_one_lost_condition_undoes_the_whole_commit(store: Store) -> None:
    store.commit([Save(NOTES, Note(id="a"))])

    with pytest.raises(Stale):
        store.commit([Save(NOTES, Note(id="b")), Save(NOTES, Note(id="a"))], [an_event()])

    assert store.find(NOTES, Key("NOTES", "b")) is None


def test_the_same_event_is_never_written_twice(store: Store) -> None:
    store.commit([Save(NOTES, Note(id="a"))], [an_event()])

    with pytest.raises(Repeated):
        store.commit([Save(NOTES, Note(id="b"))], [an_event()])

    assert store.find(NOTES, Key("NOTES", "b")) is None


def test_a_demand_protects_what_was_read(store: Store) -> None:
    note = Note(id="a")
    store.commit([Save(NOTES, note)])
    store.commit([Save(NOTES, note.changed(text="new"))])

    with pytest.raises(Stale):
        store.commit([Demand(NOTES, note), Save(NOTES, Note(id="b"))])


def test_erasing_demands_the_version_that_was_read(store: Store) -> None:
    note = Note(id="a")
    store.commit([Save(NOTES, note)])

    with pytest.raises(Stale):
        store.commit([Erase(NOTES, note.changed())])
    store.commit([Erase(NOTES, note)])

    assert store.find(NOTES, Key("NOTES", "a")) is None


def test_overwriting_asks_for_no_version(store: Store) -> None:
    store.commit([Overwrite(NOTES, Note(id="a", text="one"))])
    store.commit([Overwrite(NOTES, Note(id="a", text="two"))])

    assert store.get(NOTES, Key("NOTES", "a")).text == "two"


@pytest.mark.parametrize("descending", [False, True])
def test_pages_follow_each_other_without_gap_or_repeat(store: Store, descending: bool) -> None:
    for number in range(7):
        store.commit([Save(NOTES, Note(id=f"n{number}"))])

    seen, token = [], None
    while True:
        page = store.page(NOTES, "NOTES", Query(prefix="n", limit=3, after=token, descending=descending))
        seen += [note.id for note in page.entries]
        token = page.next_token
        if token is None:
            break

    assert seen == sorted((f"n{number}" for number in range(7)), reverse=descending)


def test_an_index_orders_by_its_own_sort_key(store: Store) -> None:
    for note in (Note(id="a", text="z", shelf="s"), Note(id="b", text="y", shelf="s"), Note(id="c", text="x")):
        store.commit([Save(NOTES, note)])

    first = store.page(NOTES, "SHELF#s", Query(index="by_parent", limit=1))
    second = store.page(NOTES, "SHELF#s", Query(index="by_parent", limit=1, after=first.next_token))

    assert [note.id for note in (*first.entries, *second.entries)] == ["b", "a"]
    assert second.next_token is None


def test_many_records_come_in_the_order_of_their_keys(store: Store) -> None:
    for number in range(120):
        store.commit([Save(NOTES, Note(id=f"{number:03}"))])

    keys = [Key("NOTES", f"{number:03}") for number in reversed(range(130))]

    assert [note.id for note in store.get_many(NOTES, keys)] == [f"{number:03}" for number in reversed(range(120))]


def test_a_foreign_page_token_is_malformed(store: Store) -> None:
    with pytest.raises(Malformed):
        store.page(NOTES, "NOTES", Query(after="bm90IGEgdG9rZW4"))


def test_a_list_goes_on_beyond_a_sort_key(store: Store) -> None:
    store.commit([Save(NOTES, Note(id=name, text=name, shelf="s")) for name in ("a1", "a2", "a3", "b1")])

    page = store.page(NOTES, "SHELF#s", Query(index="by_parent", prefix="a", beyond="a1", limit=1))
    rest = store.every(NOTES, "SHELF#s", Query(index="by_parent", prefix="a", beyond="a1", limit=1))

    assert [note.id for note in page.entries] == ["a2"]
    assert [note.id for note in rest] == ["a2", "a3"]


def test_a_list_of_large_records_is_read_to_its_end(store: Store) -> None:
    for name in range(30):
        store.commit([Save(NOTES, Note(id=f"{name:02}", text="x" * 100_000))])

    assert len(list(store.every(NOTES, "NOTES", Query(limit=1000)))) == 30


@pytest.mark.parametrize("key", [Key("N" * 2_049), Key("NOTES", "a" * 1_025), Key("😀" * 513), Key("NOTES", "")])
def test_what_a_key_cannot_hold_is_not_there(store: Store, key: Key) -> None:
    assert store.find(NOTES, key) is None
    assert store.get_many(NOTES, [key]) == []


@pytest.mark.parametrize(("partition", "prefix"), [("N" * 2_049, ""), ("NOTES", "a" * 1_025)])
def test_a_list_under_too_long_a_key_is_empty(store: Store, partition: str, prefix: str) -> None:
    assert store.page(NOTES, partition, Query(prefix=prefix)).entries == ()


def test_a_record_under_too_long_a_key_is_invalid(store: Store) -> None:
    with pytest.raises(Invalid, match="too long"):
        store.commit([Save(NOTES, Note(id="a" * 1_025))])


def test_a_record_that_no_table_takes_is_too_large(store: Store) -> None:
    with pytest.raises(TooLarge, match="note"):
        store.commit([Save(NOTES, Note(id="a", text="語" * 130_000))])


def test_a_long_place_in_an_index_is_cut_off(store: Store) -> None:
    store.commit([Save(NOTES, Note(id="a", text="😀" * 300, shelf="s"))])

    assert [it.id for it in store.page(NOTES, "SHELF#s", Query(index="by_parent")).entries] == ["a"]


@pytest.mark.parametrize(
    "parts", [["n1", "OTHER", "n1"], ["n1", "NOTES", "n2"], ["x", "NOTES", "x"], ["", "NOTES", ""], ["n" * 1_025] * 3]
)
def test_a_token_that_points_elsewhere_is_malformed(store: Store, parts: list[str]) -> None:
    with pytest.raises(Malformed, match="page token"):
        store.page(NOTES, "NOTES", Query(prefix="n", after=write_token(parts)))


def test_a_token_nested_beyond_reason_is_malformed(store: Store) -> None:
    nested = urlsafe_b64encode(b"[" * 1_500).decode()

    with pytest.raises(Malformed):
        store.page(NOTES, "NOTES", Query(after=nested))


def test_nothing_lies_beyond_the_end_of_a_prefix(store: Store) -> None:
    store.commit([Save(NOTES, Note(id=name)) for name in ("a1", "b1", "c1")])

    assert store.page(NOTES, "NOTES", Query(prefix="b", beyond="c")).entries == ()
    assert [it.id for it in store.page(NOTES, "NOTES", Query(prefix="b", beyond="a")).entries] == ["b1"]


def test_records_of_several_sorts_are_found_in_one_request(store: Store) -> None:
    store.commit([Save(NOTES, Note(id="a", text="first")), Save(PINS, Note(id="a", text="pinned"))])

    found = store.find_each((PINS, Key("PINS", "a")), (NOTES, Key("NOTES", "none")), (NOTES, Key("NOTES", "a")))

    assert [it and it.text for it in found] == ["pinned", None, "first"]


def test_a_key_that_no_table_takes_is_a_record_that_is_missing(store: Store) -> None:
    assert store.find_each((NOTES, Key("NOTES", "a" * 3000))) == [None]


def test_an_index_of_keys_lists_whole_records_page_by_page(store: Store) -> None:
    store.commit([Save(NOTES, Note(id=f"{n:03}", text=f"{n % 5}", shelf="a")) for n in range(80)])
    store.commit([Save(NOTES, Note(id=f"{n:03}", text=f"{n % 5}", shelf="a")) for n in range(80, 150)])

    first = store.page(NOTES, "STAGE#a", Query(index="by_stage", limit=120))
    rest = store.page(NOTES, "STAGE#a", Query(index="by_stage", limit=120, after=first.next_token))

    listed = [(note.id, note.text) for note in (*first.entries, *rest.entries)]
    assert listed == [(f"{n:03}", f"{n % 5}") for n in range(150)]
    assert rest.next_token is None


def test_what_left_is_in_no_index_of_keys(store: Store) -> None:
    note = Note(id="a", text="1", shelf="a")
    store.commit([Save(NOTES, note), Save(NOTES, Note(id="b", text="2", shelf="a"))])
    store.commit([Save(NOTES, note.changed(shelf="z"))])

    assert [it.id for it in store.page(NOTES, "STAGE#a", Query(index="by_stage")).entries] == ["b"]

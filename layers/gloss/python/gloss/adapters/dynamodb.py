"""The store in two DynamoDB tables: the state, and the outbox whose stream tells the rest of the system."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from botocore.exceptions import ClientError

from gloss.adapters.records import (
    ABSENT,
    LEAN_INDEXES,
    MAX_CHANGES,
    demanded_version,
    event_key,
    fits,
    read_position,
    stored,
    write_token,
)
from gloss.domain.errors import NotFound, Repeated, Stale, Throttled
from gloss.domain.events import Event
from gloss.domain.model import Value
from gloss.ports import Change, Demand, Erase, Key, Kind, Page, Query

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

M = TypeVar("M", bound=Value)
R = TypeVar("R")
Item = dict[str, Any]
READ_AT_ONCE: Final = 100
TRIES: Final = 5
EVENT_DAYS: Final = 30
BUSY: Final = {
    *("TransactionConflict", "ThrottlingError", "Throttling"),
    *("ProvisionedThroughputExceeded", "RequestLimitExceeded"),
}


class DynamoStore:
    """Records in `table`, events in `outbox`; every change is conditional on the version it was made from."""

    def __init__(self, client: "DynamoDBClient", table: str, outbox: str) -> None:
        self._client, self._table, self._outbox = client, table, outbox

    def get(self, kind: Kind[M], key: Key) -> M:
        found = self.find(kind, key)
        if found is None:
            raise NotFound(f"There is no {kind.name} here, or you may not see it.")
        return found

    def find(self, kind: Kind[M], key: Key) -> M | None:
        if not fits(key):
            return None
        answer = _read(lambda: self._client.get_item(TableName=self._table, Key=_key(key), ConsistentRead=True))
        return _model(kind, answer["Item"]) if "Item" in answer else None

    def get_many(self, kind: Kind[M], keys: Sequence[Key]) -> list[M]:
        wanted = list(dict.fromkeys(filter(fits, keys)))
        found: dict[Key, M] = {}
        for start in range(0, len(wanted), READ_AT_ONCE):
            found |= {_place(item): _model(kind, item) for item in self._read(wanted[start : start + READ_AT_ONCE])}
        return [found[key] for key in keys if key in found]

    def find_each(self, *asked: tuple[Kind[Any], Key]) -> list[Any]:
        wanted = list(dict.fromkeys(key for _, key in asked if fits(key)))
        found = {_place(item): item for item in self._read(wanted)} if wanted else {}
        return [_model(kind, found[key]) if key in found else None for kind, key in asked]

    def page(self, kind: Kind[M], partition: str, query: Query | None = None) -> Page[M]:
        query = query or Query()
        if _is_empty(partition, query):
            return Page(())
        answer = _read(lambda: self._client.query(**self._request(partition, query)))
        items = answer["Items"]
        more = len(items) > query.limit or "LastEvaluatedKey" in answer
        shown = items[: query.limit]
        token = write_token(_position(shown[-1], query)) if more and shown else None
        standing = self._standing(shown, query.index) if query.index in LEAN_INDEXES else shown
        return Page(tuple(_model(kind, item) for item in standing), token)

    def every(self, kind: Kind[M], partition: str, query: Query | None = None) -> Iterator[M]:
        query = query or Query(limit=1000)
        page = self.page(kind, partition, query)
        yield from page.entries
        while page.next_token:
            page = self.page(kind, partition, replace(query, after=page.next_token))
            yield from page.entries

    def commit(self, changes: Sequence[Change], events: Sequence[Event] = ()) -> None:
        if len(changes) + len(events) > MAX_CHANGES:
            raise ValueError(f"one commit carries at most {MAX_CHANGES} changes and events")
        steps = [self._step(change) for change in changes] + [self._record(event) for event in events]
        if len(steps) == 1 and "ConditionCheck" not in steps[0]:
            _translated(lambda: self._single(steps[0]), changes)
        elif steps:
            _translated(lambda: self._client.transact_write_items(TransactItems=steps), changes)

    def _standing(self, listed: Sequence[Item], index: str) -> list[Item]:
        """The items that an index of keys lists, as the table has them; without those that have left the partition."""
        keys = [_place(item) for item in listed]
        parts = (keys[start : start + READ_AT_ONCE] for start in range(0, len(keys), READ_AT_ONCE))
        left = f"{index}_partition"
        found = {_place(item): item for part in parts for item in self._read(part, left)}
        return [
            found[key] for key, item in zip(keys, listed, strict=True) if found.get(key, {}).get(left) == item[left]
        ]

    def _read(self, keys: Sequence[Key], *more: str) -> Iterator[Item]:
        wanted = {"Keys": [_key(key) for key in keys], "ConsistentRead": True, **_only(*more)}
        asked: Any = {self._table: wanted}
        while asked:
            answer = _read(partial(self._client.batch_get_item, RequestItems=asked))
            yield from answer["Responses"].get(self._table, [])
            asked = answer.get("UnprocessedKeys")

    def _request(self, partition: str, query: Query) -> dict[str, Any]:
        condition, values = _span(query)
        shown = _only(_attribute(query, "partition"), _attribute(query, "sort"))
        names = {"#p": _attribute(query, "partition")} | ({"#s": _attribute(query, "sort")} if values else {})
        values |= {":p": {"S": partition}}
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": f"#p = :p{condition}",
            "ProjectionExpression": shown["ProjectionExpression"],
            "ExpressionAttributeNames": {**shown["ExpressionAttributeNames"], **names},
            "ExpressionAttributeValues": values,
            "Limit": query.limit + 1,
            "ScanIndexForward": not query.descending,
        }
        request |= {"IndexName": query.index} if query.index else {"ConsistentRead": True}
        return request | ({"ExclusiveStartKey": _start(partition, query)} if query.after else {})

    def _step(self, change: Change) -> Any:
        record = stored(change.kind, change.model)
        key, condition = _key(record.key), _condition(demanded_version(change))
        if isinstance(change, Erase):
            return {"Delete": {"TableName": self._table, "Key": key, **condition}}
        if isinstance(change, Demand):
            return {"ConditionCheck": {"TableName": self._table, "Key": key, **condition}}
        item: Item = {
            **key,
            "kind": {"S": record.kind},
            "version": {"N": str(record.version)},
            "body": {"S": record.body},
        }
        for index, place in record.index_keys.items():
            item |= {f"{index}_partition": {"S": place.partition}, f"{index}_sort": {"S": place.sort}}
        if expires := getattr(change.model, "expires", None):
            item["expires"] = {"N": str(expires)}
        return {"Put": {"TableName": self._table, "Item": item, **condition}}

    def _record(self, event: Event) -> Any:
        item: Item = {
            **_key(event_key(event)),
            "kind": {"S": event.kind},
            "fires": {"BOOL": event.fires},
            "body": {"S": event.model_dump_json()},
            "expires": {"N": str(int(event.at.timestamp()) + EVENT_DAYS * 86_400)},
        }
        return {"Put": {"TableName": self._outbox, "Item": item, **_condition(ABSENT)}}

    def _single(self, step: Any) -> None:
        if "Put" in step:
            self._client.put_item(**step["Put"])
        else:
            self._client.delete_item(**step["Delete"])


def _only(*more: str) -> dict[str, Any]:
    """Ask for a record's key and body, and for more attributes where they are needed.

    It costs DynamoDB the same, but the client parses attributes one by one, and an index has two of them.
    """
    names = {f"#{place}": name for place, name in enumerate(dict.fromkeys(("partition", "sort", "body", *more)))}
    return {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}


def _key(key: Key) -> Item:
    return {"partition": {"S": key.partition}, "sort": {"S": key.sort}}


def _place(item: Item) -> Key:
    return Key(item["partition"]["S"], item["sort"]["S"])


def _model(kind: Kind[M], item: Item) -> M:
    return kind.model.model_validate_json(item["body"]["S"])


def _attribute(query: Query, part: str) -> str:
    return f"{query.index}_{part}" if query.index else part


def _is_empty(partition: str, query: Query) -> bool:
    """Whether nothing can lie there: DynamoDB refuses such a question."""
    return not fits(Key(partition, query.prefix or "any")) or (
        query.beyond is not None and _first(query) > _last(query)
    )


def _span(query: Query) -> tuple[str, Item]:
    """The part of the key condition that is about sort keys, and its values."""
    if query.beyond is not None:
        return " AND #s BETWEEN :a AND :z", {":a": {"S": _first(query)}, ":z": {"S": _last(query)}}
    return (" AND begins_with(#s, :s)", {":s": {"S": query.prefix}}) if query.prefix else ("", {})


def _first(query: Query) -> str:
    return max(f"{query.beyond}\0", query.prefix)


def _last(query: Query) -> str:
    return f"{query.prefix}\U0010ffff"


def _position(item: Item, query: Query) -> list[str]:
    return [item[_attribute(query, "sort")]["S"], item["partition"]["S"], item["sort"]["S"]]


def _start(partition: str, query: Query) -> Item:
    place, base = read_position(partition, query)
    start = _key(base)
    if query.index:
        start |= {f"{query.index}_partition": {"S": partition}, f"{query.index}_sort": {"S": place}}
    return start


def _condition(version: int | None) -> dict[str, Any]:
    if version is None:
        return {}
    names = {"ConditionExpression": "#c = :v", "ExpressionAttributeNames": {"#c": "version"}}
    if version != ABSENT:
        return names | {"ExpressionAttributeValues": {":v": {"N": str(version)}}}
    return {"ConditionExpression": "attribute_not_exists(#c)", "ExpressionAttributeNames": {"#c": "partition"}}


def _read(ask: Callable[[], R]) -> R:
    """What is read; raises Throttled when the table takes no more, which the client has tried again by itself."""
    try:
        return ask()
    except ClientError as refused:
        if BUSY.isdisjoint(_reasons(refused)):
            raise
        raise Throttled("Too much is asked of the table at once; try again.") from refused


def _translated(write: Callable[[], object], changes: Sequence[Change]) -> None:
    """Carry out a write; a lost condition is Stale, a conflict is tried again with jitter, then Throttled."""
    for attempt in range(TRIES):
        try:
            write()
        except ClientError as refused:
            reasons = _reasons(refused)
            if "ConditionalCheckFailed" in reasons:
                raise _lost(reasons, changes) from refused
            if not BUSY.intersection(reasons):
                raise
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - jitter, not a secret
        else:
            return
    raise Throttled("Too many changes to the same thing at once; try again.")


def _reasons(refused: ClientError) -> list[str]:
    code = refused.response["Error"]["Code"]
    cancelled: Any = refused.response.get("CancellationReasons", [])
    if code == "ConditionalCheckFailedException":
        return ["ConditionalCheckFailed"]
    if code == "TransactionCanceledException":
        return [reason.get("Code", "None") for reason in cancelled] or _codes_in(refused)
    return [code.removesuffix("Exception")]


def _codes_in(refused: ClientError) -> list[str]:
    """The reasons out of `[None, ConditionalCheckFailed]` in the message, where a server sends no list of them."""
    inside = refused.response["Error"]["Message"].rpartition("[")[2].partition("]")[0]
    return [code.strip() for code in inside.split(",")]


def _lost(reasons: Sequence[str], changes: Sequence[Change]) -> Stale:
    """Steps after those of the changes are events; one that is there shows that this request did its work before."""
    if "ConditionalCheckFailed" in reasons[len(changes) :]:
        return Repeated("This was done before by the same request; read it again.")
    names = [change.kind.name for change, code in zip(changes, reasons, strict=False) if code != "None"]
    return Stale(f"The {names[0]} was changed by somebody else; read it again.")

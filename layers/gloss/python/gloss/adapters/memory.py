"""Every port in memory: for tests of services, and the second half of each contract test."""

import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, TypeVar
from uuid import UUID

from gloss.adapters.records import (
    MAX_CHANGES,
    Stored,
    demanded_version,
    event_key,
    read_position,
    stored,
    write_token,
)
from gloss.domain.errors import NotFound, Repeated, Stale
from gloss.domain.events import Event
from gloss.domain.model import Value
from gloss.ports import Change, Demand, Erase, Key, Kind, Page, Ports, Query

M = TypeVar("M", bound=Value)


class MemoryStore:
    """A store with the same conditions, order and tokens as the table; `events` is its outbox."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._records: dict[Key, Stored] = {}
        self._event_keys: set[Key] = set()
        self._lock = threading.Lock()

    def get(self, kind: Kind[M], key: Key) -> M:
        found = self.find(kind, key)
        if found is None:
            raise NotFound(f"There is no {kind.name} here, or you may not see it.")
        return found

    def find(self, kind: Kind[M], key: Key) -> M | None:
        record = self._records.get(key)
        return None if record is None else kind.model.model_validate_json(record.body)

    def get_many(self, kind: Kind[M], keys: Sequence[Key]) -> list[M]:
        found = (self.find(kind, key) for key in keys)
        return [model for model in found if model is not None]

    def find_each(self, *asked: tuple[Kind[Any], Key]) -> list[Any]:
        return [self.find(kind, key) for kind, key in asked]

    def page(self, kind: Kind[M], partition: str, query: Query | None = None) -> Page[M]:
        query = query or Query()
        rows = self._rows(kind, partition, query)
        if query.after is not None:
            place, base = read_position(partition, query)
            last = (place, base.partition, base.sort)
            rows = [row for row in rows if (row[0] < last if query.descending else row[0] > last)]
        shown = rows[: query.limit]
        token = write_token(list(shown[-1][0])) if len(rows) > query.limit else None
        return Page(tuple(kind.model.model_validate_json(record.body) for _, record in shown), token)

    def every(self, kind: Kind[M], partition: str, query: Query | None = None) -> Iterator[M]:
        page = self.page(kind, partition, query or Query(limit=1000))
        yield from page.entries
        while page.next_token:
            page = self.page(kind, partition, _after(query or Query(limit=1000), page.next_token))
            yield from page.entries

    def commit(self, changes: Sequence[Change], events: Sequence[Event] = ()) -> None:
        if len(changes) + len(events) > MAX_CHANGES:
            raise ValueError(f"one commit carries at most {MAX_CHANGES} changes and events")
        with self._lock:
            self._check(changes, events)
            for change in changes:
                self._apply(change)
            self._event_keys.update(event_key(event) for event in events)
            self.events.extend(events)

    def _rows(self, kind: Kind[M], partition: str, query: Query) -> list[tuple[tuple[str, str, str], Stored]]:
        placed = ((_place(record, query.index), record) for record in list(self._records.values()))
        rows = [
            ((place.sort, record.key.partition, record.key.sort), record)
            for place, record in placed
            if place and place.partition == partition and place.sort.startswith(query.prefix)
            if query.beyond is None or place.sort > query.beyond
            if record.kind == kind.name
        ]
        return sorted(rows, key=lambda row: row[0], reverse=query.descending)

    def _check(self, changes: Sequence[Change], events: Sequence[Event]) -> None:
        if any(event_key(event) in self._event_keys for event in events):
            raise Repeated("This was done before by the same request; read it again.")
        for change in changes:
            demanded, key = demanded_version(change), change.kind.key(change.model)
            record = self._records.get(key)
            if demanded is not None and demanded != (record.version if record else 0):
                raise Stale(f"The {change.kind.name} was changed by somebody else; read it again.")

    def _apply(self, change: Change) -> None:
        record = stored(change.kind, change.model)
        if isinstance(change, Erase):
            self._records.pop(record.key, None)
        elif not isinstance(change, Demand):
            self._records[record.key] = record


def _place(record: Stored, index: str | None) -> Key | None:
    return record.key if index is None else record.index_keys.get(index)


def _after(query: Query, token: str) -> Query:
    return replace(query, after=token, beyond=None)


class MemoryBlobs:
    """Blobs in a dict; signed URLs only name the key."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, key: str, body: bytes | BinaryIO, content_type: str = "application/octet-stream") -> None:
        del content_type
        self.objects[key] = body if isinstance(body, bytes) else body.read()

    def remove(self, keys: Iterable[str]) -> None:
        for key in list(keys):
            self.objects.pop(key, None)

    def get(self, key: str) -> bytes:
        if key not in self.objects:
            raise NotFound(f"There is no stored object {key}.")
        return self.objects[key]

    def open(self, key: str, start: int = 0) -> Iterator[bytes]:
        body = self.get(key)
        return (body[at : at + 2**20] for at in range(start, len(body), 2**20))

    def part(self, key: str, start: int, size: int) -> bytes:
        return self.get(key)[start : start + size]

    def size(self, key: str) -> int:
        return len(self.get(key))

    def etag(self, key: str) -> str:
        return hashlib.sha256(self.get(key)).hexdigest()

    def write(self, key: str, chunks: Iterator[bytes], content_type: str) -> int:
        self.put(key, b"".join(chunks), content_type)
        return len(self.objects[key])

    def keys(self, prefix: str) -> Iterator[str]:
        return iter(sorted(key for key in self.objects if key.startswith(prefix)))

    def concatenate(self, key: str, parts: Sequence[str], content_type: str) -> int:
        self.put(key, b"".join(self.get(part) for part in parts), content_type)
        return len(self.objects[key])

    def signed_get(self, key: str, seconds: int, filename: str | None = None) -> str:
        return f"https://blobs.invalid/{key}?seconds={seconds}&filename={filename or ''}"

    def signed_put(self, key: str, seconds: int, size_bytes: int | None = None) -> str:
        sized = "" if size_bytes is None else f"&size={size_bytes}"
        return f"https://blobs.invalid/{key}?put&seconds={seconds}{sized}"


class MemoryMachines:
    """Remembers what was started, once per name; `ended` are the runs that a test lets end."""

    def __init__(self) -> None:
        self.started: dict[tuple[str, str], Mapping[str, Any]] = {}
        self.stopped: list[tuple[str, str]] = []
        self.ended: set[tuple[str, str]] = set()

    def start(self, machine: str, name: str, payload: Mapping[str, Any]) -> None:
        self.started.setdefault((machine, name), dict(payload))

    def stop(self, machine: str, name: str) -> None:
        self.stopped.append((machine, name))

    def is_running(self, machine: str, name: str) -> bool:
        run = (machine, name)
        return run in self.started and run not in self.ended and run not in self.stopped


class MemoryVault:
    """Secrets in a dict."""

    def __init__(self) -> None:
        self.secrets: dict[str, Mapping[str, Any]] = {}

    def put(self, name: str, secret: Mapping[str, Any]) -> None:
        self.secrets[name] = dict(secret)

    def get(self, name: str) -> Mapping[str, Any]:
        if name not in self.secrets:
            raise NotFound("There is no such secret.")
        return self.secrets[name]

    def remove(self, name: str) -> None:
        self.secrets.pop(name, None)


class FixedClock:
    """A clock that stands until it is moved."""

    def __init__(self, moment: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def pass_time(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class CountingIds:
    """Ids 00000000-0000-4000-8000-000000000001 and so on."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def new(self) -> str:
        with self._lock:
            self._last += 1
            return str(UUID(int=(4 << 76) | (8 << 60) | self._last))


def memory_ports() -> Ports:
    """All the ports that most services take, fresh and empty."""
    return Ports(MemoryStore(), MemoryBlobs(), MemoryMachines(), FixedClock(), CountingIds())

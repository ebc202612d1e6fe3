"""What DynamoDB is asked: requests by operation, and the units that they cost by the published rules of sizes."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from math import ceil
from typing import Any, Final
from uuid import UUID

from gloss.adapters.dynamodb import DynamoStore
from gloss.adapters.memory import memory_ports
from gloss.adapters.records import INDEXES
from gloss.adapters.system import RandomIds
from gloss.domain.registering import Registered
from gloss.kinds.register import ITEMS, REGISTERED, item_key
from gloss.ports import Change, Overwrite, Store
from tests.builders_register import CALLER, Desk, a_desk

WRITE_BYTES: Final = 1024
READ_BYTES: Final = 4096
FILLING: Final = 4
ORCHARD: Final = "orchard-007"
Item = dict[str, dict[str, Any]]
#: Ids as long as real ones, since every byte of a record counts.
SOMEBODY: Final = CALLER.model_copy(update={"user_id": str(UUID(int=1)), "org_id": str(UUID(int=2))})


class Units:
    """Requests by operation, write units (a transaction costs double) and index writes, told one by one.

    Reads are counted as consistent ones: a unit for each key asked, found or not, and for each further 4 KiB of it; a
    query's answer is measured as a whole.
    """

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.write_units = self.index_units = 0
        self.read_units = 0.0

    def asked(self, operation: str, params: Mapping[str, Any]) -> None:
        """A request, by its parameters."""
        self.requests[operation] += 1
        times = 2 if operation == "TransactWriteItems" else 1
        steps = params.get("TransactItems", [{"Put": params}] if "Item" in params else [])
        for step in steps:
            item: Item = step.get("Put", {}).get("Item", {})
            self.write_units += times * max(1, ceil(size_of(item) / WRITE_BYTES))
            self.index_units += sum(ceil(size_of(item) / WRITE_BYTES) for each in INDEXES if f"{each}_sort" in item)
        self.read_units += 1 if operation in {"GetItem", "Query"} else 0
        asked = params.get("RequestItems", {}).values() if operation == "BatchGetItem" else ()
        self.read_units += sum(len(table["Keys"]) for table in asked)

    def answered(self, operation: str, parsed: Mapping[str, Any]) -> None:
        """Its answer."""
        whole = sum(map(size_of, parsed.get("Items", [])))
        found = [parsed["Item"]] if operation == "GetItem" and "Item" in parsed else []
        found += [item for items in parsed.get("Responses", {}).values() for item in items]
        self.read_units += sum(further(size_of(item)) for item in found) + further(whole)


def further(size: int) -> int:
    """Read units beyond the first."""
    return max(0, ceil(size / READ_BYTES) - 1)


class Meter(Units):
    """Listens to a client."""

    def __init__(self, client: Any) -> None:
        super().__init__()
        self._events = client.meta.events
        self._events.register("provide-client-params.dynamodb.*", self._asked)
        self._events.register("after-call.dynamodb.*", self._answered)

    def stop(self) -> None:
        """Listen no more."""
        self._events.unregister("provide-client-params.dynamodb.*", self._asked)
        self._events.unregister("after-call.dynamodb.*", self._answered)

    def _asked(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.asked(model.name, params)

    def _answered(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        self.answered(model.name, parsed)


def size_of(item: Item) -> int:
    """Bytes of an item: of the names and values of its attributes, in UTF-8; a number about half its digits."""
    return sum(len(name.encode()) + _bytes_of(value) for name, value in item.items())


def _bytes_of(value: dict[str, Any]) -> int:
    kind, said = next(iter(value.items()))
    return len(said.encode()) if kind == "S" else 1 + ceil(len(str(said)) / 2)


@dataclass(frozen=True)
class Metered:
    """A desk whose records lie in a table, and the table's client."""

    desk: Desk
    client: Any


def a_metered_desk(client: Any) -> Metered:
    """A folder in the tables `state` and `outbox`."""
    ports = replace(memory_ports(), store=DynamoStore(client, "state", "outbox"), ids=RandomIds())
    return Metered(a_desk({}, ports=ports, caller=SOMEBODY), client)


def fill(metered: Metered, items: int) -> None:
    """Give the folder so many items, as a registration that keeps duplicates would have left them, a note each."""
    _put_all(metered, _left_by(metered.desk, items))


def fill_unnoted(metered: Metered, items: int) -> None:
    """The same as one that skips duplicates would have left them: their ids tell their URLs, so there are no notes."""
    _put_all(metered, (change for change in _left_by(metered.desk, items) if change.kind is ITEMS))


def _put_all(metered: Metered, changes: Iterable[Change]) -> None:
    def put(some: Sequence[Change]) -> None:
        steps = map(metered.desk.ports.store._step, some)  # type: ignore[attr-defined]
        puts = [{"PutRequest": {"Item": step["Put"]["Item"]}} for step in steps]
        left = metered.client.batch_write_item(RequestItems={"state": puts})["UnprocessedItems"]
        assert not left

    with ThreadPoolExecutor(FILLING) as pool:
        list(pool.map(put, _parted(changes, 25)))


def _parted(changes: Iterable[Change], size: int) -> Iterator[Sequence[Change]]:
    rest = iter(changes)
    return iter(lambda: list(islice(rest, size)), [])


def _left_by(desk: Desk, items: int) -> Iterator[Change]:
    other = a_manifest(1, {})
    other["images"][0]["objectUrl"] += ".other"
    (row,) = desk.register(other).items
    known = desk.ports.store.get(ITEMS, item_key(str(row.item_id)))
    for number in range(items):
        copy = known.model_copy(update={"id": f"{known.id}-{number}", "row": number})
        yield Overwrite(ITEMS, copy)
        yield Overwrite(REGISTERED, Registered(folder_id=copy.folder_id, fingerprint=copy.id, item_id=copy.id))


#: How much a call asks of the table, by its arguments and its answer.
SIZES: Final[dict[str, Callable[[Any, Any], int]]] = {
    "get": lambda said, answer: 1,
    "find": lambda said, answer: 1,
    "get_many": lambda said, answer: len(said[1]),
    "page": lambda said, answer: len(answer.entries),
    "every": lambda said, answer: len(answer),
    "commit": lambda said, answer: sum(map(len, said)),
}


class Counted:
    """A store that keeps which methods were called, of which kind, with how many keys or changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.calls: list[tuple[str, str, int]] = []

    def __getattr__(self, name: str) -> Any:
        return partial(self._called, name, getattr(self._store, name))

    def _called(self, name: str, call: Callable[..., Any], *said: Any) -> Any:
        answer = list(call(*said)) if name == "every" else call(*said)
        kind = said[0][0].kind if name == "commit" else said[0]
        self.calls.append((name, kind.name, SIZES[name](said, answer)))
        return answer


def a_counted_desk() -> Desk:
    """A folder in memory, whose store is counted."""
    ports = memory_ports()
    return a_desk({}, ports=replace(ports, store=Counted(ports.store)))


def fill_counted(desk: Desk, items: int) -> None:
    """The same as `fill`, in memory."""
    for some in _parted(_left_by(desk, items), 90):
        desk.ports.store.commit(some)


def register_counted(desk: Desk, rows: int, flags: dict[str, bool]) -> Counter[tuple[str, str, int]]:
    """Register so many new images; how often each method was called, of which kind, with how many keys or changes."""
    job = desk.submit(a_manifest(rows, flags))
    calls = desk.ports.store.calls  # type: ignore[attr-defined]
    calls.clear()
    desk.run(job)
    return Counter(calls)


def register_rows(metered: Metered, rows: int, flags: dict[str, bool], orchard: str = ORCHARD) -> Meter:
    """Register so many new images, whose facts the manifest tells; what that asked of the table."""
    job = metered.desk.submit(a_manifest(rows, flags, orchard))
    meter = Meter(metered.client)
    metered.desk.run(job)
    meter.stop()
    return meter


def a_manifest(rows: int, flags: dict[str, bool], orchard: str = ORCHARD) -> dict[str, Any]:
    """Images as most manifests have them, about 250 bytes a row, and their facts."""
    facts = {"mime_type": "image/jpeg", "file_size": 250_000, "width": 1920, "height": 1080}
    said = {"camera": "cam-3", "captured": "2025-03-01T09:00:00Z", "run": 12, "wet": True}
    urls = (f"s3://a-bucket-of-fruit/2025/03/01/{orchard}/image-{number:09}.jpg" for number in range(rows))
    images = [{"objectUrl": url, "clientMetadata": said, "imageMetadata": facts} for url in urls]
    return {"images": images, **flags}

"""What a call of the SDK asks of DynamoDB: the requests of the store's port, one by one."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from math import ceil
from typing import Any, Final, TypeVar

from gloss.adapters.dynamodb import READ_AT_ONCE
from gloss.adapters.memory import MemoryStore
from gloss.adapters.records import LEAN_INDEXES
from gloss.domain.events import Event
from gloss.domain.model import Value
from gloss.ports import Change, Key, Kind, Page, Query

#: A call about one thing asks the table at most so often, authentication and receipt included.
BOUND: Final = 8
#: Calls about many things, or about the things in one; deleting a folder looks twice that it is empty; a log is read
#: from the shards of two sorts of records.
OF_MANY: Final = frozenset(
    {
        "GET /v2/public/storage/search/items",
        "PATCH /v2/public/storage/folders/patch-bulk",
        "POST /v2/public/storage/folders/{folder_id}/items/move",
        "DELETE /v2/public/storage/folders/{folder_id}",
        "POST /v2/public/index/collections/{collection_id}/add-data-title-items",
        "POST /v2/public/index/collections/{collection_id}/add-preset-items",
        "POST /v2/public/index/collections/{collection_id}/remove-preset-items",
        "GET /v2/public/projects/{project_id}/editor-logs",
        "POST /v2/public/organisation/groups/{group_id}/users",
        "POST /v2/public/projects/{project_id}/users/bulk-delete",
        "POST projectdataset",
        "DELETE projectdataset",
        "POST projectcopy",
        "POST datarow",
    }
)

#: Whether what is asked now is no part of a call; a machine that runs beside the calls has its own.
ASIDE: Final[ContextVar[bool]] = ContextVar("aside", default=False)

M = TypeVar("M", bound=Value)


class CountingStore(MemoryStore):
    """Records in memory; counts what the same calls ask of the table."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[str] = []

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What a state machine does meanwhile is no part of the call."""
        token = ASIDE.set(True)
        try:
            yield
        finally:
            ASIDE.reset(token)

    def find(self, kind: Kind[M], key: Key) -> M | None:
        self._count(1, f"find {kind.name}")
        return super().find(kind, key)

    def get_many(self, kind: Kind[M], keys: Sequence[Key]) -> list[M]:
        self._count(ceil(len(keys) / READ_AT_ONCE), f"get_many {kind.name}")
        with self.aside():
            return super().get_many(kind, keys)

    def find_each(self, *asked: tuple[Kind[Any], Key]) -> list[Any]:
        self._count(1, f"find_each {', '.join(kind.name for kind, _ in asked)}")
        with self.aside():
            return super().find_each(*asked)

    def page(self, kind: Kind[M], partition: str, query: Query | None = None) -> Page[M]:
        page = super().page(kind, partition, query)
        read_besides = bool(page.entries) and query is not None and query.index in LEAN_INDEXES
        self._count(1 + read_besides, f"page {kind.name}")
        return page

    def commit(self, changes: Sequence[Change], events: Sequence[Event] = ()) -> None:
        self._count(1, f"commit {', '.join(dict.fromkeys(it.kind.name for it in changes))}")
        super().commit(changes, events)

    def _count(self, times: int, what: str) -> None:
        self.requests += [] if ASIDE.get() else [what] * times


class Ledger:
    """The requests of every call, by route or operation."""

    def __init__(self) -> None:
        self.calls: dict[str, list[list[str]]] = defaultdict(list)

    def note(self, call: str, requests: list[str]) -> None:
        """What one call asked."""
        self.calls[call].append(requests)

    def told(self) -> str:
        """A line a call with its most and fewest requests and how often it came, the dearest first."""
        counts = {call: sorted(map(len, asked)) for call, asked in self.calls.items()}
        ordered = sorted(counts.items(), key=lambda each: -each[1][-1])
        return "\n".join(f"{seen[-1]:4} {seen[0]:4} {len(seen):5}  {call}" for call, seen in ordered)

    def beyond(self) -> dict[str, int]:
        """The calls about one thing that ask more than they may, each at its cheapest."""
        least = {call: min(map(len, asked)) for call, asked in self.calls.items() if call not in OF_MANY}
        return {call: count for call, count in sorted(least.items()) if count > BOUND and "/v1/" not in call}

    def cheapest(self, call: str) -> str:
        """The requests of the cheapest call of its sort."""
        return " | ".join(min(self.calls[call], key=len))

"""A store that keeps what would be committed, so that many decisions can be made before anything is written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from gloss.domain.errors import NotFound
from gloss.domain.events import Event
from gloss.domain.model import Value
from gloss.ports import Change, Key, Kind, Page, Query, Store

M = TypeVar("M", bound=Value)


@dataclass(frozen=True)
class Drafted:
    """What one decision would commit."""

    changes: tuple[Change, ...]
    events: tuple[Event, ...]

    @property
    def size(self) -> int:
        """How many of a transaction's places it takes."""
        return len(self.changes) + len(self.events)


class Draft:
    """Reads what was read before from memory, all else once from the store; `drafted` has what would be committed.

    `known` has single records by key, `lists` whole partitions; what is in them is not asked for again.
    """

    def __init__(
        self, store: Store, known: Mapping[Key, Value], lists: Mapping[tuple[str, str], Sequence[Value]]
    ) -> None:
        self._store, self._known, self._lists = store, dict(known), lists
        self._missing = set[Key]()
        self.drafted: list[Drafted] = []

    def get(self, kind: Kind[M], key: Key) -> M:
        found = self.find(kind, key)
        if found is None:
            raise NotFound(f"There is no {kind.name} here, or you may not see it.")
        return found

    def find(self, kind: Kind[M], key: Key) -> M | None:
        if key not in self._known:
            found = self._store.find(kind, key)
            if found is None:
                return None
            self._known[key] = found
        known: Any = self._known[key]
        return known  # type: ignore[no-any-return]

    def get_many(self, kind: Kind[M], keys: Sequence[Key]) -> list[M]:
        asked = [key for key in keys if key not in self._known and key not in self._missing]
        self._known |= {kind.key(model): model for model in self._store.get_many(kind, asked)} if asked else {}
        self._missing.update(key for key in asked if key not in self._known)
        found: Iterable[Any] = (self._known[key] for key in keys if key in self._known)
        return list(found)

    def find_each(self, *asked: tuple[Kind[Any], Key]) -> list[Any]:
        return [self.find(kind, key) for kind, key in asked]

    def page(self, kind: Kind[M], partition: str, query: Query | None = None) -> Page[M]:
        return self._store.page(kind, partition, query)

    def every(self, kind: Kind[M], partition: str, query: Query | None = None) -> Iterator[M]:
        listed: Any = self._lists.get((kind.name, partition))
        return self._store.every(kind, partition, query) if listed is None else iter(listed)

    def commit(self, changes: Sequence[Change], events: Sequence[Event] = ()) -> None:
        """Keep it, and let later decisions find it; nothing is written."""
        self._known |= {change.kind.key(change.model): change.model for change in changes}
        self.drafted.append(Drafted(tuple(changes), tuple(events)))

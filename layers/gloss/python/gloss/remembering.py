"""One request's view of the store: what it has read, or missed, it does not ask for again until it writes or waits.

Every write is conditional on the version that was read, so an older reading costs a second try and nothing else.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

from gloss.domain.errors import NotFound
from gloss.domain.events import Event
from gloss.domain.model import Value
from gloss.ports import Change, Key, Kind, Page, Query, Store

M = TypeVar("M", bound=Value)
Asked = tuple[Kind[Any], Key]

#: Longer readings are work through many records, each of which is looked at once.
MOST_AT_ONCE: Final = 100


class Remembering:
    """A store that answers a second question for the same record from memory."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[str, Key], Value | None] = {}

    def forget(self) -> None:
        """Read everything anew from now on."""
        self._known = {}

    def get(self, kind: Kind[M], key: Key) -> M:
        found = self.find(kind, key)
        if found is None:
            raise NotFound(f"There is no {kind.name} here, or you may not see it.")
        return found

    def find(self, kind: Kind[M], key: Key) -> M | None:
        if (kind.name, key) not in self._known:
            self._note([(kind, key)], [self._store.find(kind, key)])
        known: Any = self._known.get((kind.name, key))
        return known  # type: ignore[no-any-return]

    def get_many(self, kind: Kind[M], keys: Sequence[Key]) -> list[M]:
        missing = [key for key in keys if (kind.name, key) not in self._known]
        if len(keys) > MOST_AT_ONCE:
            return self._store.get_many(kind, keys)
        read = {kind.key(model): model for model in self._store.get_many(kind, missing)} if missing else {}
        self._note([(kind, key) for key in missing], map(read.get, missing))
        return [model for model in (self._recalled(kind, key) for key in keys) if model is not None]

    def find_each(self, *asked: Asked) -> list[Any]:
        missing = [(kind, key) for kind, key in asked if (kind.name, key) not in self._known]
        self._note(missing, self._store.find_each(*missing) if missing else [])
        return [self._recalled(kind, key) for kind, key in asked]

    def page(self, kind: Kind[M], partition: str, query: Query | None = None) -> Page[M]:
        return self._store.page(kind, partition, query)

    def every(self, kind: Kind[M], partition: str, query: Query | None = None) -> Iterator[M]:
        return self._store.every(kind, partition, query)

    def commit(self, changes: Sequence[Change], events: Sequence[Event] = ()) -> None:
        self.forget()
        self._store.commit(changes, events)

    def _recalled(self, kind: Kind[Any], key: Key) -> Any:
        return self._known.get((kind.name, key))

    def _note(self, asked: Iterable[Asked], found: Iterable[Value | None]) -> None:
        self._known |= {(kind.name, key): model for (kind, key), model in zip(asked, found, strict=True)}

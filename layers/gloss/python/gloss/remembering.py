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
Known = dict[tuple[str, Key], Value | None]

#: Longer readings are work through many records, each of which is looked at once.
MOST_AT_ONCE: Final = 100
#: Records that others change while a request decides, so that a second look is meant to see what is there by then.
FLEETING: Final = frozenset({"task", "convoy", "holdings"})


class Remembering:
    """A store that answers a second question for the same record from memory."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: Known = {}

    def forget(self) -> None:
        """Read everything anew from now on; what others are reading meanwhile they note in a memory that is gone."""
        self._known = {}

    def get(self, kind: Kind[M], key: Key) -> M:
        found = self.find(kind, key)
        if found is None:
            raise NotFound(f"There is no {kind.name} here, or you may not see it.")
        return found

    def find(self, kind: Kind[M], key: Key) -> M | None:
        if kind.name in FLEETING:
            return self._store.find(kind, key)
        known = self._known
        if (kind.name, key) not in known:
            _note(known, [(kind, key)], [self._store.find(kind, key)])
        found: Any = known.get((kind.name, key))
        return found  # type: ignore[no-any-return]

    def get_many(self, kind: Kind[M], keys: Sequence[Key]) -> list[M]:
        if len(keys) > MOST_AT_ONCE or kind.name in FLEETING:
            return self._store.get_many(kind, keys)
        known = self._known
        missing = [key for key in keys if (kind.name, key) not in known]
        read = {kind.key(model): model for model in self._store.get_many(kind, missing)} if missing else {}
        _note(known, [(kind, key) for key in missing], map(read.get, missing))
        found: list[Any] = [known.get((kind.name, key)) for key in keys]
        return [model for model in found if model is not None]

    def find_each(self, *asked: Asked) -> list[Any]:
        known = self._known
        missing = [(kind, key) for kind, key in asked if kind.name in FLEETING or (kind.name, key) not in known]
        _note(known, missing, self._store.find_each(*missing) if missing else [])
        return [known.get((kind.name, key)) for kind, key in asked]

    def page(self, kind: Kind[M], partition: str, query: Query | None = None) -> Page[M]:
        return self._store.page(kind, partition, query)

    def every(self, kind: Kind[M], partition: str, query: Query | None = None) -> Iterator[M]:
        return self._store.every(kind, partition, query)

    def commit(self, changes: Sequence[Change], events: Sequence[Event] = ()) -> None:
        try:
            self._store.commit(changes, events)
        finally:
            self.forget()


def _note(known: Known, asked: Iterable[Asked], found: Iterable[Value | None]) -> None:
    known.update({(kind.name, key): model for (kind, key), model in zip(asked, found, strict=True)})

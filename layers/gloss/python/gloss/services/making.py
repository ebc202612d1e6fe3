"""Making a thing once, however often it is asked for under one Idempotency-Key."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID, uuid5

from gloss.domain.errors import Stale
from gloss.domain.model import Value
from gloss.ports import Change, Kind, Save, Store

M = TypeVar("M", bound=Value)


class Following:
    """Ids that follow from one: for a part of a request, the same again whatever became of the other parts."""

    def __init__(self, first: str) -> None:
        self._first, self._count = UUID(first), 0

    def new(self) -> str:
        self._count += 1
        return str(uuid5(self._first, str(self._count)))


def once(kind: Kind[M], made: M, store: Store, besides: Sequence[Change] = ()) -> M:
    """Save a new thing with what belongs to it; when the same request made it before, that is the answer."""
    try:
        store.commit([Save(kind, made), *besides])
    except Stale:
        known = store.find(kind, kind.key(made))
        if known is None:
            raise
        return known
    return made

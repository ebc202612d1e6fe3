"""The real clock and real ids."""

from datetime import UTC, datetime
from uuid import UUID, uuid4, uuid5

REQUESTS = UUID("6d1f0d5c-6f0a-5c59-9c53-6c2f6f1b1f0e")


class SystemClock:
    """The machine's time in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class RandomIds:
    """Random UUIDs."""

    def new(self) -> str:
        return str(uuid4())


class SeededIds:
    """The same UUIDs each time for the same request, so that a repeated request makes nothing twice."""

    def __init__(self, seed: str) -> None:
        self._space, self._count = uuid5(REQUESTS, seed), 0

    def new(self) -> str:
        self._count += 1
        return str(uuid5(self._space, str(self._count)))

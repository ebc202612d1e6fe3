"""What whoever sends webhooks needs of the world."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from gloss.domain.webhooks import Answer
from gloss.ports import Clock, Ids, Store


class Sender(Protocol):
    """Requests to receivers that customers name; nothing else of Gloss talks to such addresses."""

    def vet(self, url: str) -> None:
        """Refuse a URL that may never be called; raises Invalid."""
        ...

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request, no redirects followed; whatever goes wrong is in the answer, nothing is raised."""
        ...


class Sealer(Protocol):
    """Secrets that lie in records only as ciphertext; `owner` is the record's id and must be the same to open."""

    def fresh(self, owner: str) -> tuple[str, str]:
        """A new secret of 64 hex digits, and the same sealed."""
        ...

    def open(self, sealed: str, owner: str) -> str: ...


class Queue(Protocol):
    """Messages to one consumer of ours."""

    def send(self, message: Mapping[str, Any], delay_s: int = 0) -> None:
        """Hand over a message that arrives at least once, after at most 900 s."""
        ...


class Alarms(Protocol):
    """Messages that arrive at a moment in the future."""

    def set(self, name: str, at: datetime, message: Mapping[str, Any]) -> None:
        """Send the message at that moment; an earlier alarm of that name is replaced, or rings as well."""
        ...

    def repeat(self, name: str, message: Mapping[str, Any]) -> None:
        """Send the message every five minutes with the moment as `at`; repeating what is repeated changes nothing."""
        ...

    def silence(self, name: str) -> None:
        """Send it no more; a name that is not there is silent already."""
        ...


@dataclass(frozen=True)
class Mailroom:
    """The ports of whoever sends webhooks; `queue` wakes the redelivery at once, `alarms` later."""

    store: Store
    clock: Clock
    ids: Ids
    sender: Sender
    sealer: Sealer
    queue: Queue
    alarms: Alarms

"""The mailroom's ports in memory: a receiver that answers by script, seals, and a queue and alarms that only note."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gloss.domain.errors import Forbidden, Invalid
from gloss.domain.webhooks import Answer
from gloss.ports import Ports
from gloss.postal import Mailroom


@dataclass(frozen=True)
class Posted:
    """A request that a receiver got."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class ScriptedSender:
    """A receiver that gives these answers in turn, then 200; `posted` holds what it got."""

    def __init__(self, answers: Iterable[Answer] = ()) -> None:
        self.posted: list[Posted] = []
        self._answers = iter(tuple(answers))

    def vet(self, url: str) -> None:
        if not url.startswith("https://"):
            raise Invalid("This webhook URL cannot be used.")

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.posted.append(Posted(url, dict(headers), body))
        return next(self._answers, Answer(status=200))


class MemorySealer:
    """Secrets that open only for the owner that they were made for."""

    def __init__(self) -> None:
        self._secrets: dict[tuple[str, str], str] = {}

    def fresh(self, owner: str) -> tuple[str, str]:
        secret = f"{len(self._secrets) + 1:064x}"
        sealed = f"sealed-{len(self._secrets) + 1}"
        self._secrets[sealed, owner] = secret
        return secret, sealed

    def open(self, sealed: str, owner: str) -> str:
        if (sealed, owner) not in self._secrets:
            raise Forbidden("This secret was sealed for somebody else.")
        return self._secrets[sealed, owner]


class MemoryQueue:
    """Messages and their delays, in the order in which they were sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[Mapping[str, Any], int]] = []

    def send(self, message: Mapping[str, Any], delay_s: int = 0) -> None:
        self.sent.append((dict(message), delay_s))


class MemoryAlarms:
    """One alarm a name: the moment and the message, or the message that comes again and again."""

    def __init__(self) -> None:
        self.pending: dict[str, tuple[datetime, Mapping[str, Any]]] = {}
        self.repeated: dict[str, Mapping[str, Any]] = {}

    def set(self, name: str, at: datetime, message: Mapping[str, Any]) -> None:
        self.pending[name] = (at, dict(message))

    def repeat(self, name: str, message: Mapping[str, Any]) -> None:
        self.repeated.setdefault(name, dict(message))

    def silence(self, name: str) -> None:
        self.repeated.pop(name, None)


def memory_mailroom(ports: Ports, sender: ScriptedSender) -> Mailroom:
    """A mailroom over these ports with a receiver of the test's own."""
    return Mailroom(ports.store, ports.clock, ports.ids, sender, MemorySealer(), MemoryQueue(), MemoryAlarms())

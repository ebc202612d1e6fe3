"""Records, objects and machines of a function that may be killed between any two writes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from gloss.adapters.memory import MemoryBlobs, MemoryMachines, MemoryStore
from gloss.domain.events import Event
from gloss.ports import Change, Key, Kind, Ports


class Killed(BaseException):
    """The function is gone; nothing of it goes on."""


class Life:
    """So many writes are left; when there are none, nothing of the function works until it is revived."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.writes = 0

    def spend(self) -> None:
        self.check()
        self.writes += 1
        self.left = self.left and self.left - 1

    def check(self) -> None:
        if self.left == 0:
            raise Killed

    def revive(self) -> None:
        self.left = None


class MortalStore(MemoryStore):
    """Records of which the last write before death is kept."""

    def __init__(self, life: Life) -> None:
        super().__init__()
        self._life = life

    def find(self, kind: Kind[Any], key: Key) -> Any:
        self._life.check()
        return super().find(kind, key)

    def commit(self, changes: Sequence[Change], events: Sequence[Event] = ()) -> None:
        self._life.check()
        super().commit(changes, events)
        self._life.spend()


class MortalBlobs(MemoryBlobs):
    """Objects, likewise."""

    def __init__(self, life: Life) -> None:
        super().__init__()
        self._life = life

    def put(self, key: str, body: bytes | BinaryIO, content_type: str = "") -> None:
        self._life.check()
        super().put(key, body, content_type)
        self._life.spend()

    def get(self, key: str) -> bytes:
        self._life.check()
        return super().get(key)

    def remove(self, keys: Iterable[str]) -> None:
        for key in list(keys):
            self._life.check()
            super().remove([key])
            self._life.spend()


class MortalMachines(MemoryMachines):
    """Machines, likewise."""

    def __init__(self, life: Life) -> None:
        super().__init__()
        self._life = life

    def start(self, machine: str, name: str, payload: Mapping[str, Any]) -> None:
        self._life.check()
        super().start(machine, name, payload)
        self._life.spend()


def mortal(ports: Ports) -> tuple[Ports, Life]:
    """The ports with records, objects and machines of one life."""
    life = Life()
    return replace(ports, store=MortalStore(life), blobs=MortalBlobs(life), machines=MortalMachines(life)), life


def killed_after(writes: int, life: Life, work: Callable[[], object]) -> bool:
    """Do the work and die after so many writes; whether it came to that."""
    life.left = writes
    try:
        work()
    except Killed:
        return True
    finally:
        life.revive()
    return False

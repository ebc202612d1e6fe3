"""What daily syncs need of the world."""

from collections.abc import Mapping
from typing import Any, Protocol


class Timetable(Protocol):
    """Runs of a machine that come back every 24 hours until they are taken off; one a name."""

    def put(self, name: str, machine: str, payload: Mapping[str, Any]) -> None:
        """Start the machine every day from tomorrow on; putting the same again changes nothing."""
        ...

    def take_off(self, name: str) -> None:
        """No further runs; a name that is not there is taken off already."""
        ...

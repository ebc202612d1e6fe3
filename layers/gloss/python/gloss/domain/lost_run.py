"""A run of a machine that ended before its time."""

from collections.abc import Mapping
from typing import Any

from gloss.domain.model import Value


class LostRun(Value):
    """A run that failed, timed out or was stopped: of which machine, its name, why, and what it was started with."""

    machine: str
    name: str
    why: str
    payload: Mapping[str, Any]

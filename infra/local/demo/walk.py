"""What the steps of the demo hand on to each other."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local.demo.board import Board
from infra.local.demo.client import Client
from infra.local.demo.receiver import Receiver
from infra.local.home import Home


@dataclass
class Walk:
    """The way through the main job: who calls, what exists already, and where it is shown."""

    gloss: dict[str, Any]
    site: Path
    home: Home
    board: Board
    admin: Client
    hook: Receiver
    people: dict[str, Client] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)

    @property
    def project(self) -> str:
        """The path of the project that the demo made."""
        return f"/v1/projects/{self.ids['project']}"

    def close(self) -> None:
        """Hang up for everybody."""
        for client in (self.admin, *self.people.values()):
            client.close()

"""Every function of Gloss, once: where it lies, what it imports, how large it is and what it may touch."""

from dataclasses import dataclass
from typing import Final

CODE: Final = ("gloss", "runtime")


@dataclass(frozen=True)
class Handler:
    """One function: `functions/<room>/<module>.py`, named layers beside our own code, and grants by name."""

    room: str
    module: str = "app"
    layers: tuple[str, ...] = ()
    memory_mb: int = 512
    timeout_s: int = 29
    grants: tuple[str, ...] = ("records",)
    scratch_mb: int = 512
    at_once: int | None = None

    @property
    def name(self) -> str:
        return f"{self.room}-{self.module}".replace("_", "-")

    @property
    def state(self) -> str:
        """The name that the state of this module bears in its machine."""
        return "".join(word.capitalize() for word in self.module.split("_"))

    @property
    def every_layer(self) -> tuple[str, ...]:
        return (*CODE, *self.layers)


DOORWAYS: Final = (Handler("report"),)

MACHINES: Final[dict[str, tuple[Handler, ...]]] = {}

FOUNDING: Final = Handler("report", "bootstrap")

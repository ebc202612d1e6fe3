"""The commands of the local cloud, by name."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from infra.local import emulator, instance, processes
from infra.local.home import here


def up() -> None:
    """Start, deploy what changed, found the organisation, wait until a health check answers."""
    home = instance.up(here())
    print(f"Gloss answers at {home.url}; how to reach it stands in {home.described}.")


def down() -> None:
    """Stop the processes; the data stay."""
    instance.down(here())


def reset() -> None:
    """Stop, and forget the data."""
    instance.forget(here())


def status() -> None:
    """Say what runs."""
    home = here()
    for name in (emulator.NAME, instance.FRONT):
        print(f"{name}: {'running' if processes.running(home, name) else 'stopped'}")


COMMANDS: Final[Mapping[str, Callable[[], None]]] = {
    "up": up,
    "down": down,
    "reset": reset,
    "status": status,
}


def main(arguments: Sequence[str]) -> None:
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        raise SystemExit(f"One of: {', '.join(COMMANDS)}.")
    COMMANDS[arguments[0]]()

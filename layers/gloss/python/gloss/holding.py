"""How doorways hold a request: the clock and what lets time pass, for who awaits something."""

from collections.abc import Callable
from time import sleep

from gloss import wiring
from gloss.remembering import Remembering
from gloss.services.awaiting import Patience


@wiring.port
def pause() -> Callable[[float], None]:
    """What lets time pass."""
    return sleep


def patience(seconds: float) -> Patience:
    """How long a request may be held at most; what it looks at it reads anew each time."""
    wait = pause()

    def passing(pause_s: float) -> None:
        wait(pause_s)
        _forget()

    return Patience(seconds, wiring.clock(), passing)


def _forget() -> None:
    known = wiring.store()
    if isinstance(known, Remembering):
        known.forget()

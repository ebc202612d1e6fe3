"""What the SDK is told when the present state does not allow a call: it reads 409 as a name that is taken."""

from collections.abc import Iterator
from contextlib import contextmanager

from gloss.domain.errors import Conflict, IllegalAction, Stale


@contextmanager
def as_illegal() -> Iterator[None]:
    """Let a Conflict inside become an IllegalAction; a lost race stays one, and may be tried again."""
    try:
        yield
    except Stale:
        raise
    except Conflict as refused:
        raise IllegalAction(refused.message, refused.faults) from refused

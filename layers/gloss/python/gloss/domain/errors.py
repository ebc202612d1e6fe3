"""The error tree; each door maps its classes to an answer in one table.

GlossError
├── Malformed        the request cannot be read                          400
├── Unauthenticated  nobody known is asking                              401
│   └── UnknownKey   a signature by a key that nobody registered
├── Forbidden        seen, but not allowed                               403
├── NotFound         missing, or not visible to the caller               404
│   └── Nowhere      no route has this path
├── NotOffered       a call of the public SDK that Gloss leaves out      405
├── Conflict         the state does not allow it now                     409
│   ├── Stale        somebody else changed it first
│   │   └── Repeated  the very same request did it before
│   ├── IllegalAction  this action does not exist here
│   └── StageLocked  the import has not reached the needed stage
├── TooLarge         more than one request may carry                     413
├── Invalid          readable, but breaks a rule                         422
├── Throttled        too many at once                                    429
└── Upstream         something we depend on did not answer               503
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One reason for a refusal: a JSON path such as `videos[3].objectUrl`, and what is wrong there."""

    path: str
    reason: str


class GlossError(Exception):
    """Root of what Gloss itself raises; the message names the thing and the remedy."""

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.faults = tuple(faults)


class Malformed(GlossError):
    """The request cannot be read at all."""


class Unauthenticated(GlossError):
    """No valid token or signature came with the request."""


class UnknownKey(Unauthenticated):
    """The token or key is nobody's here."""


class Forbidden(GlossError):
    """The caller sees the thing but may not do this to it."""


class NotFound(GlossError):
    """Missing or invisible; the two are never distinguished."""


class Nowhere(NotFound):
    """No route has this path, for nobody."""


class NotOffered(GlossError):
    """A call that Gloss does not answer; the message says what to do instead."""


class Conflict(GlossError):
    """The present state does not allow it."""


class Stale(Conflict):
    """A conditional write lost: the thing changed since it was read."""


class Repeated(Stale):
    """This was done before under the same ids: the answer to the request was lost, not the work."""


class IllegalAction(Conflict):
    """The action does not exist in the present stage."""


class StageLocked(Conflict):
    """The import has not yet closed the stage that the capability needs (1-5)."""

    def __init__(self, message: str, required_stage: int, current_stage: int) -> None:
        super().__init__(message)
        self.required_stage = required_stage
        self.current_stage = current_stage


class TooLarge(GlossError):
    """More bytes or entries than one request may carry; the message names the other route."""


class Invalid(GlossError):
    """Readable, but a rule is broken; the faults say where and why."""


class Throttled(GlossError):
    """Too many requests at once."""


class Upstream(GlossError):
    """A service that Gloss depends on did not answer."""

"""How the public SDK is refused: by HTTP status on `/v2/public`, in an envelope on the two legacy URLs."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response

from gloss.answers import FAILED, STATUS, Door, Unreadable, broken_json, faults_of, response, status_of
from gloss.domain import errors
from gloss.domain.access import Caller
from gloss.domain.errors import Fault, GlossError, Invalid, Malformed
from gloss.front_door import FRONT_DOOR
from gloss.ports import Store
from gloss.requests import Request
from gloss.sdk.operations import Query, asked, operation_of
from gloss.sdk.routes import ANSWERS
from gloss.sdk.wire import written

TRACE: Final = "x-cloud-trace-context"
MOST_FAULTS_TOLD: Final = 20
_READING: Final = re.compile(r"/(get-bulk|label-rows/classifications)$")
#: Queries that change nothing when they come again: those that read, and making label rows, whose ids are derived.
_REPEATABLE: Final = re.compile(
    rb'^\{"query_type":\s*"(\w+",\s*"query_method":\s*"GET"|labelrow",\s*"query_method":\s*"PUT")'
)

#: The client knows no difference between what is missing and what one may not see, and takes 409 for a taken name.
V2_STATUS: Final[Mapping[type[GlossError], int]] = {
    **STATUS,
    errors.NotFound: 403,
    errors.Nowhere: 404,
    errors.IllegalAction: 400,
    errors.StageLocked: 400,
    errors.Stale: 429,
    errors.Repeated: 409,
    errors.Invalid: 400,
}

#: The envelope's code for each class, and its status.
CODES: Final[Mapping[type[GlossError], tuple[str, int]]] = {
    errors.Malformed: ("INVALID_ARGUMENTS_ERROR", 400),
    errors.Unauthenticated: ("AUTHENTICATION_ERROR", 401),
    errors.UnknownKey: ("SSH_KEY_NOT_FOUND_ERROR", 401),
    errors.Forbidden: ("AUTHORISATION_ERROR", 403),
    errors.NotFound: ("AUTHORISATION_ERROR", 403),
    errors.Nowhere: ("RESOURCE_NOT_FOUND_ERROR", 404),
    errors.NotOffered: ("METHOD_NOT_ALLOWED_ERROR", 405),
    errors.Conflict: ("RESOURCE_EXISTS_ERROR", 409),
    errors.IllegalAction: ("OPERATION_NOT_ALLOWED", 400),
    errors.StageLocked: ("OPERATION_NOT_ALLOWED", 400),
    errors.Stale: ("RATE_LIMIT_ERROR", 429),
    errors.Repeated: ("RESOURCE_EXISTS_ERROR", 409),
    errors.TooLarge: ("INVALID_ARGUMENTS_ERROR", 413),
    errors.Invalid: ("INVALID_ARGUMENTS_ERROR", 400),
    errors.Throttled: ("RATE_LIMIT_ERROR", 429),
    errors.Upstream: ("UNKNOWN_ERROR", 503),
}
#: Statuses that the legacy client reads from HTTP itself, and those at which it tries again what it may.
_SEEN: Final = frozenset({413, 429, 500, 503})


class V2Door:
    """`{"message"}`; a request is known again by its trace, which is the same in all tries of one call."""

    def refused(self, error: GlossError) -> Response[str]:
        """The answer to who asked for what cannot be."""
        return response(status_of(error, V2_STATUS), {"message": worded(error)})

    def unreadable(self, error: Unreadable) -> Response[str]:
        """The answer to a body or query that does not fit the doorway's model."""
        return self.refused(readably(error))

    def failed(self) -> Response[str]:
        """The answer when the fault is ours."""
        return response(500, {"message": FAILED})

    def readmit(self, request: Request, caller: Caller, store: Store) -> None:
        """The path tells all."""

    def repeat_key(self, request: Request) -> str | None:
        """The trace with method, target and digest of a request that writes."""
        reads = request.method not in {"POST", "PUT"} or _READING.search(request.path)
        return None if reads else _traced(request)


class LegacyDoor:
    """`{"status", "response", "payload"}` with HTTP 200, whatever happens, but for what the client reads from HTTP."""

    def refused(self, error: GlossError) -> Response[str]:
        """The answer to who asked for what cannot be."""
        code, status = next(CODES[kind] for kind in type(error).__mro__ if kind in CODES)
        return _enveloped(status, code, worded(error))

    def unreadable(self, error: Unreadable) -> Response[str]:
        """The answer to a body that is no query."""
        return self.refused(readably(error))

    def failed(self) -> Response[str]:
        """The answer when the fault is ours."""
        return _enveloped(500, "UNKNOWN_ERROR", FAILED)

    def readmit(self, request: Request, caller: Caller, store: Store) -> None:
        """Which resource is meant stands in the headers, and what is asked of it in the body."""
        query = Query.model_validate_json(request.body)
        resource, resource_id = (request.headers.get(name, "") for name in ("resourcetype", "resourceid"))
        row = operation_of(query, resource if request.path == "/public" else "")
        asked(query, row, resource_id, caller, store)

    def repeat_key(self, request: Request) -> str | None:
        """The trace with resource, target and digest of a query that writes."""
        return None if _REPEATABLE.match(request.body) else self.known_by(request)

    def known_by(self, request: Request) -> str | None:
        """The trace with resource, target and digest, the same in all tries of one call; None without a trace."""
        scope = ":".join(request.headers.get(name, "") for name in ("resourcetype", "resourceid"))
        return _traced(request, scope)


def enveloped(result: Any) -> Iterator[bytes]:
    """A success as the legacy client wants it; what an iterator yields is written as it comes."""
    yield b'{"status":200,"payload":null,"response":'
    yield from written(result)
    yield b"}"


def readably(error: Unreadable) -> GlossError:
    """What does not fit its model, as an error of our own tree."""
    reason = broken_json(error)
    if reason is not None:
        return Malformed(f"The body is not JSON: {reason}.")
    return Invalid("The request breaks a rule.", faults_of(error))


def worded(error: GlossError) -> str:
    """The message with its faults, for clients that show one line."""
    told = [_said(fault) for fault in error.faults[:MOST_FAULTS_TOLD]]
    more = len(error.faults) - len(told)
    return " ".join([error.message, "; ".join(told), f"and {more} more" if more else ""]).strip()


def _said(fault: Fault) -> str:
    return f"{fault.path}: {fault.reason}" if fault.path else fault.reason


def _enveloped(status: int, code: str, message: str) -> Response[str]:
    body = {"status": status, "response": [code], "payload": message, "message": message}
    refused = response(status, body)
    refused.status_code = status if status in _SEEN else 200
    return refused


def _traced(request: Request, scope: str = "") -> str | None:
    trace = request.headers.get(TRACE)
    return None if trace is None else "\n".join(["sdk", trace, scope, request.digest])


V2_DOOR: Final = V2Door()
LEGACY_DOOR: Final = LegacyDoor()


def door_of(path: str) -> Door:
    """The door of a path; a room may serve our own API beside the SDK's. Late answers are the legacy client's."""
    if path.startswith("/v1/"):
        return FRONT_DOOR
    if path.startswith(ANSWERS):
        return LEGACY_DOOR
    return V2_DOOR if path.startswith("/v2/") else LEGACY_DOOR

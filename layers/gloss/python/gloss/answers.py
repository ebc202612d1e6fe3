"""What is answered when a request cannot be: one table from errors to statuses, and how each door words it."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.utilities.data_classes.common import BaseProxyEvent
from pydantic import ValidationError

from gloss.domain import errors
from gloss.domain.access import Caller
from gloss.domain.errors import Fault, GlossError
from gloss.domain.parsing import steps_in
from gloss.ports import Store
from gloss.requests import Request

Answer = dict[str, Any]
Unreadable = RequestValidationError | ValidationError

#: Each class of the error tree and its HTTP status; a subclass has its parent's.
STATUS: Final[Mapping[type[GlossError], int]] = {
    errors.Malformed: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.NotOffered: 405,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.Invalid: 422,
    errors.Throttled: 429,
    errors.Upstream: 503,
}
RETRY_AFTER_S: Final = "2"
FAILED: Final = "Something went wrong on our side; it was logged."


class Door(Protocol):
    """How one door words its refusals, and by what it knows a request that comes again."""

    def refused(self, error: GlossError) -> Response[str]:
        """The answer to who asked for what cannot be."""
        ...

    def unreadable(self, error: Unreadable) -> Response[str]:
        """The answer to a body or query that does not fit the doorway's model."""
        ...

    def failed(self) -> Response[str]:
        """The answer when the fault is ours."""
        ...

    def readmit(self, request: Request, caller: Caller, store: Store) -> None:
        """Let a first answer be told again; raises NotFound or Forbidden for who may not ask for it any more.

        What the path alone tells was looked at already.
        """
        ...

    def repeat_key(self, request: Request) -> str | None:
        """What is the same when this request comes again, and only then; None: nothing to know it by. Malformed."""
        ...


DoorOf = Callable[[str], Door]
"""The door of a path."""


def status_of(refused: GlossError, table: Mapping[type[GlossError], int] = STATUS) -> int:
    """The HTTP status of an error by the nearest class of its tree."""
    return next(table[kind] for kind in type(refused).__mro__ if kind in table)


def faults_of(error: Unreadable) -> list[Fault]:
    """Where a request does not fit its model, and why."""
    found: Any = error.errors()
    return [Fault(_dotted(each["loc"]), str(each["msg"])) for each in found]


def as_sent(error: Unreadable, event: BaseProxyEvent) -> Unreadable:
    """The same findings, their paths as the body has them: without the names of union members."""
    found: Any = error.errors()
    if broken_json(error) is not None or not any(each["loc"][:1] == ("body",) for each in found):
        return error
    raw = {"body": _json_of(event)}
    return RequestValidationError([{**each, "loc": _sent(each, raw)} for each in found], body=raw["body"])


def _json_of(event: BaseProxyEvent) -> Any:
    """The body; nothing of a form, or where there is none: these have no unions."""
    try:
        return event.json_body
    except (ValueError, TypeError, errors.Malformed):
        return None


def _sent(found: Mapping[str, Any], raw: object) -> tuple[int | str, ...]:
    where = tuple(found["loc"])
    return tuple(steps_in(raw, where, found["type"])) if where[:1] == ("body",) else where


def broken_json(error: Unreadable) -> str | None:
    """Why the body is no JSON at all, or None when it is."""
    found: Any = error.errors()
    broken = [each for each in found if each["type"] == "json_invalid"]
    return str(broken[0].get("ctx", {}).get("error", "it is not JSON")) if broken else None


def response(status: int, body: Any) -> Response[str]:
    """JSON; who may come again later is told when."""
    retry = {"Retry-After": RETRY_AFTER_S} if status in {429, 503} else {}
    return Response(status, "application/json", json.dumps(body), headers=dict(retry))


def plain(answer: Response[str]) -> Answer:
    """The answer as the gateway wants it."""
    headers = {"Content-Type": "application/json", **{name: str(value) for name, value in answer.headers.items()}}
    return {"statusCode": answer.status_code, "headers": headers, "body": answer.body, "isBase64Encoded": False}


def _dotted(where: tuple[str | int, ...]) -> str:
    """`("body", "stages", 3, "to")` as `stages[3].to`."""
    steps = where[1:] if where and where[0] in {"body", "query", "path"} and len(where) > 1 else where
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return text.lstrip(".")

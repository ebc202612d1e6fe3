"""The edge of every function: who asks, may they, was it asked before, what went wrong. Doorways stay five lines.

`handler(app)` authenticates on the raw bytes, authorises from the table of routes, answers a repeated
Idempotency-Key with its first answer, and only then lets the resolver parse and call.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any, Final, TypeVar, get_type_hints
from urllib.parse import unquote

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestUnsupportedContentType, RequestValidationError
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import ValidationError

from gloss import bodies, wiring
from gloss.adapters import receipts
from gloss.adapters.system import SeededIds
from gloss.domain import errors
from gloss.domain.access import Caller, Scope
from gloss.domain.errors import Conflict, Fault, GlossError, Malformed, NotFound, Stale, Unauthenticated
from gloss.domain.model import Value
from gloss.kinds.identity import RECEIPTS, Receipt
from gloss.ports import Key, Save, Store
from gloss.routes import ROUTES, Route
from gloss.sdk.signatures import Signed, is_legacy_signed, is_message_signed, verify_legacy, verify_message
from gloss.services import authorising

Event = Mapping[str, Any]
Answer = dict[str, Any]
In = TypeVar("In", bound=Value)
Out = TypeVar("Out", bound=Value)

#: Each class of the error tree and its HTTP status; a subclass has its parent's.
STATUS: Final[Mapping[type[GlossError], int]] = {
    errors.Malformed: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.Invalid: 422,
    errors.Throttled: 429,
    errors.Upstream: 503,
}
RECEIPT_DAYS: Final = 1
LARGEST_RECEIPT: Final = 256 * 1024
RETRY_AFTER_S: Final = "2"
KEY_SHAPE = re.compile(r"^[\x21-\x7e]{1,128}$")

logger = Logger(service="gloss")
_caller: ContextVar[Caller] = ContextVar("caller")


@dataclass(frozen=True)
class Request:
    """An HTTP request as the gateway handed it over."""

    method: str
    path: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def digest(self) -> str:
        """What must be equal when an Idempotency-Key is used again: method, target and body."""
        return hashlib.sha256(b"\n".join([self.method.encode(), self.target.encode(), self.body])).hexdigest()


def caller() -> Caller:
    """Who asks, with their role on the resource in the path."""
    return _caller.get()


def app(room: str) -> APIGatewayHttpResolver:
    """A resolver for a room's doorways, with validation and the one error map."""
    resolver = APIGatewayHttpResolver(enable_validation=True, json_body_deserializer=bodies.read)
    resolver.exception_handler(GlossError)(_refused)
    resolver.exception_handler([RequestValidationError, ValidationError])(_invalid)
    resolver.exception_handler(RequestUnsupportedContentType)(_unsupported)
    resolver.exception_handler(NotFoundError)(_nowhere)
    resolver.context["room"] = room
    return resolver


def router() -> APIGatewayHttpRouter:
    """A set of doorways that a room's app includes."""
    return APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


def handler(resolver: APIGatewayHttpResolver) -> Callable[[dict[str, Any], Any], Answer]:
    """The Lambda handler of a room's doorways."""

    def handle(event: dict[str, Any], context: Any) -> Answer:
        request = _read(event)
        logger.set_correlation_id(event["requestContext"]["requestId"])
        answer = _guarded(lambda: _answer(request, event, context, resolver))
        logger.info("answered", method=request.method, path=request.path, status=answer["statusCode"])
        return answer

    return handle


def state(work: Callable[[In], Out]) -> Callable[[dict[str, Any], Any], Any]:
    """The Lambda handler of one state of a machine: its input parsed, its outcome as plain JSON."""
    model: type[In] = next(hint for name, hint in get_type_hints(work).items() if name != "return")

    def handle(event: dict[str, Any], _context: Any) -> Any:
        logger.info("working", state=work.__module__, keys=sorted(event))
        return work(model.model_validate(event)).model_dump(mode="json")

    return handle


def _guarded(work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    except GlossError as refused:
        return _plain(_refused(refused))
    except Exception:
        logger.exception("a fault of ours")
        return _plain(_response(500, {"message": "Something went wrong on our side; it was logged.", "errors": []}))


def _answer(request: Request, event: dict[str, Any], context: Any, resolver: APIGatewayHttpResolver) -> Answer:
    route, path = matching(request.method, request.path)

    def resolve() -> Answer:
        sent = bodies.with_json(event, request.headers.get("content-type", ""), request.body)
        return dict(resolver.resolve(sent, context))

    if route.permission.scope is Scope.OPEN:
        return resolve()
    known = authorising.authorise(authenticate(request), route.permission, path, wiring.store())
    _caller.set(known)
    bodies.demand_text(request.body)
    return _once(request, known, resolve)


def authenticate(request: Request) -> Caller:
    """The person behind a bearer token or one of the SDK's two signatures; raises Unauthenticated."""
    return authorising.identify(credential_of(request), wiring.clock().now(), wiring.store())


def credential_of(request: Request) -> str:
    """The id of the credential that a request proves."""
    signed = Signed(request.method, request.target, request.headers, request.body)
    if is_message_signed(request.headers):
        return verify_message(signed, wiring.clock().now())
    if is_legacy_signed(request.headers):
        return verify_legacy(signed)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Send `Authorization: Bearer <token>` or sign the request.")
    return authorising.token_digest(token.strip())


def _once(request: Request, known: Caller, resolve: Callable[[], Answer]) -> Answer:
    """Answer; under an Idempotency-Key with the first answer again, and with ids that a second try would make again."""
    key = request.headers.get("idempotency-key")
    if key is None or request.method not in {"POST", "PUT", "PATCH"}:
        return resolve()
    if not KEY_SHAPE.match(key):
        raise Malformed("An Idempotency-Key has 1 to 128 visible ASCII characters.")
    receipt_id, store = receipts.receipt_id(known.user_id, key), wiring.store()
    given = store.find(RECEIPTS, Key(f"RECEIPT#{receipt_id}"))
    if given is not None:
        return _replay(given, request, receipts.opened(given.body, known.user_id, key))
    token = wiring.request_ids.set(SeededIds(f"{receipt_id}#{request.digest}"))
    try:
        answer = resolve()
    finally:
        wiring.request_ids.reset(token)
    _keep(receipt_id, request, answer | {"body": receipts.sealed(answer.get("body") or "", known.user_id, key)}, store)
    return answer


def _replay(given: Receipt, request: Request, body: str) -> Answer:
    if given.request_digest != request.digest:
        raise Conflict("This Idempotency-Key was used for another request.")
    return _plain(Response(given.status, "application/json", body, headers={"Idempotent-Replay": "true"}))


def _keep(receipt_id: str, request: Request, answer: Answer, store: Store) -> None:
    """Remember a success for a day; a refusal may be tried again, and a long list is made again, under the same key."""
    if answer["statusCode"] >= HTTPStatus.BAD_REQUEST or len(answer["body"]) > LARGEST_RECEIPT:
        return
    expires = int(wiring.clock().now().timestamp()) + RECEIPT_DAYS * 86_400
    receipt = Receipt(
        id=receipt_id,
        request_digest=request.digest,
        status=answer["statusCode"],
        body=answer["body"],
        expires=expires,
    )
    try:
        store.commit([Save(RECEIPTS, receipt)])
    except Stale:
        logger.info("answered twice at once under one Idempotency-Key")


def _read(event: Event) -> Request:
    http, raw = event["requestContext"]["http"], event.get("body") or ""
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    body = base64.b64decode(raw) if event.get("isBase64Encoded") else raw.encode()
    return Request(http["method"], event["rawPath"], _target(event, headers), headers, body)


def _target(event: Event, headers: Mapping[str, str]) -> str:
    """The target as it was sent: the gateway decodes the path, so a front may pass the untouched one on.

    It is believed only if it decodes to the very path and query that the gateway saw; otherwise a captured signature
    could be replayed against another path.
    """
    query = event.get("rawQueryString", "")
    seen = event["rawPath"] + (f"?{query}" if query else "")
    raw = str(headers.get("x-gloss-raw-target", seen))
    path, _, raw_query = raw.partition("?")
    return raw if event["rawPath"] in {path, unquote(path)} and raw_query == query else seen


def matching(method: str, path: str) -> tuple[Route, dict[str, str]]:
    """The row of the table for a request, and its path parameters; raises NotFound."""
    for route, shape in _shapes():
        found = shape.match(path)
        if route.method == method and found:
            return route, found.groupdict()
    raise NotFound("There is no such route.")


@cache
def _shapes() -> list[tuple[Route, re.Pattern[str]]]:
    """The table with its paths as patterns, fixed words before parameters."""
    ordered = sorted(ROUTES, key=lambda route: route.path.count("{"))
    return [(route, re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.path) + "$")) for route in ordered]


def status_of(refused: GlossError) -> int:
    """The HTTP status of an error by the nearest class of its tree."""
    return next(STATUS[kind] for kind in type(refused).__mro__ if kind in STATUS)


def _refused(refused: GlossError) -> Response[str]:
    body: dict[str, Any] = {"message": refused.message, "errors": [_fault(fault) for fault in refused.faults]}
    if isinstance(refused, errors.StageLocked):
        body |= {"error": "stage_locked", "required_stage": refused.required_stage}
        body |= {"current_stage": refused.current_stage}
    return _response(status_of(refused), body)


def _invalid(refused: RequestValidationError | ValidationError) -> Response[str]:
    found: Any = refused.errors()
    faults = [_fault(Fault(_dotted(error["loc"]), str(error["msg"]))) for error in found]
    broken = [error for error in found if error["type"] == "json_invalid"]
    if broken:
        reason = broken[0].get("ctx", {}).get("error", "it is not JSON")
        return _response(400, {"message": f"The body is not JSON: {reason}.", "errors": faults})
    return _response(422, {"message": "The request breaks a rule; see errors.", "errors": faults})


def _nowhere(_: Exception) -> Response[str]:
    return _refused(NotFound("There is no such route."))


def _unsupported(refused: RequestUnsupportedContentType) -> Response[str]:
    return _response(400, {"message": str(refused), "errors": []})


def _dotted(where: tuple[str | int, ...]) -> str:
    """`("body", "stages", 3, "to")` as `stages[3].to`."""
    steps = where[1:] if where and where[0] in {"body", "query", "path"} and len(where) > 1 else where
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return text.lstrip(".")


def _fault(fault: Fault) -> dict[str, str]:
    return {"path": fault.path, "reason": fault.reason}


def _response(status: int, body: Mapping[str, Any]) -> Response[str]:
    retry = {"Retry-After": RETRY_AFTER_S} if status in {429, 503} else {}
    return Response(status, "application/json", json.dumps(body), headers=dict(retry))


def _plain(response: Response[str]) -> Answer:
    headers = {"Content-Type": "application/json", **{name: str(value) for name, value in response.headers.items()}}
    return {"statusCode": response.status_code, "headers": headers, "body": response.body, "isBase64Encoded": False}

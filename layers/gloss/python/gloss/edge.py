"""The edge of every function: who asks, may they, was it asked before, what went wrong. Doorways stay five lines.

`handler(app)` authenticates on the raw bytes, authorises from the table of routes, answers a repeated request with its
first answer, and only then lets the resolver parse and call. Each door words its refusals in its own way.
"""

import re
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from itertools import chain
from typing import Any, Final, TypeVar, get_type_hints

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestUnsupportedContentType, RequestValidationError
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import ValidationError

from gloss import bodies, repeating, requests, wiring
from gloss.answers import Answer, Door, DoorOf, as_sent, plain
from gloss.domain.access import Caller, Scope
from gloss.domain.errors import GlossError, Malformed, Nowhere, Unauthenticated
from gloss.domain.model import Value
from gloss.front_door import FRONT_DOOR
from gloss.remembering import Remembering
from gloss.requests import HttpEvent, Request
from gloss.routes import ROUTES, Route
from gloss.sdk.routes import LEGACY_URLS
from gloss.sdk.signatures import Signed, is_legacy_signed, is_message_signed, verify_legacy, verify_message
from gloss.services import authorising

In = TypeVar("In", bound=Value)
Out = TypeVar("Out", bound=Value)

#: Larger answers wait in Gloss's bucket, where a 303 sends the client: a function returns 6 MB at most.
LARGEST_ANSWER: Final = 4 * 2**20
FETCHED_WITHIN_S: Final = 300
_NOT_ASCII: Final = bytes(range(128, 256))

logger = Logger(service="gloss")
_caller: ContextVar[Caller] = ContextVar("caller")
_request: ContextVar[Request] = ContextVar("request")


class Resolver(APIGatewayHttpResolver):
    """A resolver that reads the query as it was sent, and bodies with our own care."""

    def _to_proxy_event(self, event: dict[str, Any]) -> HttpEvent:
        return HttpEvent(event, bodies.read)


def caller() -> Caller:
    """Who asks, with their role on the resource in the path."""
    return _caller.get()


def request() -> Request:
    """What is being answered, as it was sent."""
    return _request.get()


def the_front_door(_path: str) -> Door:
    """The one door of most rooms."""
    return FRONT_DOOR


def app(room: str, door_of: DoorOf = the_front_door) -> APIGatewayHttpResolver:
    """A resolver for a room's doorways, with validation and the one error map."""
    resolver = Resolver(enable_validation=True)

    def door() -> Door:
        return door_of(resolver.current_event.path)

    resolver.exception_handler(GlossError)(lambda error: door().refused(error))
    resolver.exception_handler([RequestValidationError, ValidationError])(
        lambda error: door().unreadable(as_sent(error, resolver.current_event))
    )
    resolver.exception_handler(RequestUnsupportedContentType)(lambda error: door().refused(Malformed(str(error))))
    resolver.exception_handler(NotFoundError)(lambda _: door().refused(_nowhere()))
    resolver.context["room"] = room
    return resolver


def router() -> APIGatewayHttpRouter:
    """A set of doorways that a room's app includes."""
    return APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


def handler(
    resolver: APIGatewayHttpResolver, door_of: DoorOf = the_front_door
) -> Callable[[dict[str, Any], Any], Answer]:
    """The Lambda handler of a room's doorways."""

    def handle(event: dict[str, Any], context: Any) -> Answer:
        request = requests.read(event)
        logger.set_correlation_id(event["requestContext"]["requestId"])
        door = door_of(request.path)
        answer = _for_one(_guarded(lambda: _answer(request, event, context, resolver, door), door))
        logger.info("answered", method=request.method, path=request.loggable, status=answer["statusCode"])
        return answer

    return handle


def state(work: Callable[[In], Out]) -> Callable[[dict[str, Any], Any], Any]:
    """The Lambda handler of one state of a machine: its input parsed, its outcome as plain JSON."""
    model: type[In] = next(hint for name, hint in get_type_hints(work).items() if name != "return")

    def handle(event: dict[str, Any], _context: Any) -> Any:
        logger.info("working", state=work.__module__, keys=sorted(event))
        return work(model.model_validate(event)).model_dump(mode="json")

    return handle


def _guarded(work: Callable[[], Answer], door: Door) -> Answer:
    try:
        return work()
    except GlossError as refused:
        return plain(door.refused(refused))
    except Exception:
        logger.exception("a fault of ours")
        return plain(door.failed())


def _for_one(answer: Answer) -> Answer:
    """What is answered is for who asked alone: nothing on the way may keep it."""
    return {**answer, "headers": {**answer["headers"], "Cache-Control": "no-store"}}


def _answer(
    request: Request, event: dict[str, Any], context: Any, resolver: APIGatewayHttpResolver, door: Door
) -> Answer:
    route, path = matching(request.method, request.path)

    def resolve() -> Answer:
        sent = bodies.with_json(event, request.headers.get("content-type", ""), request.body)
        return _carried(dict(resolver.resolve(sent, context)))

    if route.permission.scope is Scope.OPEN:
        return resolve()
    with wiring.standing_in(store=Remembering(wiring.store())):
        return _admitted(request, (route, path), resolve, door)


def _admitted(
    request: Request, matched: tuple[Route, dict[str, str]], resolve: Callable[[], Answer], door: Door
) -> Answer:
    """The answer to who is known and may pass."""
    (route, path), store = matched, wiring.store()
    _request.set(request)
    credential = authorising.proven(credential_of(request), wiring.clock().now(), store)
    user, repeat = repeating.looked_up(credential.user_id, door.repeat_key(request), store)
    asking = authorising.asking(user, credential)
    _caller.set(authorising.authorise(asking, route.permission, path, store))
    bodies.demand_text(request.body)
    if repeat is not None and repeat.given is not None:
        door.readmit(request, caller(), store)
    return repeating.once(repeat, request, resolve)


def credential_of(request: Request) -> str:
    """The id of the credential that a bearer token or one of the SDK's two signatures proves; Unauthenticated.

    The legacy signature covers neither URL nor time, so that it counts only on the URLs that the SDK signs by it.
    """
    signed = Signed(request.method, request.targets, request.headers, request.body)
    if is_message_signed(request.headers):
        return verify_message(signed, wiring.clock().now())
    if is_legacy_signed(request.headers) and request.path in LEGACY_URLS:
        return verify_legacy(signed)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Send `Authorization: Bearer <token>` or sign the request.")
    return authorising.token_digest(token.strip())


def written(chunks: Iterator[bytes]) -> Response[str]:
    """JSON that is written piece by piece, or where it lies when a function may not return so much."""
    held, size = BytesIO(), 0
    for chunk in chunks:
        held.write(chunk)
        size += _returned(chunk)
        if size > LARGEST_ANSWER:
            return _elsewhere(chain([held.getvalue()], chunks))
    return Response(200, "application/json", held.getvalue().decode())


def _carried(answer: Answer) -> Answer:
    """The answer, or where it lies when a function may not return so much."""
    body = str(answer.get("body") or "").encode()
    return answer if _returned(body) <= LARGEST_ANSWER else plain(_elsewhere(iter([body])))


def _returned(body: bytes) -> int:
    r"""How long this is at most in what a function returns: a backslash before each quote, \uXXXX for all but ASCII."""
    strange = 0 if body.isascii() else len(body) - len(body.translate(None, _NOT_ASCII))
    return len(body) + body.count(b'"') + body.count(b"\\") + 2 * strange


def _elsewhere(chunks: Iterator[bytes]) -> Response[str]:
    key = f"tmp/answers/{wiring.fresh_ids().new()}.json"
    wiring.blobs().write(key, chunks, "application/json")
    there = {"Location": wiring.blobs().signed_get(key, FETCHED_WITHIN_S)}
    return Response(303, "application/json", "null", headers=there)


def matching(method: str, path: str) -> tuple[Route, dict[str, str]]:
    """The row of the table for a request, and its path parameters; raises Nowhere."""
    for route, shape in _shapes():
        found = shape.match(path)
        if route.method == method and found:
            return route, found.groupdict()
    raise _nowhere()


@cache
def _shapes() -> list[tuple[Route, re.Pattern[str]]]:
    """The table with its paths as patterns, fixed words before parameters."""
    ordered = sorted(ROUTES, key=lambda route: route.path.count("{"))
    return [(route, re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.path) + "$")) for route in ordered]


def _nowhere() -> Nowhere:
    return Nowhere("There is no such route.")

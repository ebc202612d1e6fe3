"""Answers that take a request too long: the client is sent to wait for a token, and from there to the answer."""

from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Final

from aws_lambda_powertools.event_handler import Response

from gloss import wiring
from gloss.adapters import receipts
from gloss.domain.late_answer import LateAnswer, LateCall, LateStatus
from gloss.domain.model import UserId
from gloss.kinds.late import LATE_CALLS, late_call_key
from gloss.ports import Change, Ports, Save
from gloss.requests import Request
from gloss.sdk import late as sdk_late
from gloss.sdk.doors import LEGACY_DOOR
from gloss.sdk.operations import Operation
from gloss.sdk.routes import ANSWERS
from gloss.services import deferring
from gloss.services.authorising import token_digest
from gloss.services.awaiting import Patience
from gloss.services.rationing import MOST_IN_A_REQUEST, Overlong
from gloss.services.situating import persistently

#: So long the tries of one call come. The same query is answered anew later, and once its run is over, even where its
#: trace is always the same.
REPEATED_WITHIN_S: Final = 300
FETCHED_WITHIN_S: Final = 300


@dataclass(frozen=True)
class Asking:
    """Who asks for what, in which request."""

    request: Request
    user_id: UserId
    operation: Operation
    resource_id: str


@wiring.port
def most_in_a_request() -> float:
    """How much of an answer a request makes."""
    return MOST_IN_A_REQUEST


def told(answer: Callable[[], Response[str]], asking: Asking, ports: Ports) -> Response[str]:
    """The answer, or where to wait for it when it is longer than a request makes."""
    try:
        return answer()
    except Overlong:
        return _sent_to(ANSWERS + _token(asking, ports))


def fetched(token: str, patience: Patience, ports: Ports) -> Response[str]:
    """Where the answer lies, or to wait on; raises NotFound for no token of ours, else what refused the answer."""
    late = deferring.awaited(token, patience, ports)
    if late.status is LateStatus.RUNNING:
        return _sent_to(ANSWERS + token)
    sdk_late.readmit(late, ports.store)
    return _sent_to(ports.blobs.signed_get(late.answer_key, FETCHED_WITHIN_S))


def _sent_to(place: str) -> Response[str]:
    return Response(303, "application/json", "null", headers={"Location": place})


def _token(asking: Asking, ports: Ports) -> str:
    """The token of an answer that is begun by now; the same for all tries of one call."""
    trace = LEGACY_DOOR.known_by(asking.request)
    if trace is None:
        return _begun(asking, lambda _: [], ports)
    return persistently(lambda: _once(asking, trace, ports))


def _once(asking: Asking, trace: str, ports: Ports) -> str:
    id_, now = receipts.receipt_id(asking.user_id, trace), ports.clock.now().timestamp()
    before = ports.store.find(LATE_CALLS, late_call_key(id_))
    if before is not None and before.expires > now:
        token = receipts.opened(before.sealed, asking.user_id, trace)
        if deferring.goes_on(token_digest(token), ports):
            return token

    def noted(token: str) -> list[Change]:
        sealed = receipts.sealed(token, asking.user_id, trace)
        given = {"sealed": sealed, "expires": int(now) + REPEATED_WITHIN_S}
        return [Save(LATE_CALLS, before.changed(**given) if before else LateCall.model_validate({"id": id_, **given}))]

    return _begun(asking, noted, ports)


def _begun(asking: Asking, more: Callable[[str], list[Change]], ports: Ports) -> str:
    """The token of a new answer; raises Stale when another try noted one first."""
    token, now = token_urlsafe(32), ports.clock.now()
    late = LateAnswer(
        id=token_digest(token),
        user_id=asking.user_id,
        resource=asking.operation.resource,
        resource_id=asking.resource_id,
        query_type=asking.operation.query_type,
        method=asking.operation.method,
        created_at=now,
        expires=int(now.timestamp()) + deferring.KEPT_S,
    )
    deferring.begin(late, asking.request.body, more(token), ports)
    return token

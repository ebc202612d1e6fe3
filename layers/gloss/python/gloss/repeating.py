"""A request that comes again is answered with its first answer, and what it makes it makes once."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response

from gloss import wiring
from gloss.adapters import receipts
from gloss.adapters.system import SeededIds
from gloss.answers import Answer, plain
from gloss.domain.errors import Conflict, Stale
from gloss.domain.identity import User
from gloss.domain.model import UserId
from gloss.kinds.identity import RECEIPTS, USERS, Receipt
from gloss.ports import Key, Save, Store
from gloss.requests import Request

RECEIPT_DAYS: Final = 1
LARGEST_RECEIPT: Final = 256 * 1024

logger = Logger(service="gloss", child=True)


@dataclass(frozen=True)
class Repeat:
    """By what a request is known, whose it is, and the answer that it got before, if any."""

    key: str
    user_id: UserId
    given: Receipt | None

    @property
    def id(self) -> str:
        return receipts.receipt_id(self.user_id, self.key)


def looked_up(user_id: UserId, key: str | None, store: Store) -> tuple[User | None, Repeat | None]:
    """The person who asks and, under a key, the answer that the request got before, read together."""
    who = (USERS, Key(f"USER#{user_id}"))
    if key is None:
        return store.find(*who), None
    receipt = (RECEIPTS, Key(f"RECEIPT#{receipts.receipt_id(user_id, key)}"))
    user, given = store.find_each(who, receipt)
    return user, Repeat(key, user_id, given)


def once(repeat: Repeat | None, request: Request, resolve: Callable[[], Answer]) -> Answer:
    """Answer; under a key with the first answer again, and with ids that a second try would make again."""
    if repeat is None:
        return resolve()
    if repeat.given is not None:
        return _replay(repeat.given, request, receipts.opened(repeat.given.body, repeat.user_id, repeat.key))
    token = wiring.request_ids.set(SeededIds(f"{repeat.id}#{request.digest}"))
    try:
        answer = resolve()
    finally:
        wiring.request_ids.reset(token)
    sealed = receipts.sealed(answer.get("body") or "", repeat.user_id, repeat.key)
    _keep(repeat.id, request, answer | {"body": sealed}, wiring.store())
    return answer


def _replay(given: Receipt, request: Request, body: str) -> Answer:
    if given.request_digest != request.digest:
        raise Conflict("This Idempotency-Key was used for another request.")
    return plain(Response(given.status, "application/json", body, headers={"Idempotent-Replay": "true"}))


def _keep(receipt_id: str, request: Request, answer: Answer, store: Store) -> None:
    """Remember a success for a day; a refusal may be tried again, a long answer is made again, under the same key."""
    if answer["statusCode"] >= HTTPStatus.MULTIPLE_CHOICES or len(answer["body"]) > LARGEST_RECEIPT:
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
        logger.info("answered twice at once under one key")

"""A request that comes again is answered with its first answer, and what it makes it makes once."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response

from gloss import wiring
from gloss.adapters import receipts
from gloss.adapters.system import SeededIds
from gloss.answers import Answer, plain
from gloss.domain.access import Caller
from gloss.domain.errors import Conflict, Stale
from gloss.kinds.identity import RECEIPTS, Receipt
from gloss.ports import Key, Save, Store
from gloss.requests import Request

RECEIPT_DAYS: Final = 1
LARGEST_RECEIPT: Final = 256 * 1024

logger = Logger(service="gloss", child=True)


def once(key: str | None, request: Request, known: Caller, resolve: Callable[[], Answer]) -> Answer:
    """Answer; under a key with the first answer again, and with ids that a second try would make again."""
    if key is None:
        return resolve()
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

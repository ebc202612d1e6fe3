"""Late answers: begin one, write it, say why there is none, and wait for it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from gloss.domain import errors
from gloss.domain.errors import Fault, GlossError, NotFound, Stale, Throttled
from gloss.domain.late_answer import LateAnswer, LateStatus, Refusal
from gloss.domain.model import Value
from gloss.kinds.late import LATE_ANSWERS, late_answer_key
from gloss.ports import Change, Ports, Save, Store
from gloss.services import awaiting
from gloss.services.authorising import token_digest
from gloss.services.awaiting import Patience

MACHINE: Final = "late_answer"
#: Somebody who follows 30 redirects of 25 s waits for less.
KEPT_S: Final = 3_600
TOLD_FAULTS: Final = 20
BROKEN: Final = "The answer could not be made; ask again, perhaps for less at once."

#: Classes that are refused as they are; any other is refused as the nearest of these above it.
KINDS: Final[dict[str, type[GlossError]]] = {
    each.__name__: each
    for each in (
        *(errors.Malformed, errors.Unauthenticated, errors.Forbidden, errors.NotFound, errors.NotOffered),
        *(errors.Conflict, errors.TooLarge, errors.Invalid, errors.Throttled, errors.Upstream),
    )
}

Tell = Callable[[LateAnswer, bytes], Iterator[bytes]]
"""An answer to a query as it was sent, piece by piece; raises GlossError for who may not ask, or asks wrongly."""


class LateRef(Value):
    """Which late answer."""

    answer_id: str


class Ended(Value):
    """How a late answer ended."""

    status: LateStatus


class Broken(Value):
    """A late answer whose run broke off."""

    answer_id: str
    error: dict[str, str] | None = None


def begin(late: LateAnswer, query: bytes, more: Sequence[Change], ports: Ports) -> None:
    """Note what was asked, `more` in the same transaction, and have it answered; raises Stale, beginning nothing."""
    ports.blobs.put(late.query_key, query, "application/json")
    ports.store.commit([Save(LATE_ANSWERS, late), *more])
    _start(late.id, ports)


def goes_on(answer_id: str, ports: Ports) -> bool:
    """Whether the answer is being made, which is seen to; not once it is over."""
    late = ports.store.find(LATE_ANSWERS, late_answer_key(answer_id))
    if late is None or _is_over(late):
        return False
    _start(answer_id, ports)
    return True


def write(ref: LateRef, tell: Tell, ports: Ports) -> Ended:
    """Write the answer, or note why there is none; what is over stays as it is, a try that broke off is made again.

    Raises Throttled, noting nothing, since another try a moment later may get through.
    """
    late = ports.store.get(LATE_ANSWERS, late_answer_key(ref.answer_id))
    if late.status is not LateStatus.RUNNING:
        return Ended(status=late.status)
    try:
        pieces = tell(late, ports.blobs.get(late.query_key))
        ports.blobs.write(late.answer_key, pieces, "application/json")
    except Throttled:
        raise
    except GlossError as refused:
        return _end(late, ports.store, refusal_of(refused))
    return _end(late, ports.store)


def excuse(broken: Broken, ports: Ports) -> Ended:
    """Say that there is no answer, unless there is."""
    late = ports.store.get(LATE_ANSWERS, late_answer_key(broken.answer_id))
    if late.status is not LateStatus.RUNNING:
        return Ended(status=late.status)
    return _end(late, ports.store, Refusal(kind=errors.Upstream.__name__, message=BROKEN))


def awaited(token: str, patience: Patience, ports: Ports) -> LateAnswer:
    """The answer of a token when it is over, or as it is when patience is; NotFound, or the error it was refused by."""
    found = awaiting.held(lambda: _of(token, ports), _is_over, patience)
    if found.refusal is not None:
        raise raised(found.refusal)
    return found


def refusal_of(error: GlossError) -> Refusal:
    """The error as it is kept."""
    kind = next(each.__name__ for each in type(error).__mro__ if each.__name__ in KINDS)
    faults = tuple((it.path, it.reason) for it in error.faults[:TOLD_FAULTS])
    return Refusal(kind=kind, message=error.message, faults=faults)


def raised(refusal: Refusal) -> GlossError:
    """The error again."""
    return KINDS[refusal.kind](refusal.message, [Fault(*each) for each in refusal.faults])


def _of(token: str, ports: Ports) -> LateAnswer:
    found = ports.store.find(LATE_ANSWERS, late_answer_key(token_digest(token)))
    if found is None or found.expires <= ports.clock.now().timestamp():
        raise NotFound("There is no such answer, or it is kept no longer; ask again.")
    return found


def _start(answer_id: str, ports: Ports) -> None:
    """Have it answered, once however often this is said."""
    ports.machines.start(MACHINE, answer_id, {"answer_id": answer_id})


def _is_over(late: LateAnswer) -> bool:
    return late.status is not LateStatus.RUNNING


def _end(late: LateAnswer, store: Store, refusal: Refusal | None = None) -> Ended:
    """Note how it ended; of two tries at once the first counts."""
    status = LateStatus.WRITTEN if refusal is None else LateStatus.REFUSED
    try:
        store.commit([Save(LATE_ANSWERS, late.changed(status=status, refusal=refusal))])
    except Stale:
        return Ended(status=store.get(LATE_ANSWERS, late_answer_key(late.id)).status)
    return Ended(status=status)

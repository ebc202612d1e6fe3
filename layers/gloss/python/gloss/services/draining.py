"""Send what waits behind an endpoint's probe, in order, by one sender at a time."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Literal

from gloss.domain import webhooks
from gloss.domain.errors import Stale
from gloss.domain.model import EndpointId
from gloss.domain.webhooks import Delivery, Draining, Endpoint, Parked
from gloss.kinds.relay import (
    DELIVERIES,
    DRAININGS,
    ENDPOINTS,
    PARKED,
    delivery_key,
    draining_key,
    endpoint_key,
    waiting_line,
)
from gloss.ports import Erase, Query, Save
from gloss.postal import Mailroom
from gloss.services.delivering import Probe, fail, saved, send

DRAINED_AT_ONCE: Final = 25
DRAIN_FOR: Final = timedelta(seconds=60)
HELD_FOR: Final = timedelta(seconds=150)
BUSY_S: Final = 2

ProbeEnd = Literal["ignored", "busy", "failed", "more", "drained"]


def probe(call: Probe, room: Mailroom) -> ProbeEnd:
    """Send what waits for an endpoint, oldest first, until one fails, the line is empty or the time is up.

    Two senders at once would send the same delivery twice, so one holds the line and the other asks again shortly.
    """
    endpoint = room.store.find(ENDPOINTS, endpoint_key(call.project_id, call.endpoint_id))
    if endpoint is None or endpoint.status == "disabled" or endpoint.step != call.step:
        return "ignored"
    held = _held(call.endpoint_id, room)
    if held is None:
        room.queue.send(call.model_dump(), delay_s=BUSY_S)
        return "busy"
    try:
        end, follow = _probed(endpoint, call, room)
    finally:
        room.store.commit([Erase(DRAININGS, held)])
    if follow is not None:
        room.queue.send(follow.model_dump())
    return end


def _held(endpoint_id: EndpointId, room: Mailroom) -> Draining | None:
    """The line, held by us; None while somebody else holds it. A holder that died loses it after its time."""
    now = room.clock.now()
    before = room.store.find(DRAININGS, draining_key(endpoint_id))
    if before is not None and before.until > now:
        return None
    until = now + HELD_FOR
    held = Draining(endpoint_id=endpoint_id, until=until) if before is None else before.changed(until=until)
    try:
        room.store.commit([Save(DRAININGS, held)])
    except Stale:
        return None
    return held


def _probed(endpoint: Endpoint, call: Probe, room: Mailroom) -> tuple[ProbeEnd, Probe | None]:
    """What came of it, and the call that goes on."""
    line = room.store.page(PARKED, waiting_line(call.endpoint_id), Query(limit=DRAINED_AT_ONCE))
    end = _drain(endpoint, line.entries, room)
    if end == "drained" and not line.next_token:
        return "drained", _settled(endpoint, room)
    return ("failed", None) if end == "failed" else ("more", call)


def _drain(endpoint: Endpoint, line: Sequence[Parked], room: Mailroom) -> ProbeEnd:
    """Send the line until one fails; once the receiver has answered, each of the rest has a second chance at once."""
    until = room.clock.now() + DRAIN_FOR
    for count, place in enumerate(line):
        if room.clock.now() > until:
            return "more"
        answered = webhooks.started_over(endpoint) if count else endpoint
        if not _sent(answered, place, room, retried=bool(count)):
            return "failed"
    return "drained"


def _sent(endpoint: Endpoint, place: Parked, room: Mailroom, *, retried: bool) -> bool:
    """Send a parked delivery; one that was never tried has a second chance too, for the schedule counts its retries."""
    delivery = room.store.find(DELIVERIES, delivery_key(endpoint.id, place.uid))
    if delivery is None or delivery.status != "parked":
        room.store.commit([Erase(PARKED, place)])
        return True
    return _offered(endpoint, delivery, place, 2 if retried or not delivery.attempts else 1, room)


def _offered(endpoint: Endpoint, delivery: Delivery, place: Parked, chances: int, room: Mailroom) -> bool:
    answer = send(endpoint, delivery.uid, delivery.body, room)
    if answer.accepted:
        delivered = webhooks.attempted(delivery, "delivered", answer, room.clock.now())
        saved(delivered, [Erase(PARKED, place)], room)
    elif chances > 1:
        again = saved(webhooks.attempted(delivery, "parked", answer, room.clock.now()), [], room)
        return _offered(endpoint, again, place, chances - 1, room)
    else:
        fail(endpoint, delivery, answer, room)
    return answer.accepted


def _settled(endpoint: Endpoint, room: Mailroom) -> Probe | None:
    """Open the endpoint again, then look once more: somebody may have parked before they could see that."""
    if endpoint.status == "failing":
        room.store.commit([Save(ENDPOINTS, webhooks.recovered(endpoint))])
    late = room.store.page(PARKED, waiting_line(endpoint.id), Query(limit=1))
    if not late.entries:
        return None
    return Probe(project_id=endpoint.project_id, endpoint_id=endpoint.id, step=0)

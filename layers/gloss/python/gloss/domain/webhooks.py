"""Webhooks: who wants to hear what, what is sent and how it is signed, and when a silent receiver is tried again.

Sources: the Encord webhook contract (docs/events.md) and Standard Webhooks 1.0.0; a request bears both signatures.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, Field

from gloss.domain.envelopes import delivery_uid, envelope
from gloss.domain.errors import Conflict
from gloss.domain.events import AgentStageWorkAvailable, Event
from gloss.domain.happened import OfTask
from gloss.domain.model import EndpointId, OrgId, ProjectId, StageId, Timestamp, UserId, Value, Versioned, iso

COMPLETED: Final = "task.completed"
MODELS: Final = get_args(get_args(Event)[0])
PUBLIC: Final = frozenset(
    {COMPLETED, *(m.model_fields["kind"].default for m in MODELS if "project_id" in m.model_fields)}
)

RETRY_S: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
LONGEST_RETRY_AFTER_S: Final = 86_400
JITTER: Final = 0.1
KEPT_ATTEMPTS: Final = 20
KEPT_DAYS: Final = 90
GONE: Final = 410


def known_event(kind: str) -> str:
    """The kind itself when a webhook can tell of it; else a ValueError that lists those it can."""
    if kind not in PUBLIC:
        raise ValueError(f"there is no event {kind!r}; there are {', '.join(sorted(PUBLIC))}")
    return kind


EventKind = Annotated[str, AfterValidator(known_event)]
EndpointStatus = Literal["active", "failing", "disabled"]
DeliveryStatus = Literal["pending", "parked", "delivered", "exhausted"]


class Endpoint(Versioned):
    """A receiver of one project's events; `step` counts the probes since it began to fail."""

    id: EndpointId
    org_id: OrgId
    project_id: ProjectId
    url: str
    events: tuple[EventKind, ...]
    stage_ids: tuple[StageId, ...] = ()
    sealed_secret: str
    status: EndpointStatus = "active"
    reason: str = ""
    failing_since: Timestamp | None = None
    step: int = 0
    probe_at: Timestamp | None = None
    created_at: Timestamp
    created_by: UserId


class Attempt(Value):
    """One request that was made: the receiver's status, or the fault that kept it from answering."""

    at: Timestamp
    status: int | None
    fault: str = ""
    took_ms: int


class Delivery(Versioned):
    """One event on its way to one endpoint; `uid` and `body` stay the same over every attempt."""

    uid: str
    org_id: OrgId
    project_id: ProjectId
    endpoint_id: EndpointId
    event_id: str
    event: str
    body: str
    at: Timestamp
    status: DeliveryStatus = "pending"
    attempts: tuple[Attempt, ...] = ()
    expires: int


class Parked(Value):
    """A delivery that waits behind its endpoint's probe, in the order of its event."""

    endpoint_id: EndpointId
    uid: str
    at: Timestamp
    expires: int


class Draining(Versioned):
    """Somebody sends what waits for an endpoint; until this moment nobody else does."""

    endpoint_id: EndpointId
    until: Timestamp


class Answer(Value):
    """What came of one request; `status` is None when nothing answered."""

    status: int | None
    fault: str = ""
    took_ms: int = 0
    retry_after_s: int | None = Field(default=None, ge=0)

    @property
    def accepted(self) -> bool:
        """Any 2xx; a redirection is a failure."""
        return self.status is not None and 200 <= self.status < 300


class Announcement(Value):
    """A public event kind, and the stage it is about (None: no stage)."""

    event: str
    stage: StageId | None


def announcements(event: Event, final_stages: frozenset[StageId]) -> tuple[Announcement, ...]:
    """What an event says to the outside: itself at the stage that was left, and a completion at the final stage."""
    if not isinstance(event, OfTask):
        stage = event.stage if isinstance(event, AgentStageWorkAvailable) else None
        return (Announcement(event=event.kind, stage=stage),)
    own = Announcement(event=event.kind, stage=event.stage)
    if not event.fires or event.to_stage not in final_stages:
        return (own,)
    return (own, Announcement(event=COMPLETED, stage=event.to_stage))


def wants(endpoint: Endpoint, announcement: Announcement) -> bool:
    """Whether an endpoint that is not disabled asked for this event at this stage; no stages asked for means all."""
    asked = not endpoint.stage_ids or announcement.stage is None or announcement.stage in endpoint.stage_ids
    return listens(endpoint, announcement.event) and asked


def listens(endpoint: Endpoint, event: EventKind) -> bool:
    """Whether an endpoint that is not disabled asked for this event, at whichever stage."""
    return endpoint.status != "disabled" and event in endpoint.events


def probe_delay_s(endpoint: Endpoint, retry_after_s: int | None) -> float:
    """Seconds until the next probe: the schedule's step plus up to 10 %, drawn by endpoint, or a longer Retry-After."""
    drawn = hashlib.sha256(f"{endpoint.id}/{endpoint.step}".encode()).digest()
    planned = RETRY_S[endpoint.step] * (1 + JITTER * int.from_bytes(drawn[:8], "big") / 2**64)
    return max(planned, min(retry_after_s or 0, LONGEST_RETRY_AFTER_S))


def failed(endpoint: Endpoint, answer: Answer, now: datetime) -> Endpoint:
    """The endpoint after an attempt that failed: its next probe, or disabled after a 410 or the schedule's end."""
    if answer.status == GONE:
        return disabled(endpoint, "The receiver answered 410 Gone.")
    if endpoint.step >= len(RETRY_S):
        return disabled(endpoint, f"No attempt succeeded since {iso(endpoint.failing_since or now)}.")
    return endpoint.changed(
        status="failing",
        failing_since=endpoint.failing_since or now,
        step=endpoint.step + 1,
        probe_at=now + timedelta(seconds=probe_delay_s(endpoint, answer.retry_after_s)),
    )


def disabled(endpoint: Endpoint, reason: str) -> Endpoint:
    """The endpoint that gets nothing more until somebody enables it."""
    return endpoint.changed(status="disabled", reason=reason, probe_at=None)


def recovered(endpoint: Endpoint) -> Endpoint:
    """The endpoint that takes new deliveries at once again."""
    return endpoint.changed(status="active", reason="", failing_since=None, step=0, probe_at=None)


def started_over(endpoint: Endpoint) -> Endpoint:
    """The same version of the endpoint, its schedule at the first step: it answered, then failed again."""
    return endpoint.model_copy(update={"step": 0, "failing_since": None})


def addressed(endpoint: Endpoint, announcement: Announcement, event: Event) -> Delivery:
    """A delivery of the event to the endpoint; the same uid and body whenever it is made."""
    uid = delivery_uid(endpoint.id, event.id, announcement.event)
    return Delivery(
        uid=uid,
        org_id=endpoint.org_id,
        project_id=endpoint.project_id,
        endpoint_id=endpoint.id,
        event_id=event.id,
        event=announcement.event,
        body=envelope(uid, announcement.event, event),
        at=event.at,
        expires=int(event.at.timestamp()) + KEPT_DAYS * 86_400,
    )


def attempted(delivery: Delivery, status: DeliveryStatus, answer: Answer, at: datetime) -> Delivery:
    """The delivery after one attempt, which joins the last twenty of its log."""
    attempt = Attempt(at=at, status=answer.status, fault=answer.fault, took_ms=answer.took_ms)
    return delivery.changed(status=status, attempts=(*delivery.attempts, attempt)[-KEPT_ATTEMPTS:])


def parked(delivery: Delivery) -> Parked:
    """The delivery's place in its endpoint's waiting line."""
    return Parked(endpoint_id=delivery.endpoint_id, uid=delivery.uid, at=delivery.at, expires=delivery.expires)


def again(delivery: Delivery) -> Delivery:
    """The delivery put back in line by hand; raises Conflict when it is waiting anyway."""
    if delivery.status in ("pending", "parked"):
        raise Conflict(f"Delivery {delivery.uid} is still under way; wait for its next attempt.")
    return delivery.changed(status="parked")

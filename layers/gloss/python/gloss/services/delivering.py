"""Deliver webhooks: each event once at first, then behind its endpoint's one probe until the receiver answers again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from gloss.domain import webhooks
from gloss.domain.envelopes import signed_headers
from gloss.domain.events import Event, WebhookDisabled
from gloss.domain.model import EndpointId, ProjectId, StageId, UserId, Value
from gloss.domain.webhooks import Answer, Delivery, Endpoint
from gloss.domain.workflow.graph import StageKind
from gloss.kinds.catalog import PROJECTS
from gloss.kinds.relay import DELIVERIES, ENDPOINTS, PARKED, delivery_key, endpoint_key, endpoints_of
from gloss.ports import Change, Demand, Erase, Key, Overwrite, Save, Store
from gloss.postal import Mailroom, Queue

PAUSE_S: Final = 60
OVERDUE: Final = timedelta(minutes=10)
SYSTEM: Final = UserId("system")


class DeliveryRef(Value):
    """Which delivery, and to which endpoint of which project."""

    project_id: ProjectId
    endpoint_id: EndpointId
    uid: str


class Probe(Value):
    """A wake-up call for an endpoint; it counts only while the endpoint is still at this step."""

    project_id: ProjectId
    endpoint_id: EndpointId
    step: int


class Attempted(Value):
    """How a delivery stands after the first attempt."""

    uid: str
    status: webhooks.DeliveryStatus


def match(event: Event, final_stages: frozenset[StageId], store: Store) -> list[DeliveryRef]:
    """Record a delivery for every endpoint that asked for the event, once; returns those still to be attempted."""
    pairs = _pairs(event, final_stages, _endpoints(event, store))
    deliveries = [_recorded(delivery, store) for _, delivery in pairs]
    return [ref_of(delivery) for delivery in deliveries if delivery.status == "pending"]


def heard(events: Sequence[Event], store: Store) -> list[Event]:
    """Those of the events that some endpoint of their project asked for; each project is looked up once."""
    projects = {_project_of(event): event for event in events}
    listening = {project_id: _endpoints(event, store) for project_id, event in projects.items()}
    final = {project_id: final_stages(projects[project_id], store) for project_id, found in listening.items() if found}
    return [event for event in events if _is_heard(event, listening[_project_of(event)], final)]


def _is_heard(
    event: Event, endpoints: Sequence[Endpoint], final: Mapping[ProjectId | None, frozenset[StageId]]
) -> bool:
    return bool(endpoints) and bool(_pairs(event, final[_project_of(event)], endpoints))


def final_stages(event: Event, store: Store) -> frozenset[StageId]:
    """The stages of the event's project in which work ends; none for a project that is gone."""
    project = store.find(PROJECTS, Key(f"PROJECT#{_project_of(event)}"))
    stages = project.workflow.stages if project else ()
    return frozenset(stage.id for stage in stages if stage.kind is StageKind.COMPLETE)


def line_up(events: Sequence[Event], store: Store, queue: Queue) -> int:
    """Park a delivery for every endpoint that asked for an event which starts no machine, and wake the idle ones."""
    projects = {_project_of(event): event for event in events}
    listening = {project_id: _endpoints(event, store) for project_id, event in projects.items()}
    waiting = [it for event in events for it in _queued(event, listening[_project_of(event)], store)]
    for endpoint in {endpoint.id: endpoint for endpoint in waiting}.values():
        if endpoint.status == "active":
            queue.send(probe_of(endpoint).model_dump())
    return len(waiting)


def attempt(ref: DeliveryRef, room: Mailroom) -> Attempted:
    """Make the first attempt of a pending delivery, or park it while its endpoint fails."""
    delivery = room.store.get(DELIVERIES, delivery_key(ref.endpoint_id, ref.uid))
    endpoint = room.store.find(ENDPOINTS, endpoint_key(ref.project_id, ref.endpoint_id))
    if delivery.status == "pending":
        delivery = _tried(delivery, endpoint, room)
    return Attempted(uid=delivery.uid, status=delivery.status)


def park(ref: DeliveryRef, room: Mailroom) -> Attempted:
    """Let a delivery that could not even be attempted wait in line, and wake its endpoint in a minute."""
    delivery = room.store.get(DELIVERIES, delivery_key(ref.endpoint_id, ref.uid))
    endpoint = room.store.find(ENDPOINTS, endpoint_key(ref.project_id, ref.endpoint_id))
    if delivery.status == "pending" and endpoint is not None:
        delivery = _waiting(delivery, endpoint, room)
        if endpoint.status == "active":
            room.queue.send(probe_of(endpoint).model_dump(), delay_s=PAUSE_S)
    return Attempted(uid=delivery.uid, status=delivery.status)


def send(endpoint: Endpoint, uid: str, body: str, room: Mailroom) -> Answer:
    """One signed request; the answer says what came of it."""
    secret = room.sealer.open(endpoint.sealed_secret, endpoint.id)
    raw = body.encode()
    return room.sender.post(endpoint.url, signed_headers(secret, uid, raw, room.clock.now()), raw)


def ref_of(delivery: Delivery) -> DeliveryRef:
    """The delivery's keys."""
    return DeliveryRef(project_id=delivery.project_id, endpoint_id=delivery.endpoint_id, uid=delivery.uid)


def probe_of(endpoint: Endpoint) -> Probe:
    """The wake-up call that counts at the endpoint's present step."""
    return Probe(project_id=endpoint.project_id, endpoint_id=endpoint.id, step=endpoint.step)


def _project_of(event: Event) -> ProjectId | None:
    return getattr(event, "project_id", None)


def _endpoints(event: Event, store: Store) -> list[Endpoint]:
    project_id = _project_of(event)
    return [] if project_id is None else list(store.every(ENDPOINTS, endpoints_of(project_id)))


def _pairs(event: Event, final: frozenset[StageId], endpoints: Sequence[Endpoint]) -> list[tuple[Endpoint, Delivery]]:
    announced = webhooks.announcements(event, final)
    pairs = ((endpoint, told) for endpoint in endpoints for told in announced if webhooks.wants(endpoint, told))
    return [(endpoint, webhooks.addressed(endpoint, told, event)) for endpoint, told in pairs]


def _recorded(delivery: Delivery, store: Store) -> Delivery:
    known = store.find(DELIVERIES, delivery_key(delivery.endpoint_id, delivery.uid))
    if known is None:
        store.commit([Save(DELIVERIES, delivery)])
    return known or delivery


def _queued(event: Event, endpoints: Sequence[Endpoint], store: Store) -> list[Endpoint]:
    """The endpoints behind which the event waits now, each as it was when the delivery was parked."""
    pairs = _pairs(event, frozenset(), endpoints)
    return [endpoint for endpoint, delivery in pairs if _lined_up(endpoint, delivery, store).status == "parked"]


def _lined_up(endpoint: Endpoint, delivery: Delivery, store: Store) -> Delivery:
    known = store.find(DELIVERIES, delivery_key(delivery.endpoint_id, delivery.uid))
    if known is not None:
        return known
    waiting = delivery.model_copy(update={"status": "parked"})
    places: list[Change] = [
        Save(DELIVERIES, waiting),
        Overwrite(PARKED, webhooks.parked(waiting)),
        Demand(ENDPOINTS, endpoint),
    ]
    store.commit(places)
    return waiting


def _tried(delivery: Delivery, endpoint: Endpoint | None, room: Mailroom) -> Delivery:
    if endpoint is None or endpoint.status == "disabled":
        return saved(delivery.changed(status="exhausted"), [], room)
    if endpoint.status == "failing":
        _rouse(endpoint, room)
        return _waiting(delivery, endpoint, room)
    answer = send(endpoint, delivery.uid, delivery.body, room)
    if answer.accepted:
        return saved(webhooks.attempted(delivery, "delivered", answer, room.clock.now()), [], room)
    return fail(endpoint, delivery, answer, room)


def _waiting(delivery: Delivery, endpoint: Endpoint, room: Mailroom) -> Delivery:
    waiting = delivery.changed(status="parked")
    return saved(waiting, [Overwrite(PARKED, webhooks.parked(waiting)), Demand(ENDPOINTS, endpoint)], room)


def _rouse(endpoint: Endpoint, room: Mailroom) -> None:
    """Wake an endpoint whose probe is long overdue: its message was lost among the dead letters."""
    if endpoint.probe_at is not None and room.clock.now() > endpoint.probe_at + OVERDUE:
        room.queue.send(probe_of(endpoint).model_dump())


def saved(delivery: Delivery, others: Sequence[Change], room: Mailroom) -> Delivery:
    """Keep how a delivery stands, with what changes along with it."""
    room.store.commit([Save(DELIVERIES, delivery), *others])
    return delivery


def fail(endpoint: Endpoint, delivery: Delivery, answer: Answer, room: Mailroom) -> Delivery:
    """Note the failed attempt; the alarm is set first, because one that rings for nothing is ignored."""
    now = room.clock.now()
    worse = webhooks.failed(endpoint, answer, now)
    if worse.probe_at is not None:
        room.alarms.set(f"webhook-{worse.id}", worse.probe_at, probe_of(worse).model_dump())
    over = worse.status == "disabled"
    after = webhooks.attempted(delivery, "exhausted" if over else "parked", answer, now)
    events = [_disabling(worse, now, room)] if over else []
    room.store.commit([Save(ENDPOINTS, worse), Save(DELIVERIES, after), *_place(delivery, after)], events)
    return after


def _place(before: Delivery, after: Delivery) -> list[Change]:
    """The change to the waiting line that goes with a change of the delivery."""
    was, stays = before.status == "parked", after.status == "parked"
    if was == stays:
        return []
    return [Erase(PARKED, webhooks.parked(after))] if was else [Overwrite(PARKED, webhooks.parked(after))]


def _disabling(endpoint: Endpoint, now: datetime, room: Mailroom) -> WebhookDisabled:
    return WebhookDisabled(
        id=room.ids.new(),
        at=now,
        actor=SYSTEM,
        org_id=endpoint.org_id,
        project_id=endpoint.project_id,
        endpoint_id=endpoint.id,
        reason=endpoint.reason,
    )

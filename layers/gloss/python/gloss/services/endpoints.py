"""Keep webhook endpoints: make, change and remove them, try them out, read their log, send again by hand."""

from typing import Annotated

from pydantic import Field

from gloss.domain import webhooks
from gloss.domain.access import Caller
from gloss.domain.envelopes import SOURCE, VERSION, written
from gloss.domain.errors import Conflict, Fault, Invalid
from gloss.domain.events import WebhookDisabled
from gloss.domain.model import EndpointId, ProjectId, StageId, Value
from gloss.domain.webhooks import Attempt, Delivery, Endpoint, EventKind
from gloss.kinds.relay import DELIVERIES, ENDPOINTS, PARKED, delivery_key, delivery_log, endpoint_key, endpoints_of
from gloss.ports import Demand, Erase, Overwrite, Page, Query, Save, Store
from gloss.postal import Mailroom
from gloss.services import delivering, heralding
from gloss.services.situating import project_of

MOST_ENDPOINTS = 50
Url = Annotated[str, Field(min_length=1, max_length=2_048)]
Events = Annotated[tuple[EventKind, ...], Field(min_length=1, max_length=50)]
Stages = Annotated[tuple[StageId, ...], Field(max_length=200)]


class NewEndpoint(Value):
    """What a new webhook listens to; no stages: all of them."""

    url: Url
    events: Events
    stage_ids: Stages = ()


class EndpointChange(Value):
    """What to change of a webhook; `enabled` turns it off, or on again after it was disabled."""

    url: Url | None = None
    events: Events | None = None
    stage_ids: Stages | None = None
    enabled: bool | None = None


def create(project_id: ProjectId, wish: NewEndpoint, caller: Caller, room: Mailroom) -> tuple[Endpoint, str]:
    """A new endpoint and its secret, which is never shown again; raises Invalid for a URL or stage that cannot be."""
    room.sender.vet(wish.url)
    _demand_stages(project_id, wish.stage_ids, room.store)
    if len(room.store.page(ENDPOINTS, endpoints_of(project_id), Query(limit=MOST_ENDPOINTS)).entries) == MOST_ENDPOINTS:
        raise Conflict(f"A project has at most {MOST_ENDPOINTS} webhooks; delete one first.")
    endpoint_id = EndpointId(room.ids.new())
    secret, sealed = room.sealer.fresh(endpoint_id)
    endpoint = Endpoint(
        id=endpoint_id,
        org_id=caller.org_id,
        project_id=project_id,
        sealed_secret=sealed,
        created_at=room.clock.now(),
        created_by=caller.user_id,
        **dict(wish),
    )
    heralding.listen(endpoint, room.store, room.alarms)
    room.store.commit([Save(ENDPOINTS, endpoint)])
    return endpoint, secret


def every(project_id: ProjectId, query: Query, store: Store) -> Page[Endpoint]:
    """A project's endpoints."""
    return store.page(ENDPOINTS, endpoints_of(project_id), query)


def one(project_id: ProjectId, endpoint_id: EndpointId, store: Store) -> Endpoint:
    """One endpoint of the project; raises NotFound."""
    return store.get(ENDPOINTS, endpoint_key(project_id, endpoint_id))


def change(endpoint: Endpoint, wish: EndpointChange, caller: Caller, room: Mailroom) -> Endpoint:
    """The endpoint with these settings; enabling it wakes what waits for it."""
    if wish.url is not None:
        room.sender.vet(wish.url)
    _demand_stages(endpoint.project_id, wish.stage_ids or (), room.store)
    settings = {name: value for name, value in dict(wish).items() if value is not None and name != "enabled"}
    changed = _switched(endpoint, wish.enabled).model_copy(update={**settings, "version": endpoint.version + 1})
    turned_off = changed.status == "disabled" and endpoint.status != "disabled"
    heralding.listen(changed, room.store, room.alarms)
    room.store.commit([Save(ENDPOINTS, changed)], [_turned_off(changed, caller, room)] if turned_off else [])
    if changed.status == "active":
        room.queue.send(delivering.probe_of(changed).model_dump())
    return changed


def remove(endpoint: Endpoint, store: Store) -> None:
    """Forget the endpoint; what waits for it is never sent."""
    store.commit([Erase(ENDPOINTS, endpoint)])


def ping(endpoint: Endpoint, room: Mailroom) -> Attempt:
    """Send a signed test request now and tell what came of it; nothing is recorded."""
    now, uid = room.clock.now(), room.ids.new()
    body = written(
        {
            "uid": uid,
            "version": VERSION,
            "source": SOURCE,
            "event_type": "webhook_test_event",
            "event_created_timestamp": now.isoformat(timespec="microseconds"),
            "payload": {"project_hash": endpoint.project_id},
        }
    )
    answer = delivering.send(endpoint, uid, body, room)
    return Attempt(at=now, status=answer.status, fault=answer.fault, took_ms=answer.took_ms)


def log(endpoint: Endpoint, query: Query, store: Store) -> Page[Delivery]:
    """An endpoint's deliveries, newest first, each with its attempts."""
    return store.page(DELIVERIES, delivery_log(endpoint.id), Query("by_parent", "", query.limit, query.after, True))


def redeliver(endpoint: Endpoint, uid: str, room: Mailroom) -> Delivery:
    """Send a delivered or exhausted delivery once more, under the same uid; raises Conflict while it is under way."""
    if endpoint.status == "disabled":
        raise Conflict("This webhook is disabled; enable it first.")
    waiting = webhooks.again(room.store.get(DELIVERIES, delivery_key(endpoint.id, uid)))
    place = Overwrite(PARKED, webhooks.parked(waiting))
    room.store.commit([Save(DELIVERIES, waiting), place, Demand(ENDPOINTS, endpoint)])
    if endpoint.status == "active":
        room.queue.send(delivering.probe_of(endpoint).model_dump())
    return waiting


def _demand_stages(project_id: ProjectId, stage_ids: tuple[StageId, ...], store: Store) -> None:
    known = {stage.id for stage in project_of(project_id, store).workflow.stages}
    faults = [Fault(f"stage_ids[{place}]", "no such stage") for place, it in enumerate(stage_ids) if it not in known]
    if faults:
        raise Invalid("The project's workflow has no such stage.", faults)


def _switched(endpoint: Endpoint, enabled: bool | None) -> Endpoint:
    if enabled is None or enabled == (endpoint.status != "disabled"):
        return endpoint
    return webhooks.recovered(endpoint) if enabled else webhooks.disabled(endpoint, "It was turned off.")


def _turned_off(endpoint: Endpoint, caller: Caller, room: Mailroom) -> WebhookDisabled:
    return WebhookDisabled(
        id=room.ids.new(),
        at=room.clock.now(),
        actor=caller.user_id,
        org_id=endpoint.org_id,
        project_id=endpoint.project_id,
        endpoint_id=endpoint.id,
        reason=endpoint.reason,
    )

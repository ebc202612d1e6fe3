"""Doorways of webhooks: endpoints, their delivery log, sending again, trying out."""

from typing import Annotated

from pydantic import Field

from gloss import edge, wiring
from gloss.domain.model import EndpointId, ProjectId, StageId, Timestamp, Value
from gloss.domain.webhooks import Attempt, Delivery, DeliveryStatus, Endpoint, EndpointStatus
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import endpoints
from gloss.services.endpoints import EndpointChange, NewEndpoint

router = edge.router()


class EndpointView(Value):
    """A webhook endpoint, without its secret."""

    id: EndpointId
    url: str
    events: tuple[str, ...]
    stage_ids: tuple[StageId, ...]
    status: EndpointStatus
    reason: str
    failing_since: Timestamp | None
    next_attempt_at: Timestamp | None
    created_at: Timestamp

    @classmethod
    def of(cls, endpoint: Endpoint) -> "EndpointView":
        return cls(**_shared(endpoint, cls), next_attempt_at=endpoint.probe_at)


class CreatedEndpointView(EndpointView):
    """A new webhook endpoint with its secret: 64 hex digits, shown this once, the key of both signature schemes."""

    secret: Annotated[str, Field(min_length=64, max_length=64)]


class DeliveryView(Value):
    """What was sent to an endpoint, and every attempt."""

    uid: str
    event: str
    event_id: str
    status: DeliveryStatus
    at: Timestamp
    attempts: tuple[Attempt, ...]
    body: str

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryView":
        return cls(**_shared(delivery, cls))


class Removed(Value):
    """The endpoint that is there no more."""

    id: EndpointId


@router.post("/v1/projects/<project_id>/webhooks")
def create_webhook(project_id: str, body: NewEndpoint) -> CreatedEndpointView:
    endpoint, secret = endpoints.create(ProjectId(project_id), body, edge.caller(), wiring.mailroom())
    return CreatedEndpointView(**dict(EndpointView.of(endpoint)), secret=secret)


@router.get("/v1/projects/<project_id>/webhooks")
def list_webhooks(project_id: str, limit: Limit = 100, token: Token = None) -> Listing[EndpointView]:
    page = endpoints.every(ProjectId(project_id), Query(limit=limit, after=token), wiring.store())
    return Listing(entries=[EndpointView.of(it) for it in page.entries], next_token=page.next_token)


@router.get("/v1/projects/<project_id>/webhooks/<endpoint_id>")
def get_webhook(project_id: str, endpoint_id: str) -> EndpointView:
    return EndpointView.of(_endpoint(project_id, endpoint_id))


@router.patch("/v1/projects/<project_id>/webhooks/<endpoint_id>")
def change_webhook(project_id: str, endpoint_id: str, body: EndpointChange) -> EndpointView:
    endpoint = _endpoint(project_id, endpoint_id)
    return EndpointView.of(endpoints.change(endpoint, body, edge.caller(), wiring.mailroom()))


@router.delete("/v1/projects/<project_id>/webhooks/<endpoint_id>")
def delete_webhook(project_id: str, endpoint_id: str) -> Removed:
    endpoints.remove(_endpoint(project_id, endpoint_id), wiring.store())
    return Removed(id=EndpointId(endpoint_id))


@router.post("/v1/projects/<project_id>/webhooks/<endpoint_id>/test")
def try_webhook(project_id: str, endpoint_id: str) -> Attempt:
    return endpoints.ping(_endpoint(project_id, endpoint_id), wiring.mailroom())


@router.get("/v1/projects/<project_id>/webhooks/<endpoint_id>/deliveries")
def list_deliveries(
    project_id: str, endpoint_id: str, limit: Limit = 100, token: Token = None
) -> Listing[DeliveryView]:
    page = endpoints.log(_endpoint(project_id, endpoint_id), Query(limit=limit, after=token), wiring.store())
    return Listing(entries=[DeliveryView.of(it) for it in page.entries], next_token=page.next_token)


@router.post("/v1/projects/<project_id>/webhooks/<endpoint_id>/deliveries/<uid>/redeliver")
def redeliver(project_id: str, endpoint_id: str, uid: str) -> DeliveryView:
    return DeliveryView.of(endpoints.redeliver(_endpoint(project_id, endpoint_id), uid, wiring.mailroom()))


def _endpoint(project_id: str, endpoint_id: str) -> Endpoint:
    return endpoints.one(ProjectId(project_id), EndpointId(endpoint_id), wiring.store())


def _shared(model: Value, view: type[Value]) -> dict[str, object]:
    return {name: value for name, value in dict(model).items() if name in view.model_fields}

"""Records of webhooks: their endpoints, what was sent to them, and what waits."""

from gloss.domain.model import EndpointId, ProjectId, iso
from gloss.domain.webhooks import Delivery, Draining, Endpoint, Parked
from gloss.ports import Key, Kind

#: A project's webhook endpoints, all of them or one by id.
ENDPOINTS = Kind("webhook", Endpoint, lambda it: endpoint_key(it.project_id, it.id))

#: A delivery by its uid; an endpoint's deliveries, newest first (by_parent).
DELIVERIES = Kind(
    "delivery",
    Delivery,
    lambda it: delivery_key(it.endpoint_id, it.uid),
    {"by_parent": lambda it: Key(delivery_log(it.endpoint_id), f"{iso(it.at)}#{it.uid}")},
)

#: What waits behind an endpoint's probe, oldest first.
PARKED = Kind("parked delivery", Parked, lambda it: Key(waiting_line(it.endpoint_id), f"{iso(it.at)}#{it.uid}"))

#: Who sends what waits for an endpoint, so that nobody else does at the same time.
DRAININGS = Kind("draining", Draining, lambda it: draining_key(it.endpoint_id))


def draining_key(endpoint_id: EndpointId) -> Key:
    """Where it says that an endpoint's line is being sent."""
    return Key(f"ENDPOINT#{endpoint_id}#DRAINING")


def endpoint_key(project_id: ProjectId, endpoint_id: EndpointId) -> Key:
    """Where an endpoint lies."""
    return Key(endpoints_of(project_id), endpoint_id)


def endpoints_of(project_id: ProjectId) -> str:
    """The partition of a project's endpoints."""
    return f"PROJECT#{project_id}#ENDPOINTS"


def delivery_key(endpoint_id: EndpointId, uid: str) -> Key:
    """Where a delivery lies."""
    return Key(f"ENDPOINT#{endpoint_id}#DELIVERY#{uid}")


def waiting_line(endpoint_id: EndpointId) -> str:
    """The partition of what waits for an endpoint."""
    return f"ENDPOINT#{endpoint_id}#PARKED"


def delivery_log(endpoint_id: EndpointId) -> str:
    """The by_parent partition of an endpoint's deliveries."""
    return f"ENDPOINT#{endpoint_id}#LOG"

"""The legacy API: every operation with the resource whose roles count and the permission that it asks for.

One URL carries them all, so the table of routes cannot tell them apart; this one does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from pydantic import ConfigDict

from gloss.domain.access import Caller, Permission
from gloss.domain.errors import Malformed, NotOffered
from gloss.domain.model import Value
from gloss.ports import Ports, Store
from gloss.sdk import left_out
from gloss.services import authorising
from gloss.services.rationing import Ration


class Operation(NamedTuple):
    """One row: the resource that the headers name ("" on `/public/user`), type and method of the query."""

    resource: str
    query_type: str
    method: str
    permission: Permission


class Values(Value):
    """What a query carries."""

    model_config = ConfigDict(extra="ignore")

    uid: Any = None
    payload: Any = None


class Payload(Value):
    """What a query's payload says; the client sends more than counts here."""

    model_config = ConfigDict(extra="ignore")


class Query(Value):
    """The body of a legacy request; a newer client may say more than we know."""

    model_config = ConfigDict(extra="ignore")

    query_type: str
    query_method: str
    values: Values = Values()


@dataclass(frozen=True)
class Asked:
    """A query on its way to its handler: the resource's id, who asks with their role on it, uid and payload.

    `ration` bounds an answer that a run makes when it is longer.
    """

    resource_id: str
    caller: Caller
    values: Values
    ration: Ration = field(default_factory=Ration)


Handle = Callable[[Asked, Ports], Any]
Handlers = Mapping[tuple[str, str], Handle]

OF_THE_CALLER: Final = (
    Operation("", "project", "POST", Permission.ORG_CREATE),
    Operation("", "project", "DELETE", Permission.ORG_READ),
    Operation("", "projectwithuserrole", "GET", Permission.ORG_READ),
)

OF_PROJECTS: Final = (
    Operation("project", "project", "GET", Permission.PROJECT_READ),
    Operation("project", "projectusers", "POST", Permission.PROJECT_MANAGE),
    Operation("project", "labellog", "GET", Permission.PROJECT_MANAGE),
    Operation("project", "projectcopy", "POST", Permission.PROJECT_ADMIN),
)

OF_LABELS: Final = (
    Operation("project", "labelrowmetadata", "GET", Permission.PROJECT_READ),
    Operation("project", "labelrow", "PUT", Permission.PROJECT_WORK),
    Operation("project", "labelrow", "GET", Permission.PROJECT_READ),
    Operation("project", "labelrow", "POST", Permission.PROJECT_WORK),
    Operation("project", "labelworkflowgraphnode", "POST", Permission.PROJECT_MANAGE),
)

OF_DATASETS: Final = (
    Operation("dataset", "dataset", "GET", Permission.RESOURCE_READ),
    Operation("dataset", "datarows", "GET", Permission.RESOURCE_READ),
    Operation("dataset", "datarow", "GET", Permission.RESOURCE_READ),
    Operation("dataset", "datarow", "POST", Permission.RESOURCE_ADMIN),
    Operation("dataset", "video", "POST", Permission.RESOURCE_ADMIN),
    Operation("dataset", "video", "DELETE", Permission.RESOURCE_ADMIN),
    Operation("dataset", "datasetlinkitems", "POST", Permission.RESOURCE_ADMIN),
    Operation("dataset", "datasetusers", "POST", Permission.RESOURCE_ADMIN),
    Operation("dataset", "datasetdatalongpolling", "POST", Permission.RESOURCE_ADMIN),
    Operation("dataset", "datasetdatalongpolling", "GET", Permission.RESOURCE_READ),
    Operation("project", "datasetdata", "GET", Permission.PROJECT_READ),
    Operation("project", "projectdataset", "POST", Permission.PROJECT_ADMIN),
    Operation("project", "projectdataset", "DELETE", Permission.PROJECT_ADMIN),
)

OPERATIONS: Final = (*OF_THE_CALLER, *OF_PROJECTS, *OF_LABELS, *OF_DATASETS)


def operation_of(query: Query, resource: str) -> Operation:
    """The row of a query; raises NotOffered."""
    for row in OPERATIONS:
        if row[:3] == (resource, query.query_type, query.query_method):
            return row
    part = left_out.part_of_query(query.query_type)
    if part is not None:
        raise NotOffered(left_out.refusal(part))
    what = f"{query.query_method} {query.query_type}"
    raise NotOffered(f"Nothing is known here as {what} on {resource or 'no resource'}.")


def asked(query: Query, operation: Operation, resource_id: str, caller: Caller, store: Store) -> Asked:
    """The query with the caller's role on its resource; raises NotFound or Forbidden if they may not pass."""
    if operation.resource and not resource_id:
        raise Malformed("The header ResourceID names no resource.")
    path = {f"{operation.resource}_id": resource_id}
    known = authorising.authorise(caller, operation.permission, path, store)
    return Asked(resource_id, known, query.values)

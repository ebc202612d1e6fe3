"""Doorways of the legacy API: one URL for what belongs to a project or dataset, one for the rest."""

from dataclasses import replace

from aws_lambda_powertools.event_handler import Response

from functions.sdk import datasets, labels
from gloss import edge, late, wiring
from gloss.late import Asking
from gloss.sdk import operations
from gloss.sdk.doors import enveloped
from gloss.sdk.operations import Handlers, Query
from gloss.sdk.projects import calls as project_calls
from gloss.sdk.projects import copies, listing, people_calls
from gloss.sdk.workflow import deeds
from gloss.services.rationing import Ration

router = edge.router()

PROJECTS: Handlers = {
    ("project", "POST"): project_calls.make,
    ("project", "DELETE"): project_calls.delete,
    ("project", "GET"): project_calls.get_legacy,
    ("projectcopy", "POST"): copies.copy,
    ("projectusers", "POST"): people_calls.add_users,
    ("labellog", "GET"): deeds.log,
    ("projectwithuserrole", "GET"): listing.with_roles,
}

HANDLERS: Handlers = {**PROJECTS, **labels.LEGACY, **datasets.LEGACY}


@router.post("/public")
def of_a_resource(body: Query) -> Response[str]:
    headers = {name.lower(): value for name, value in router.current_event.headers.items()}
    return _answered(body, headers.get("resourcetype", ""), headers.get("resourceid", ""))


@router.post("/public/user")
def of_the_caller(body: Query) -> Response[str]:
    return _answered(body, "", "")


def _answered(query: Query, resource: str, resource_id: str) -> Response[str]:
    operation, ports = operations.operation_of(query, resource), wiring.ports()
    asked = operations.asked(query, operation, resource_id, edge.caller(), wiring.store())
    asking = Asking(edge.request(), edge.caller().user_id, operation, resource_id)
    rationed = replace(asked, ration=Ration(late.most_in_a_request()))
    answer = HANDLERS[operation.query_type, operation.method]
    return late.told(lambda: edge.written(enveloped(answer(rationed, ports))), asking, ports)

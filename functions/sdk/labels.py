"""Doorways of label rows for the public SDK."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query as FromQuery

from gloss import edge, wiring
from gloss.domain.model import ProjectId
from gloss.ports import Ports, Query
from gloss.sdk.labels import branches, calls
from gloss.sdk.labels.shapes import BranchDto, ClassificationsPayload, Copied, CopyPayload, ValidationState
from gloss.sdk.operations import Asked, Handlers
from gloss.sdk.wire import Results

router = edge.router()

PROJECT = "/v2/public/projects/<project_id>"


def list_rows(asked: Asked, ports: Ports) -> Any:
    return calls.entries(asked, ports, wiring.media)


def make_rows(asked: Asked, ports: Ports) -> Any:
    return calls.make(asked, ports, wiring.media)


def fetch_rows(asked: Asked, ports: Ports) -> Any:
    return calls.fetch(asked, ports, wiring.media)


LEGACY: Handlers = {
    ("labelrowmetadata", "GET"): list_rows,
    ("labelrow", "PUT"): make_rows,
    ("labelrow", "GET"): fetch_rows,
    ("labelrow", "POST"): calls.save,
    ("labelworkflowgraphnode", "POST"): calls.send,
}


@router.get(f"{PROJECT}/branches")
def list_branches(
    project_id: ProjectId,
    limit: Annotated[int | None, FromQuery(ge=1, le=1000)] = None,
    token: Annotated[str | None, FromQuery(alias="pageToken")] = None,
) -> Results[BranchDto]:
    return branches.names(project_id, Query(limit=limit or 100, after=token), edge.caller(), wiring.ports())


@router.post(f"{PROJECT}/labels/copy-branch")
def copy_branch(project_id: ProjectId, body: CopyPayload) -> Copied:
    return branches.copy(project_id, body, edge.caller(), wiring.ports())


@router.post(f"{PROJECT}/label-rows/classifications")
def list_classifications(project_id: ProjectId, body: ClassificationsPayload) -> Response[str]:
    return edge.written(branches.classifications(project_id, body, edge.caller(), wiring.ports()))


@router.get(f"{PROJECT}/labels/<label_id>/validation-state")
def show_validity(project_id: ProjectId, label_id: str) -> ValidationState:
    return branches.validation(project_id, label_id, edge.caller(), wiring.ports())

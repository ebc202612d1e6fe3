"""Doorways of datasets for the public SDK; most of what it asks of them is legacy."""

from typing import Any

from gloss import edge, holding, wiring
from gloss.domain.model import ProjectId
from gloss.ports import Ports
from gloss.sdk.datasets import calls, files, jobs, members, rows
from gloss.sdk.datasets.calls import DatasetsAsking
from gloss.sdk.datasets.members import Emails, MemberDto
from gloss.sdk.datasets.shapes import DatasetPayload, DatasetsDto, MadeDataset, ProjectsDataset
from gloss.sdk.operations import Asked, Handlers
from gloss.sdk.wire import Results

router = edge.router()


@router.post("/v2/public/datasets")
def make_dataset(body: DatasetPayload) -> MadeDataset:
    return MadeDataset.of(calls.make(body, edge.caller(), wiring.ports()))


@router.get("/v2/public/datasets/list")
def list_datasets() -> DatasetsDto:
    asking = DatasetsAsking.read(router.current_event.resolved_query_string_parameters)
    return calls.listed(asking, edge.caller(), wiring.store())


@router.get("/v2/public/datasets/<dataset_id>/users")
def list_members(dataset_id: str) -> Results[MemberDto]:
    return members.listed(dataset_id, wiring.ports())


@router.post("/v2/public/datasets/<dataset_id>/users/bulk-delete")
def remove_members(dataset_id: str, body: Emails) -> None:
    members.remove(dataset_id, body, edge.caller(), wiring.ports())


@router.get("/v2/public/projects/<project_id>/datasets")
def list_datasets_of_project(project_id: ProjectId) -> Results[ProjectsDataset]:
    return calls.of_project(project_id, wiring.store())


def _shown(asked: Asked, ports: Ports) -> Any:
    return rows.shown(asked, wiring.media, ports)


def _files(asked: Asked, ports: Ports) -> Any:
    return files.shown(asked, wiring.media, ports)


def _started(asked: Asked, ports: Ports) -> Any:
    return jobs.start(asked, wiring.inbox(), ports)


def _polled(asked: Asked, ports: Ports) -> Any:
    return jobs.poll(asked, holding.patience(jobs.patience_of(asked)), ports)


LEGACY: Handlers = {
    ("dataset", "GET"): calls.get,
    ("datarows", "GET"): rows.listed,
    ("datarow", "GET"): _shown,
    ("datarow", "POST"): rows.changed,
    ("video", "POST"): rows.retitled,
    ("video", "DELETE"): rows.taken_out,
    ("datasetlinkitems", "POST"): calls.link,
    ("datasetusers", "POST"): members.add,
    ("datasetdatalongpolling", "POST"): _started,
    ("datasetdatalongpolling", "GET"): _polled,
    ("datasetdata", "GET"): _files,
    ("projectdataset", "POST"): calls.put_on_project,
    ("projectdataset", "DELETE"): calls.take_off_project,
}

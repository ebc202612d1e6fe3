"""Doorways of exports."""

from gloss import edge, wiring
from gloss.domain.export import Export, ExportRequest, ExportStatus, Progress
from gloss.domain.model import ExportId, ProjectId, Timestamp, UserId, Value
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import exporting
from gloss.services.exporting import Download

router = edge.router()


class ExportView(Value):
    """An export."""

    id: ExportId
    project_id: ProjectId
    request: ExportRequest
    status: ExportStatus
    rows: int | None
    reason: str
    label_version_id: str | None
    created_by: UserId
    created_at: Timestamp
    started_at: Timestamp | None
    finished_at: Timestamp | None

    @classmethod
    def of(cls, export: Export) -> "ExportView":
        return cls.model_validate(export.model_dump(include=set(cls.model_fields)))


class ExportStanding(ExportView):
    """An export with its progress and, once it is done, its files under URLs that hold for an hour."""

    progress: Progress
    files: list[Download]


@router.post("/v1/projects/<project_id>/exports")
def begin_export(project_id: ProjectId, body: ExportRequest) -> ExportView:
    return ExportView.of(exporting.begin(project_id, body, edge.caller(), wiring.ports()))


@router.get("/v1/projects/<project_id>/exports")
def list_exports(project_id: ProjectId, limit: Limit = 100, token: Token = None) -> Listing[ExportView]:
    exporting.exportable(project_id, edge.caller(), wiring.store())
    page = exporting.history(project_id, Query(limit=limit, after=token), wiring.store())
    return Listing(entries=[ExportView.of(each) for each in page.entries], next_token=page.next_token)


@router.get("/v1/projects/<project_id>/exports/<export_id>")
def get_export(project_id: ProjectId, export_id: ExportId) -> ExportStanding:
    exporting.exportable(project_id, edge.caller(), wiring.store())
    export = exporting.export_of(project_id, export_id, wiring.store())
    files = exporting.downloads(export, wiring.blobs())
    shown = ExportView.of(export).model_dump()
    return ExportStanding(**shown, progress=exporting.progress(export, wiring.ports()), files=files)


@router.post("/v1/projects/<project_id>/exports/<export_id>/cancel")
def cancel_export(project_id: ProjectId, export_id: ExportId) -> ExportView:
    exporting.exportable(project_id, edge.caller(), wiring.store())
    return ExportView.of(exporting.cancel(project_id, export_id, wiring.ports()))

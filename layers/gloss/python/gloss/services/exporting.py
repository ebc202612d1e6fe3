"""Asking for exports, following and cancelling them, and fetching what they made."""

import json
from typing import Final

from gloss.domain import export as exports
from gloss.domain.access import Caller, Role
from gloss.domain.errors import Conflict, Forbidden, NotFound
from gloss.domain.export import OVER, Export, ExportFile, ExportRequest, ExportStatus, Part, Progress
from gloss.domain.model import ExportId, ProjectId, Value
from gloss.domain.project import Project
from gloss.kinds.export import EXPORTS, export_key, exports_of
from gloss.ports import Blobs, Page, Ports, Query, Save, Store
from gloss.services import making
from gloss.services.pinning import batches_of
from gloss.services.situating import project_of

MACHINE: Final = "export"
SIGNED_SECONDS: Final = 3600


class Download(Value):
    """A finished file: a URL for an hour, its bytes, and its parts with their checksums in the file's order."""

    name: str
    bytes: int
    url: str
    parts: tuple[Part, ...]
    parts_url: str


def begin(project_id: ProjectId, request: ExportRequest, caller: Caller, ports: Ports) -> Export:
    """Start an export; raises NotFound for a stage that the project has not."""
    project = exportable(project_id, caller, ports.store)
    for stage_id in request.stage_ids or ():
        project.workflow.stage(stage_id)
    export = Export(
        id=ExportId(ports.ids.new()),
        org_id=project.org_id,
        project_id=project.id,
        request=request,
        created_by=caller.user_id,
        created_at=ports.clock.now(),
    )
    begun = making.once(EXPORTS, export, ports.store)
    ports.machines.start(MACHINE, begun.id, {"export_id": begun.id})
    return begun


def exportable(project_id: ProjectId, caller: Caller, store: Store) -> Project:
    """The project, for its Admins and, where it says so, its Team Managers; raises Forbidden."""
    project = project_of(project_id, store)
    if caller.role is not Role.ADMIN and not project.settings.managers_may_export:
        raise Forbidden("Only an Admin of the project exports labels; its settings may let Team Managers do so.")
    return project


def export_of(project_id: ProjectId, export_id: str, store: Store) -> Export:
    """An export of the project; raises NotFound."""
    found = store.find(EXPORTS, export_key(export_id))
    if found is None or found.project_id != project_id:
        raise NotFound("There is no export here, or you may not see it.")
    return found


def history(project_id: ProjectId, query: Query, store: Store) -> Page[Export]:
    """A page of the project's exports, the latest first."""
    latest = Query(index="by_parent", limit=query.limit, after=query.after, descending=True)
    return store.page(EXPORTS, exports_of(project_id), latest)


def cancel(project_id: ProjectId, export_id: str, ports: Ports) -> Export:
    """Stop before the next batch; raises Conflict when the export is over."""
    export = export_of(project_id, export_id, ports.store)
    if export.status in OVER:
        raise Conflict(f"The export is over: {export.status.value}.")
    cancelled = export.changed(status=ExportStatus.CANCELLED, finished_at=ports.clock.now())
    ports.store.commit([Save(EXPORTS, cancelled)])
    return cancelled


def progress(export: Export, ports: Ports) -> Progress:
    """How far the export is."""
    return exports.progress(export, batches_of(export.id, ports.store), ports.clock.now())


def downloads(export: Export, blobs: Blobs) -> list[Download]:
    """The files of an export that is done, each with a freshly signed URL."""
    return [_download(each, blobs) for each in export.files] if export.status is ExportStatus.DONE else []


def _download(file: ExportFile, blobs: Blobs) -> Download:
    listed = json.loads(blobs.get(file.manifest_key))["parts"]
    return Download(
        name=file.name,
        bytes=file.bytes,
        url=blobs.signed_get(file.key, SIGNED_SECONDS, file.name),
        parts=tuple(Part.model_validate(part) for part in listed),
        parts_url=blobs.signed_get(file.manifest_key, SIGNED_SECONDS, f"{file.name}.parts.json"),
    )

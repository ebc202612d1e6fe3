"""Doorways of label versions."""

from gloss import edge, wiring
from gloss.domain.export import Chosen, LabelVersion
from gloss.domain.model import ExportId, ProjectId, Timestamp, UserId, Value
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import exporting, versioning
from gloss.services.versioning import NewVersion

router = edge.router()


class VersionView(Value):
    """A label version; `sha256` is that of its rows, one a line, under `url` for an hour."""

    id: str
    project_id: ProjectId
    name: str
    chosen: Chosen
    rows: int
    objects: int
    classifications: int
    sha256: str
    export_id: ExportId | None
    created_by: UserId
    created_at: Timestamp
    url: str

    @classmethod
    def of(cls, version: LabelVersion) -> "VersionView":
        url = wiring.blobs().signed_get(version.key, exporting.SIGNED_SECONDS, f"{version.id}.ndjson")
        return cls.model_validate({**version.model_dump(exclude={"org_id", "key"}), "url": url})


@router.post("/v1/projects/<project_id>/label-versions")
def save_version(project_id: ProjectId, body: NewVersion) -> VersionView:
    exporting.exportable(project_id, edge.caller(), wiring.store())
    return VersionView.of(versioning.save_version(project_id, body, edge.caller(), wiring.ports()))


@router.get("/v1/projects/<project_id>/label-versions")
def list_versions(project_id: ProjectId, limit: Limit = 100, token: Token = None) -> Listing[VersionView]:
    exporting.exportable(project_id, edge.caller(), wiring.store())
    page = versioning.versions(project_id, Query(limit=limit, after=token), wiring.store())
    return Listing(entries=[VersionView.of(each) for each in page.entries], next_token=page.next_token)


@router.get("/v1/projects/<project_id>/label-versions/<version_id>")
def get_version(project_id: ProjectId, version_id: str) -> VersionView:
    exporting.exportable(project_id, edge.caller(), wiring.store())
    return VersionView.of(versioning.version_of(project_id, version_id, wiring.store()))

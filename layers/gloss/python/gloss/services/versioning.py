"""Label versions: keeping a project's labels as they stand, under a name."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from itertools import islice

from gloss.domain.access import Caller
from gloss.domain.errors import NotFound, TooLarge
from gloss.domain.export import Chosen, Export, ExportBatch, LabelVersion
from gloss.domain.model import ProjectId, Title
from gloss.kinds.export import LABEL_VERSIONS, label_version_key, label_versions_of
from gloss.ports import Page, Ports, Query, Store
from gloss.services import making
from gloss.services.pinning import lines, pinned_rows
from gloss.services.situating import project_of

MOST_ROWS = 5_000


class NewVersion(Chosen):
    """The name of a label version, and which rows to keep in it."""

    name: Title


def save_version(project_id: ProjectId, wanted: NewVersion, caller: Caller, ports: Ports) -> LabelVersion:
    """Keep the rows as they stand; raises TooLarge for projects that only an export can keep."""
    project = project_of(project_id, ports.store)
    rows = list(islice(pinned_rows(project, wanted, ports), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise TooLarge(f"More than {MOST_ROWS} rows are kept by an export with `save_version`.")
    manifest, version_id = lines(rows), ports.ids.new()
    ports.blobs.put(manifest_blob(version_id), manifest, "application/x-ndjson")
    version = LabelVersion(
        id=version_id,
        org_id=project.org_id,
        project_id=project.id,
        name=wanted.name,
        chosen=Chosen(stage_ids=wanted.stage_ids, label_statuses=wanted.label_statuses),
        rows=len(rows),
        objects=sum(row.objects for row in rows),
        classifications=sum(row.classifications for row in rows),
        key=manifest_blob(version_id),
        sha256=sha256(manifest).hexdigest(),
        created_by=caller.user_id,
        created_at=ports.clock.now(),
    )
    return making.once(LABEL_VERSIONS, version, ports.store)


def of_export(export: Export, batches: Iterable[ExportBatch], now: datetime) -> LabelVersion:
    """The version that an export keeps: the rows it pinned when it began. It bears the export's id."""
    written = list(batches)
    assert export.request.save_version is not None, "asked for by the request"
    return LabelVersion(
        id=export.id,
        org_id=export.org_id,
        project_id=export.project_id,
        name=export.request.save_version.name,
        chosen=Chosen(stage_ids=export.request.stage_ids, label_statuses=export.request.label_statuses),
        rows=export.rows or 0,
        objects=sum(batch.objects for batch in written),
        classifications=sum(batch.classifications for batch in written),
        key=manifest_blob(export.id),
        sha256=export.pinned_sha256 or "",
        export_id=export.id,
        created_by=export.created_by,
        created_at=now,
    )


def versions(project_id: ProjectId, query: Query, store: Store) -> Page[LabelVersion]:
    """A page of the project's label versions, the latest first."""
    latest = Query(index="by_parent", limit=query.limit, after=query.after, descending=True)
    return store.page(LABEL_VERSIONS, label_versions_of(project_id), latest)


def version_of(project_id: ProjectId, version_id: str, store: Store) -> LabelVersion:
    """A label version of the project; raises NotFound."""
    found = store.find(LABEL_VERSIONS, label_version_key(version_id))
    if found is None or found.project_id != project_id:
        raise NotFound("There is no label version here, or you may not see it.")
    return found


def manifest_blob(version_id: str) -> str:
    """Where a version's rows lie."""
    return f"versions/{version_id}.ndjson"

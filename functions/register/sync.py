"""Doorways of cloud-synced folders: their settings, and their syncs."""

from functions.register.folders import FolderView
from gloss import edge, wiring
from gloss.domain.job import JobStatus
from gloss.domain.model import FolderId, Timestamp, UserId, Value
from gloss.domain.syncing import Sync, Told
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import filing, linking, reporting, syncing
from gloss.services.linking import SyncSettings
from gloss.services.syncing import Followed

router = edge.router()


class SyncView(Value):
    """A sync as it stands: objects by what the scan found, items by what became of them, and what waits."""

    id: str
    folder_id: FolderId
    status: JobStatus
    reason: str | None
    scan_complete: bool
    scanned: int
    same: int
    new: int
    changed: int
    gone: int
    sidecars_attached: int
    sidecars_hidden: int
    unsupported: int
    unsupported_endings: dict[str, int]
    warnings: int
    errors: int
    kept: int
    pending: int
    cancelled: int
    bytes_read: int
    batches_handed_out: int
    objects_per_second: float | None
    created_by: UserId
    created_at: Timestamp
    ended_at: Timestamp | None

    @classmethod
    def of(cls, followed: Followed) -> "SyncView":
        sync, how, tally = followed.sync, followed.progress, followed.progress.tally
        shared = {name: value for name, value in (*tally, *how, *sync) if name in cls.model_fields}
        return cls(
            **shared,
            scan_complete=sync.complete,
            sidecars_attached=tally.attached,
            sidecars_hidden=tally.hidden,
            unsupported_endings=sync.endings,
            warnings=tally.warned,
            errors=tally.failed,
            batches_handed_out=sync.batches + sync.swept,
        )


class ProblemView(Value):
    """A file that could not be registered, or a sidecar that was not attached, and why."""

    key: str
    url: str
    status: str
    reason: str | None

    @classmethod
    def of(cls, told: Told) -> "ProblemView":
        return cls.model_validate({name: getattr(told, name) for name in cls.model_fields})


@router.put("/v1/folders/<folder_id>/sync/settings")
def change_sync_settings(folder_id: str, body: SyncSettings) -> FolderView:
    folder = filing.folder(folder_id, wiring.store())
    changed = linking.change_settings(folder, body, wiring.timetable, wiring.ports())
    return FolderView.of(filing.trails([changed], wiring.store())[0])


@router.post("/v1/folders/<folder_id>/sync")
def start_sync(folder_id: str) -> SyncView:
    folder = filing.folder(folder_id, wiring.store())
    return _view(syncing.ask(folder, edge.caller(), wiring.ports()))


@router.get("/v1/folders/<folder_id>/sync")
def get_latest_sync(folder_id: str) -> SyncView:
    return _view(syncing.latest_of(folder_id, wiring.store()))


@router.post("/v1/folders/<folder_id>/sync/cancel")
def cancel_sync(folder_id: str) -> SyncView:
    return _view(syncing.cancel(folder_id, wiring.ports()))


@router.post("/v1/folders/<folder_id>/sync/resume")
def resume_sync(folder_id: str) -> SyncView:
    return _view(syncing.resume(filing.folder(folder_id, wiring.store()), wiring.ports()))


@router.get("/v1/folders/<folder_id>/syncs")
def list_syncs(folder_id: str, limit: Limit = 100, token: Token = None) -> Listing[SyncView]:
    page = syncing.history(folder_id, Query(limit=limit, after=token), wiring.store())
    return Listing(entries=[_view(each) for each in page.entries], next_token=page.next_token)


@router.get("/v1/folders/<folder_id>/syncs/<sync_id>")
def get_sync(folder_id: str, sync_id: str) -> SyncView:
    return _view(syncing.sync_of(folder_id, sync_id, wiring.store()))


@router.get("/v1/folders/<folder_id>/syncs/<sync_id>/problems")
def list_sync_problems(folder_id: str, sync_id: str, limit: Limit = 100, token: Token = None) -> Listing[ProblemView]:
    sync = syncing.sync_of(folder_id, sync_id, wiring.store())
    page = reporting.problems(sync, Query(limit=limit, after=token), wiring.ports())
    return Listing(entries=[ProblemView.of(each) for each in page.entries], next_token=page.next_token)


def _view(sync: Sync) -> SyncView:
    return SyncView.of(syncing.follow(sync, wiring.ports()))

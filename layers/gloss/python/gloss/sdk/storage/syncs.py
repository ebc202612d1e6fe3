"""Cloud-synced folders for the public SDK: a sync begun and waited for, and how metadata beside files are read."""

from typing import Any, Final, Literal

from pydantic import Field

from gloss.domain.folder import Folder
from gloss.domain.job import JobStatus
from gloss.domain.linking import Sidecars
from gloss.domain.syncing import Sync
from gloss.ports import Ports
from gloss.sdk.refusing import as_illegal
from gloss.sdk.wire import Wire
from gloss.services import awaiting, linking, syncing
from gloss.services.awaiting import Patience
from gloss.services.linking import SyncSettings, TimetableOf
from gloss.services.syncing import Followed

STATUSES: Final = {
    JobStatus.PENDING: "pending",
    JobStatus.DONE: "done",
    JobStatus.ERROR: "error",
    JobStatus.CANCELLED: "cancelled",
}


class Matcher(Wire):
    """Which files are metadata of the file beside them."""

    mode: Literal["suffix"] = "suffix"
    suffix: str = Field(default=".metadata.json", min_length=1, max_length=128)


class Ingestion(Wire):
    """How such files are found; paused: they are still no items, but not attached."""

    matcher: Matcher = Matcher()
    paused: bool = False


class FolderConfig(Wire):
    """The settings of a folder; `daily` is ours, and the client sends it back as it came."""

    metadata_ingestion: Ingestion | None = None
    daily: bool | None = None


class SyncDto(Wire):
    """A sync as the SDK polls it: the scan counts as one page, batches of entries as jobs, and entries as units."""

    status: str
    scan_pages_processing_pending: int
    scan_pages_processing_done: int
    scan_pages_processing_error: int = 0
    scan_pages_processing_cancelled: int
    upload_jobs_pending: int
    upload_jobs_done: int
    upload_jobs_error: int = 0
    upload_jobs_units_pending: int
    upload_jobs_units_done: int
    upload_jobs_units_error: int
    upload_jobs_units_cancelled: int

    @classmethod
    def of(cls, followed: Followed) -> "SyncDto":
        sync, how = followed.sync, followed.progress
        waiting = 0 if sync.is_over else len(sync.handed)
        return cls(
            status=STATUSES[sync.status],
            scan_pages_processing_pending=int(not sync.complete and not sync.is_over),
            scan_pages_processing_done=int(sync.complete),
            scan_pages_processing_cancelled=int(not sync.complete and sync.is_over),
            upload_jobs_pending=waiting,
            upload_jobs_done=sync.batches + sync.swept - waiting,
            upload_jobs_units_pending=how.pending,
            upload_jobs_units_done=how.tally.decided - how.tally.failed,
            upload_jobs_units_error=how.tally.failed,
            upload_jobs_units_cancelled=how.cancelled,
        )


def poll(folder_id: str, sync_id: str, patience: Patience, ports: Ports) -> SyncDto:
    """A sync of the folder when it is over, or as it stands when it has been waited for long enough."""
    sync = awaiting.held(lambda: syncing.sync_of(folder_id, sync_id, ports.store), _is_over, patience)
    return SyncDto.of(syncing.follow(sync, ports))


def config_of(folder: Folder) -> dict[str, Any]:
    """The settings of a folder; one that mirrors nothing has none."""
    sidecars = None if folder.link is None else folder.link.sidecars
    ingestion = None
    if sidecars is not None:
        ingestion = Ingestion(matcher=Matcher(suffix=sidecars.suffix), paused=sidecars.paused)
    daily = None if folder.link is None else folder.link.daily
    told = FolderConfig(metadata_ingestion=ingestion, daily=daily)
    return told.model_dump(mode="json", by_alias=True)


def configure(folder: Folder, wanted: FolderConfig, timetable_of: TimetableOf, ports: Ports) -> None:
    """Change the settings from the next sync on; raises IllegalAction for a folder that mirrors nothing."""
    said = wanted.metadata_ingestion
    sidecars = None if said is None else Sidecars(suffix=said.matcher.suffix, paused=said.paused)
    with as_illegal():
        daily = linking.link_of(folder).daily if wanted.daily is None else wanted.daily
        linking.change_settings(folder, SyncSettings(sidecars=sidecars, daily=daily), timetable_of, ports)


def _is_over(sync: Sync) -> bool:
    return sync.is_over

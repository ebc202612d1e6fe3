"""Doorways of manifests and upload jobs."""

from gloss import edge, wiring
from gloss.domain.access import Permission
from gloss.domain.job import Job, JobStatus, Outcome
from gloss.domain.manifest.scanning import member_text
from gloss.domain.model import FolderId, IntegrationId, ItemId, JobId, Timestamp, UserId, Value
from gloss.paging import Limit, Listing, Token
from gloss.services import following, recounting, resuming, submitting
from gloss.services.following import Followed
from gloss.services.recounting import Report
from gloss.services.submitting import ManifestUpload, NewJob, NewManifest

router = edge.router()


class UnitErrorView(Value):
    """A unit that failed: its row, path and line in the manifest, all its URLs, what went wrong and when."""

    row: int
    path: str
    line: int | None
    object_urls: tuple[str, ...]
    error: str | None
    action_description: str | None

    @classmethod
    def of(cls, outcome: Outcome) -> "UnitErrorView":
        said = {"object_urls": outcome.urls, "error": outcome.error, "action_description": outcome.action}
        return cls.model_validate({"row": outcome.row, "path": outcome.path, "line": outcome.line, **said})


class UnitView(Value):
    """A unit that became an item, or was skipped because the folder has it already; what was fetched of its files."""

    row: int
    line: int | None
    item_id: ItemId | None
    name: str | None
    status: str
    warnings: tuple[str, ...]
    bytes_read: int

    @classmethod
    def of(cls, outcome: Outcome) -> "UnitView":
        return cls.model_validate({name: getattr(outcome, name) for name in cls.model_fields})


class JobView(Value):
    """A job as it stands; the first 100 errors and items are in it, all of them in their lists."""

    id: JobId
    folder_id: FolderId
    integration_id: IntegrationId | None
    file_name: str | None
    status: JobStatus
    reason: str | None
    units_pending_count: int
    units_done_count: int
    units_error_count: int
    units_cancelled_count: int
    units_per_second: float | None
    seconds_left: float | None
    can_resume: bool
    bytes_read: int
    warnings: tuple[str, ...]
    unit_errors: tuple[UnitErrorView, ...]
    items_with_names: tuple[UnitView, ...]
    created_by: UserId
    created_at: Timestamp
    ended_at: Timestamp | None

    @classmethod
    def of(cls, followed: Followed) -> "JobView":
        job, how = followed.job, followed.progress
        return cls(
            **{name: value for name, value in job if name in cls.model_fields},
            units_pending_count=how.pending,
            units_done_count=how.done,
            units_error_count=how.error,
            units_cancelled_count=how.cancelled,
            units_per_second=how.units_per_second,
            seconds_left=how.seconds_left,
            can_resume=job.broke_off,
            bytes_read=how.bytes_read,
            unit_errors=tuple(UnitErrorView.of(each) for each in followed.errors),
            items_with_names=tuple(UnitView.of(each) for each in followed.items),
        )


@router.post("/v1/folders/<folder_id>/manifests")
def invite_manifest(folder_id: str, body: NewManifest) -> ManifestUpload:
    return submitting.invite_manifest(folder_id, body, wiring.ports())


@router.post("/v1/folders/<folder_id>/data-upload-jobs")
def start_job(folder_id: str, body: NewJob) -> JobView:
    sent = member_text(router.current_event.decoded_body or "", "manifest")
    return _view(submitting.submit(folder_id, body, sent, edge.caller(), wiring.ports()))


@router.get("/v1/data-upload-jobs/<job_id>")
def get_job(job_id: str) -> JobView:
    return _view(resuming.watched(_seen(job_id), wiring.ports()))


@router.post("/v1/data-upload-jobs/<job_id>/cancel")
def cancel_job(job_id: str) -> JobView:
    return _view(submitting.cancel(job_id, edge.caller(), wiring.ports()))


@router.post("/v1/data-upload-jobs/<job_id>/resume")
def resume_job(job_id: str) -> JobView:
    return _view(resuming.resume(job_id, edge.caller(), wiring.ports()))


@router.get("/v1/data-upload-jobs/<job_id>/errors")
def list_errors(job_id: str, limit: Limit = 100, token: Token = None) -> Listing[UnitErrorView]:
    page = following.errors_page(_seen(job_id), limit, token, wiring.ports())
    return Listing(entries=[UnitErrorView.of(each) for each in page.entries], next_token=page.next_token)


@router.get("/v1/data-upload-jobs/<job_id>/items")
def list_units(job_id: str, limit: Limit = 100, token: Token = None) -> Listing[UnitView]:
    page = following.items_page(_seen(job_id), limit, token, wiring.ports())
    return Listing(entries=[UnitView.of(each) for each in page.entries], next_token=page.next_token)


@router.get("/v1/data-upload-jobs/<job_id>/report")
def get_report(job_id: str) -> Report:
    return recounting.report(_seen(job_id), wiring.blobs())


def _seen(job_id: str) -> Job:
    return submitting.job_of(job_id, edge.caller(), Permission.RESOURCE_READ, wiring.store())


def _view(job: Job) -> JobView:
    return JobView.of(following.follow(job, wiring.ports()))

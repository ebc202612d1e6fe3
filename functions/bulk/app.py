"""Doorways of bulk jobs: act on many tasks, and see, follow and cancel any bulk job."""

from typing import Annotated

from pydantic import Field, model_validator

from gloss import edge, wiring
from gloss.domain.bulk import (
    OVER,
    ActOnTasks,
    Batch,
    BulkJob,
    Failure,
    Headway,
    JobStatus,
    Operation,
    Progress,
    Repeatable,
)
from gloss.domain.model import JobId, ProjectId, StageId, TaskId, Timestamp, Value
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import bulking, commissioning
from gloss.services.locating import Outlook
from gloss.services.receiving import Uploaded

app = edge.app("bulk")


class BulkAction(Value):
    """One action on the listed tasks, or on all that stand in a stage now."""

    apply: Repeatable
    task_ids: Annotated[tuple[TaskId, ...], Field(min_length=1, max_length=100_000)] | None = None
    stage: StageId | None = None

    @model_validator(mode="after")
    def _names_tasks_once(self) -> "BulkAction":
        if (self.task_ids is None) == (self.stage is None):
            raise ValueError("name the tasks either by task_ids or by stage")
        return self


class JobView(Value):
    """A bulk job and its counts; `share` of the work that is done and `time_left_s` of one that saves long labels."""

    id: JobId
    operation: Operation
    status: JobStatus
    units: int | None
    progress: Progress
    share: float | None
    time_left_s: int | None
    created_at: Timestamp
    finished_at: Timestamp | None

    @classmethod
    def of(cls, job: BulkJob, progress: Progress, headway: Headway | None) -> "JobView":
        shared = {name: value for name, value in dict(job).items() if name in cls.model_fields}
        going = headway if headway and job.status not in OVER else None
        told = {"share": going and going.share, "time_left_s": going and going.time_left_s}
        return cls(**shared, **told, progress=progress)


@app.post("/v1/projects/<project_id>/bulk-jobs")
def act_on_many(project_id: str, body: BulkAction) -> JobView:
    operation = ActOnTasks(project_id=ProjectId(project_id), apply=body.apply, stage=body.stage)
    return _view(bulking.start(operation, body.task_ids, edge.caller(), wiring.ports()))


@app.post("/v1/projects/<project_id>/label-rows/<row_id>/jobs")
def save_long_labels(project_id: ProjectId, row_id: str, body: Uploaded) -> JobView:
    ports, caller = wiring.ports(), edge.caller()
    return _view(commissioning.start(row_id, body, caller, Outlook.of(project_id, caller, ports), ports))


@app.get("/v1/bulk-jobs/<job_id>")
def get_job(job_id: str) -> JobView:
    return _view(_job(job_id))


@app.post("/v1/bulk-jobs/<job_id>/cancel")
def cancel_job(job_id: str) -> JobView:
    return _view(bulking.cancel(_job(job_id), wiring.ports()))


@app.post("/v1/bulk-jobs/<job_id>/resume")
def resume_job(job_id: str) -> JobView:
    return _view(bulking.resume(_job(job_id), wiring.ports()))


@app.get("/v1/bulk-jobs/<job_id>/failed-items")
def list_failed_items(job_id: str, limit: Limit = 100, token: Token = None) -> Listing[Failure]:
    page = bulking.batches(_job(job_id), Query(limit=limit, after=token), wiring.store())
    return Listing(entries=_failures(page.entries), next_token=page.next_token)


def _job(job_id: str) -> BulkJob:
    return bulking.visible(JobId(job_id), edge.caller(), wiring.store())


def _view(job: BulkJob) -> JobView:
    store = wiring.store()
    return JobView.of(job, bulking.progress(job, store), bulking.headway(job, store))


def _failures(batches: tuple[Batch, ...]) -> list[Failure]:
    return [failure for batch in batches for failure in batch.failed]


handler = edge.handler(app)

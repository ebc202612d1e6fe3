"""Registration jobs on the SDK's wire."""

from collections.abc import Iterable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from gloss.domain.job import Job, JobStatus, Outcome, Progress
from gloss.domain.model import IntegrationId
from gloss.sdk.asking import Asking
from gloss.sdk.wire import Wire

MOST_ERRORS_TOLD = 100


class JobPayload(Wire):
    """What to register: the client's own JSON as it stands, or the SDK's typed items."""

    external_files: dict[str, Any] | None = None
    data_items: dict[str, Any] | None = None
    integration_hash: IntegrationId | None = None
    ignore_errors: bool = False
    file_name: str | None = None


class Polling(Asking):
    """How long the client would wait."""

    timeout_seconds: float = 60


class NamedItem(Wire):
    """An item of a job."""

    item_uuid: str
    name: str


class UnitError(Wire):
    """A unit that failed."""

    object_urls: tuple[str, ...]
    error: str
    subtask_uuid: str
    action_description: str

    @classmethod
    def of(cls, job: Job, outcome: Outcome) -> "UnitError":
        return cls(
            object_urls=outcome.urls,
            error=outcome.error or "",
            subtask_uuid=str(uuid5(NAMESPACE_URL, f"{job.id}/{outcome.row}")),
            action_description=outcome.action or "",
        )


class JobDto(Wire):
    """A job as the SDK polls it; items and errors come when it is over."""

    status: JobStatus
    items_with_names: tuple[NamedItem, ...]
    errors: tuple[str, ...]
    units_pending_count: int
    units_done_count: int
    units_error_count: int
    units_cancelled_count: int
    unit_errors: tuple[UnitError, ...]
    file_name: str | None

    @classmethod
    def of(cls, job: Job, how: Progress, outcomes: Iterable[Outcome]) -> "JobDto":
        """A job with what became of its units."""
        items, failed = list[NamedItem](), list[Outcome]()
        for each in outcomes:
            if each.status == "error":
                failed.append(each)
            elif each.item_id is not None:
                items.append(NamedItem(item_uuid=each.item_id, name=each.name or ""))
        return cls(
            status=job.status,
            items_with_names=tuple(items),
            errors=tuple(errors_of(job, failed)),
            units_pending_count=how.pending,
            units_done_count=how.done,
            units_error_count=how.error,
            units_cancelled_count=how.cancelled,
            unit_errors=tuple(UnitError.of(job, each) for each in failed),
            file_name=job.file_name,
        )


def errors_of(job: Job, failed: Iterable[Outcome]) -> list[str]:
    """Why a job failed, in words: the client shows nothing else of it."""
    if job.status is not JobStatus.ERROR:
        return []
    units = [f"{each.path}: {each.error}" for each in failed]
    return [*([job.reason] if job.reason else []), *units[:MOST_ERRORS_TOLD]]

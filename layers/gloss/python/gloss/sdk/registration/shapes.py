"""Registration jobs on the SDK's wire."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pydantic import Field
from pydantic_core import to_json

from gloss.domain.job import Job, JobStatus, Outcome, Progress
from gloss.domain.model import IntegrationId
from gloss.sdk.asking import Asking
from gloss.sdk.wire import Wire

MOST_ERRORS_TOLD = 100

Outcomes = Callable[[], Iterable[Outcome]]
"""What became of a job's units, as often as it is asked for."""


class JobPayload(Wire):
    """What to register: the client's own JSON as it stands, or the SDK's typed items."""

    external_files: dict[str, Any] | None = None
    data_items: dict[str, Any] | None = None
    integration_hash: IntegrationId | None = None
    ignore_errors: bool = False
    file_name: str | None = None


class Polling(Asking):
    """How long the client would wait."""

    timeout_seconds: float = Field(default=60, ge=0)


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


def told(job: Job, how: Progress, outcomes: Outcomes) -> Iterator[bytes]:
    """A job as the SDK polls it, piece by piece, since it may have 500 000 items; they come when it is over."""
    failures = outcomes if how.error else tuple
    head = {
        "status": job.status.value,
        "errors": errors_of(job, failed(failures())),
        "unitsPendingCount": how.pending,
        "unitsDoneCount": how.done,
        "unitsErrorCount": how.error,
        "unitsCancelledCount": how.cancelled,
        "fileName": job.file_name,
    }
    yield to_json(head)[:-1] + b',"itemsWithNames":['
    yield from _listed({"itemUuid": it.item_id, "name": it.name or ""} for it in outcomes() if _is_item(it))
    yield b'],"unitErrors":['
    yield from _listed(UnitError.of(job, it).model_dump(by_alias=True) for it in failed(failures()))
    yield b"]}"


def failed(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Those that came to nothing."""
    return (each for each in outcomes if each.status == "error")


def _is_item(outcome: Outcome) -> bool:
    return outcome.status != "error" and outcome.item_id is not None


def _listed(entries: Iterable[Any]) -> Iterator[bytes]:
    comma = b""
    for entry in entries:
        yield comma + to_json(entry)
        comma = b","


def errors_of(job: Job, failures: Iterable[Outcome]) -> list[str]:
    """Why a job failed, in words: the client shows nothing else of it."""
    if job.status is not JobStatus.ERROR:
        return []
    units = [f"{each.path}: {each.error}" for each in islice(failures, MOST_ERRORS_TOLD)]
    return [*([job.reason] if job.reason else []), *units]

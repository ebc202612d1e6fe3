"""What the public SDK asks about time at work."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from pydantic import Field

from gloss.domain.access import Caller, Permission, allow_resource
from gloss.domain.model import DataId, DatasetId, ProjectId
from gloss.domain.project import Project
from gloss.ports import Ports, Store
from gloss.sdk.asking import Asking, Moment
from gloss.sdk.naming import stage_uuid
from gloss.sdk.people import PROJECT_ROLES, emails_of, users_of
from gloss.sdk.projects.shapes import STAGE_TYPES, stage_dto
from gloss.sdk.wire import Results
from gloss.services import authorising, fetching, summing, timekeeping
from gloss.services.queueing import Turn
from gloss.services.situating import project_of
from gloss.services.summing import GroupBy
from gloss.services.timekeeping import Period, TimeFilter

#: No time lies further ahead, and every month up to there is asked for.
AHEAD: Final = timedelta(days=1)
WORDS: Final[dict[str, GroupBy]] = {"dataUnit": "data_unit", "project": "project"}


class Spanning(Asking):
    """A span of time and a page; times without a zone are UTC, and a span without an end reaches up to now."""

    after: Moment
    before: Moment | None = None
    page_token: str | None = Field(default=None, max_length=2048)


class TimeAsking(Spanning):
    """Which time is wanted."""

    project_uuid: str
    workflow_stage_uuids: tuple[str, ...] = ()
    user_emails: tuple[str, ...] = ()
    dataset_uuids: tuple[str, ...] = ()
    data_uuids: tuple[str, ...] = ()
    data_title: str | None = Field(default=None, max_length=256)


class TimersAsking(Spanning):
    """Whose time is wanted, summed by what."""

    project_hash: str
    group_by: Literal["dataUnit", "project"] = "dataUnit"
    page_size: int = Field(default=100, ge=1, le=1000)


def spent(asked: TimeAsking, caller: Caller, ports: Ports) -> Results[dict[str, Any]]:
    """A page of the time at each task by day; of everybody for who manages the project, else the caller's own."""
    known, project = _within(asked.project_uuid, caller, ports.store)
    wanted = _filter(project, asked, ports).only(known)
    page = timekeeping.periods(project, wanted, Turn(token=asked.page_token), ports.store)
    return Results(results=_told(project, page.entries, ports.store), next_page_token=page.next_token)


def timers(asked: TimersAsking, caller: Caller, ports: Ports) -> Results[dict[str, Any]]:
    """A page of the time by person, or by person and data unit; whose, as `spent` has it."""
    known, project = _within(asked.project_hash, caller, ports.store)
    after, before = _span(asked, ports)
    wanted, turn = (
        TimeFilter(after=after, before=before).only(known),
        Turn(limit=asked.page_size, token=asked.page_token),
    )
    page = summing.timers(project, wanted, WORDS[asked.group_by], turn, ports.store)
    emails = emails_of((timer.user_id for timer in page.entries), ports.store)
    told = [
        {
            "userEmail": emails.get(timer.user_id, ""),
            "userRole": PROJECT_ROLES[timer.role],
            "dataTitle": timer.data_title,
            "timeSeconds": timer.milliseconds / 1000,
        }
        for timer in page.entries
    ]
    return Results(results=told, next_page_token=page.next_token)


def _within(project_id: str, caller: Caller, store: Store) -> tuple[Caller, Project]:
    role = authorising.role_on(caller, f"project:{project_id}", store)
    allow_resource(role, Permission.PROJECT_READ)
    return caller.model_copy(update={"role": role}), project_of(ProjectId(project_id), store)


def _span(asked: Spanning, ports: Ports) -> tuple[datetime, datetime]:
    now = ports.clock.now()
    return asked.after, min(asked.before or now + AHEAD, now + AHEAD)


def _filter(project: Project, asked: TimeAsking, ports: Ports) -> TimeFilter:
    after, before = _span(asked, ports)
    stages = {stage_uuid(project.id, stage.id): stage.id for stage in project.workflow.stages}
    named = frozenset(stages[it.lower()] for it in asked.workflow_stage_uuids if it.lower() in stages)
    people = frozenset(users_of(asked.user_emails, project.org_id, ports.store).values())
    return TimeFilter(
        after=after,
        before=before,
        stages=named if asked.workflow_stage_uuids else None,
        users=people if asked.user_emails else None,
        datasets=frozenset(DatasetId(it.lower()) for it in asked.dataset_uuids) or None,
        data_ids=frozenset(DataId(it.lower()) for it in asked.data_uuids) or None,
        title=asked.data_title or "",
    )


def _told(project: Project, periods: Sequence[Period], store: Store) -> list[dict[str, Any]]:
    emails = emails_of((period.time.user_id for period in periods), store)
    titles = fetching.dataset_titles([period.time.place.dataset_id for period in periods], store)
    stages = {stage.id: stage_dto(project.id, stage) for stage in project.workflow.stages if stage.kind in STAGE_TYPES}
    return [
        {
            **_where(period),
            "userEmail": emails.get(period.time.user_id, ""),
            "datasetTitle": titles.get(period.time.place.dataset_id, ""),
            "workflowStage": stages.get(period.time.place.stage),
        }
        for period in periods
    ]


def _where(period: Period) -> dict[str, Any]:
    place = period.time.place
    return {
        "periodStartTime": period.start.isoformat(),
        "periodEndTime": period.end.isoformat(),
        "timeSpentSeconds": round(period.milliseconds / 1000),
        "projectUserRole": PROJECT_ROLES[place.role],
        "dataUuid": place.data_id,
        "dataTitle": place.data_title,
        "datasetUuid": place.dataset_id,
        "workflowTaskUuid": place.task_id,
    }

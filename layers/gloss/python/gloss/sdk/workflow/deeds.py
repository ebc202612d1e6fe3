"""What the public SDK asks about what was done in a project."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Annotated, Any, Final

from pydantic import Field

from gloss.domain.access import Caller, Permission
from gloss.domain.errors import Invalid
from gloss.domain.model import DataId, ProjectId, UserId
from gloss.domain.project import Project
from gloss.domain.workflow.task import Step
from gloss.ports import Ports
from gloss.sdk.asking import Asking, Moment
from gloss.sdk.naming import stage_uuid
from gloss.sdk.operations import Asked, Payload
from gloss.sdk.people import emails_of, users_of
from gloss.sdk.wire import Results
from gloss.services import authorising, remembering
from gloss.services.queueing import Turn
from gloss.services.remembering import DeedFilter
from gloss.services.situating import project_of

#: The SDK knows no word for an agent's step.
WORDS: Final[Mapping[str, str]] = {
    "assign": "assign",
    "claim": "assign",
    "release": "release",
    "skip": "skip",
    "submit": "submit",
    "approve": "approve",
    "reject": "reject",
    "move": "move",
}
#: The older log numbers what was done; of its actions Gloss records those on whole tasks.
NUMBERS: Final[Mapping[str, int]] = {"submit": 11, "approve": 33, "reject": 34}
LOGGED_AT_MOST: Final = 10_000
#: Every month of a span is asked for, so that none is asked for that has not come.
AHEAD: Final = timedelta(days=1)
Seconds = Annotated[int, Field(ge=0, lt=2**36)]


class ActionsAsking(Asking):
    """Which actions are wanted; times without a zone are UTC."""

    project_uuid: str
    after: Moment
    before: Moment
    actor_emails: tuple[str, ...] = ()
    event_types: tuple[str, ...] = ()
    workflow_stage_uuids: tuple[str, ...] = ()
    data_unit_uuids: tuple[str, ...] = ()
    page_token: str | None = Field(default=None, max_length=2048)


def actions(asked: ActionsAsking, caller: Caller, ports: Ports) -> Results[dict[str, Any]]:
    """A page of what was done to the tasks of a project; for its managers."""
    authorising.require(caller, f"project:{asked.project_uuid}", Permission.PROJECT_MANAGE, ports.store)
    project = project_of(ProjectId(asked.project_uuid), ports.store)
    page = remembering.steps(project, _filter(project, asked, ports), Turn(token=asked.page_token), ports)
    emails = emails_of((step.actor for step in page.entries), ports.store)
    return Results(results=[_action(project, step, emails) for step in page.entries], next_page_token=page.next_token)


def log(asked: Asked, ports: Ports) -> list[dict[str, Any]]:
    """The older log: what was submitted, approved and rejected; raises Invalid when one answer does not hold it."""
    wanted = LogPayload.model_validate(asked.values.payload or {})
    project = project_of(ProjectId(asked.resource_id), ports.store)
    found = remembering.every(project, _logged(wanted, project, ports), ports.store)
    steps = list(islice(found, LOGGED_AT_MOST + 1))
    if len(steps) > LOGGED_AT_MOST:
        raise Invalid(f"The log of this span has more than {LOGGED_AT_MOST} entries; ask for less time at once.")
    emails = emails_of((step.actor for step in steps), ports.store)
    return [_entry(step, emails) for step in steps]


class LogPayload(Payload):
    """Which entries of the older log are wanted; times in seconds."""

    user_hash: str | None = None
    data_hash: str | None = None
    start_timestamp: Seconds | None = None
    end_timestamp: Seconds | None = None
    user_email: str | None = None


def _logged(wanted: LogPayload, project: Project, ports: Ports) -> DeedFilter:
    people = {UserId(wanted.user_hash)} if wanted.user_hash else None
    if wanted.user_email:
        people = set(users_of([wanted.user_email], project.org_id, ports.store).values())
    return DeedFilter(
        after=_moment(wanted.start_timestamp, project.created_at),
        before=_by_tomorrow(_moment(wanted.end_timestamp, ports.clock.now()), ports),
        actions=frozenset(NUMBERS),
        actors=None if people is None else frozenset(people),
        data_ids=frozenset({DataId(wanted.data_hash)}) if wanted.data_hash else None,
    )


def _moment(seconds: int | None, otherwise: datetime) -> datetime:
    return otherwise if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _by_tomorrow(moment: datetime, ports: Ports) -> datetime:
    return min(moment, ports.clock.now() + AHEAD)


def _filter(project: Project, asked: ActionsAsking, ports: Ports) -> DeedFilter:
    people = frozenset(users_of(asked.actor_emails, project.org_id, ports.store).values())
    stages = {stage_uuid(project.id, stage.id): stage.id for stage in project.workflow.stages}
    named = frozenset(stages[it.lower()] for it in asked.workflow_stage_uuids if it.lower() in stages)
    kinds = asked.event_types or tuple(WORDS.values())
    return DeedFilter(
        after=asked.after,
        before=_by_tomorrow(asked.before, ports),
        actions=frozenset(own for own, word in WORDS.items() if word in kinds),
        actors=people if asked.actor_emails else None,
        stages=named if asked.workflow_stage_uuids else None,
        data_ids=frozenset(DataId(it.lower()) for it in asked.data_unit_uuids) if asked.data_unit_uuids else None,
    )


def _action(project: Project, step: Step, emails: Mapping[str, str]) -> dict[str, Any]:
    return {
        "timestamp": step.at.isoformat(),
        "actionType": WORDS[step.action],
        "projectUuid": project.id,
        "workflowStageUuid": stage_uuid(project.id, step.stage),
        "taskUuid": step.subtask_id or step.task_id,
        "dataUnitUuid": step.data_id,
        "actorEmail": emails.get(step.actor, ""),
    }


def _entry(step: Step, emails: Mapping[str, str]) -> dict[str, Any]:
    unknown = dict.fromkeys(("identifier", "feature_hash", "label_name", "time_taken", "frame"))
    return unknown | {
        "log_hash": step.id,
        "user_hash": step.actor,
        "user_email": emails.get(step.actor, ""),
        "data_hash": step.data_id,
        "action": NUMBERS[step.action],
        "created_at": step.at.strftime("%Y-%m-%d %H:%M:%S"),
    }

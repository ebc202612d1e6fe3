"""Heralding work: agents are told by webhook that tasks wait in their stage, again and again until it is empty.

A schedule makes the rounds, only while somebody listens and work waits. It is set before anything relies on it. A round
that finds nothing to do takes it off and looks once more a minute later, since a task may have come in between.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from gloss.domain.errors import NotFound, Repeated
from gloss.domain.events import AgentStageWorkAvailable, Event
from gloss.domain.happened import OfTask
from gloss.domain.model import ProjectId, StageId
from gloss.domain.project import Project
from gloss.domain.webhooks import Endpoint, listens
from gloss.domain.workflow import rounds
from gloss.domain.workflow.graph import AgentStage
from gloss.domain.workflow.rounds import Round
from gloss.domain.workflow.stage_ids import stage_uuid
from gloss.kinds.relay import ENDPOINTS, endpoints_of
from gloss.ports import Store
from gloss.postal import Alarms, Mailroom
from gloss.services import queueing
from gloss.services.delivering import SYSTEM
from gloss.services.situating import project_of

LOOK_AGAIN_S: Final = 60
WORK_AVAILABLE: Final = "agent_stage.work_available"


def watch(events: Sequence[Event], store: Store, alarms: Callable[[], Alarms]) -> None:
    """Begin the rounds of agent stages into which tasks came, where somebody listens; a project is looked up once."""
    came: dict[ProjectId, set[StageId]] = {}
    for event in events:
        if isinstance(event, OfTask) and (event.kind == "task.created" or event.stage != event.to_stage):
            came.setdefault(event.project_id, set()).add(event.to_stage)
    for project_id, stages in came.items():
        endpoints = list(store.every(ENDPOINTS, endpoints_of(project_id)))
        if any(listens(endpoint, WORK_AVAILABLE) for endpoint in endpoints):
            _begin_each(project_id, stages, endpoints, store, alarms())


def _begin_each(
    project_id: ProjectId, stages: set[StageId], endpoints: Sequence[Endpoint], store: Store, alarms: Alarms
) -> None:
    with suppress(NotFound):
        for stage in agent_stages(project_of(project_id, store)):
            if stage.id in stages and _is_heard(stage.id, endpoints):
                begin(project_id, stage.id, alarms)


def begin(project_id: ProjectId, stage: StageId, alarms: Alarms) -> None:
    """Make rounds of a stage from now on; beginning again changes nothing."""
    call = Round(project_id=project_id, stage=stage).model_dump(exclude={"at"})
    alarms.repeat(rounds.schedule_of(project_id, stage), call)


def listen(endpoint: Endpoint, store: Store, alarms: Alarms) -> None:
    """Begin the rounds that an endpoint asks for; where no work waits, the first of them is the last."""
    if listens(endpoint, WORK_AVAILABLE):
        for stage in agent_stages(project_of(endpoint.project_id, store)):
            if _is_heard(stage.id, [endpoint]):
                begin(endpoint.project_id, stage.id, alarms)


def make_round(call: Round, room: Mailroom) -> str:
    """Tell those who listen of the work that waits, or end the rounds."""
    stage, project = _stage(call, room.store)
    if stage is None or project is None:
        return _end(call, room)
    waiting = queueing.waiting(project.id, stage, room.store)
    if waiting.tasks == 0:
        return _end(call, room)
    if call.at is None:
        begin(project.id, stage.id, room.alarms)
        return "begun again"
    reason = rounds.reason_to_tell(waiting, stage, room.clock.now())
    if reason is None:
        return "waiting"
    now = room.clock.now()
    event = AgentStageWorkAvailable(
        id=rounds.telling_id(call, now),
        at=now,
        actor=SYSTEM,
        org_id=project.org_id,
        project_id=project.id,
        stage=stage.id,
        stage_uuid=stage_uuid(project.id, stage.id),
        pending_count=waiting.tasks,
        reason=reason,
    )
    with suppress(Repeated):
        room.store.commit([], [event])
    return reason


def _stage(call: Round, store: Store) -> tuple[AgentStage | None, Project | None]:
    """The stage and its project, while somebody listens to it."""
    if not _is_heard(call.stage, list(store.every(ENDPOINTS, endpoints_of(call.project_id)))):
        return None, None
    try:
        project = project_of(call.project_id, store)
    except NotFound:
        return None, None
    return next((it for it in agent_stages(project) if it.id == call.stage), None), project


def _end(call: Round, room: Mailroom) -> str:
    """The message comes before the schedule goes: whoever dies in between leaves rounds that end next time."""
    if call.at is not None:
        room.queue.send(Round(project_id=call.project_id, stage=call.stage).model_dump(), delay_s=LOOK_AGAIN_S)
        room.alarms.silence(rounds.schedule_of(call.project_id, call.stage))
    return "ended"


def agent_stages(project: Project) -> list[AgentStage]:
    """The agent stages of a project's workflow."""
    return [stage for stage in project.workflow.stages if isinstance(stage, AgentStage)]


def _is_heard(stage: StageId, endpoints: Sequence[Endpoint]) -> bool:
    return any(listens(it, WORK_AVAILABLE) and stage in (it.stage_ids or (stage,)) for it in endpoints)

"""Rounds: every five minutes a look at an agent stage where work waits, and when it is time to say so."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID, uuid5

from gloss.domain.model import ProjectId, StageId, Timestamp, Value
from gloss.domain.workflow.graph import AgentStage

Reason = Literal["batch_size_reached", "max_wait_elapsed"]

EVERY_S: Final = 300
_ROUNDS: Final = UUID("f3f0a0d3-5a0b-5b7e-9f0f-3c2a4f1b8e66")


class Round(Value):
    """Time to look at a stage: `at` is when the schedule says so; None for the last look after the schedule is gone."""

    project_id: ProjectId
    stage: StageId
    at: str | None = None


class Waiting(Value):
    """How many tasks wait in a stage, and since when the one that nobody touched for longest."""

    tasks: int = 0
    since: Timestamp | None = None


def reason_to_tell(waiting: Waiting, stage: AgentStage, now: datetime) -> Reason | None:
    """Why an agent is told of work: a batch is there, or some of it has waited long enough; None: not yet."""
    if waiting.since is None:
        return None
    if waiting.tasks >= stage.batch_size:
        return "batch_size_reached"
    return "max_wait_elapsed" if (now - waiting.since).total_seconds() >= stage.max_wait_s else None


def schedule_of(project_id: ProjectId, stage: StageId) -> str:
    """The name of the schedule of a stage's rounds."""
    return f"rounds-{uuid5(_ROUNDS, f'{project_id}/{stage}')}"


def telling_id(call: Round, now: datetime) -> str:
    """The id of the event of one round, the same however often the round is called within its five minutes."""
    return str(uuid5(_ROUNDS, f"{call.project_id}/{call.stage}/{call.at}/{int(now.timestamp()) // EVERY_S}"))

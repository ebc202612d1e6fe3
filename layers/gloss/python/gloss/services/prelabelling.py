"""Agent stages: handing code the tasks that wait for it, by priority, and sending each on along a pathway."""

from typing import Annotated

from pydantic import Field

from gloss.domain.access import Caller
from gloss.domain.errors import IllegalAction, NotFound
from gloss.domain.media import MediaKind
from gloss.domain.model import DataId, ItemId, StageId, TaskId, Value
from gloss.domain.workflow.actions import Proceed
from gloss.domain.workflow.graph import AgentStage
from gloss.domain.workflow.task import Task, TaskStatus
from gloss.ports import Page, Ports
from gloss.services import advancing, queueing
from gloss.services.claiming import StagePath
from gloss.services.queueing import TaskFilter, Turn
from gloss.services.situating import TaskPath, project_of, situation


class AgentTask(Value):
    """A task as an agent needs it."""

    id: TaskId
    version: int
    data_id: DataId
    item_id: ItemId
    title: str
    media_kind: MediaKind
    stage: StageId
    status: TaskStatus
    priority: float
    row_version: int

    @classmethod
    def of(cls, task: Task) -> "AgentTask":
        return cls.model_validate(task.model_dump(include=set(cls.model_fields)))


class Proceeding(Value):
    """The pathway to take, by name or id; none: the stage's default, or its only one."""

    pathway: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    version: Annotated[int, Field(ge=1)] | None = None


def waiting(path: StagePath, turn: Turn, caller: Caller, ports: Ports) -> Page[AgentTask]:
    """A page of the tasks in an agent stage, by priority; raises NotFound when it is no agent stage."""
    _agent_stage(path, ports)
    page = queueing.tasks(path.project_id, TaskFilter(stage=path.stage_id), turn, caller, ports)
    return Page(tuple(AgentTask.of(task) for task in page.entries), page.next_token)


def proceed(path: StagePath, task_id: TaskId, wanted: Proceeding, caller: Caller, ports: Ports) -> AgentTask:
    """Send one task along a pathway; raises IllegalAction when it has left the stage, Invalid without a pathway."""
    stage, at = _agent_stage(path, ports), TaskPath(project_id=path.project_id, task_id=task_id)
    met = situation(at, caller, ports)
    if met.task.stage != stage.id:
        raise IllegalAction(f"The task is in stage {met.stage.title} by now.")
    pathway = wanted.pathway or stage.way_out()
    wish = Proceed(pathway=pathway, version=wanted.version or met.task.version)
    return AgentTask.of(advancing.act(at, wish, caller, ports))


def _agent_stage(path: StagePath, ports: Ports) -> AgentStage:
    stage = project_of(path.project_id, ports.store).workflow.stage(path.stage_id)
    if not isinstance(stage, AgentStage):
        raise NotFound(f"Stage {stage.title} is no agent stage.")
    return stage

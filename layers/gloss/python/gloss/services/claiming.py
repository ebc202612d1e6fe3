"""Claiming: handing out the highest-priority task that somebody may take, for a while, and to nobody else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Annotated

from pydantic import Field

from gloss.domain.access import Caller
from gloss.domain.errors import Repeated, Stale
from gloss.domain.model import ProjectId, StageId, TaskId, UserId, Value
from gloss.domain.project import Project
from gloss.domain.workflow import consensus, queue, roles, rules
from gloss.domain.workflow.actions import Claim
from gloss.domain.workflow.graph import Stage, StageKind
from gloss.domain.workflow.roles import Worker
from gloss.domain.workflow.rules import Occasion
from gloss.domain.workflow.task import Task
from gloss.kinds.workflow import STEPS, TASKS, task_key
from gloss.ports import Ports, Query, Save, Store
from gloss.services.queueing import begun_tasks, free_tasks
from gloss.services.situating import demand_open, project_of, worker_of

HEAD = 100
LOOKED_AT = 2_000
LOOKED_AT_BESIDE = 500
OWN_AT_ONCE = 25
LAPSED_AT_ONCE = 25
CHECKED_AT_ONCE = 5
DEFAULT_LEASE_S = 3_600
LONGEST_LEASE_S = 7 * 86_400


class StagePath(Value):
    """Which stage of which project."""

    project_id: ProjectId
    stage_id: StageId


class Claiming(Value):
    """For how long a claimed task is held unless it is finished or released before."""

    lease_seconds: Annotated[int, Field(ge=1, le=LONGEST_LEASE_S)] = DEFAULT_LEASE_S


@dataclass(frozen=True)
class Claimant:
    """Somebody who asks for work in a stage at a moment."""

    project: Project
    stage: Stage
    worker: Worker
    now: datetime

    def may_have(self, task: Task) -> bool:
        """Whether the task, as it is stored, is here and free for this person."""
        if task.stage != self.stage.id:
            return False
        if self.stage.kind is StageKind.CONSENSUS_ANNOTATE:
            return self.subtask_of(task) is not None
        return roles.may_claim(self.worker, task.at(self.now), self.stage)

    def subtask_of(self, task: Task) -> TaskId | None:
        """The subtask that this person may have, of a task under consensus."""
        return roles.claimable(self.worker, task.at(self.now), self.stage)


def claim(path: StagePath, wanted: Claiming, caller: Caller, ports: Ports) -> Task | None:
    """The task that the caller now holds, or None when none is left for them; raises Forbidden, Conflict."""
    project, worker = project_of(path.project_id, ports.store), worker_of(caller)
    claimant = Claimant(project, project.workflow.stage(path.stage_id), worker, ports.clock.now())
    roles.demand_staff(worker, claimant.stage)
    demand_open(project, worker)
    until = claimant.now + timedelta(seconds=wanted.lease_seconds)
    for task in _candidates(claimant, ports):
        held = _take(task, Claim(assignee=UserId(worker.user_id), lease_until=until), claimant, ports)
        if held is not None:
            return held
    return None


def _candidates(claimant: Claimant, ports: Ports) -> Iterator[Task]:
    """Free tasks and one's own, by priority, shuffled within one; each was read from the table itself just now."""
    waiting = islice(_waiting(claimant, ports.store), LOOKED_AT)
    beside = [*_own(claimant, ports.store), *_lapsed(claimant, ports.store)]
    while head := [*islice(waiting, HEAD), *beside]:
        beside = []
        ordered = queue.drawn(filter(claimant.may_have, head), ports.ids.new())
        for start in range(0, len(ordered), CHECKED_AT_ONCE):
            yield from filter(claimant.may_have, _read(ordered[start : start + CHECKED_AT_ONCE], ports.store))


def _waiting(claimant: Claimant, store: Store) -> Iterator[Task]:
    """Free tasks in queue order; of a consensus then those that others have begun, however many there are."""
    path = (claimant.project.id, claimant.stage.id)
    yield from free_tasks(*path, HEAD, store)
    if claimant.stage.kind is StageKind.CONSENSUS_ANNOTATE:
        yield from begun_tasks(*path, HEAD, store)


def _own(claimant: Claimant, store: Store) -> list[Task]:
    """What was assigned or returned to the claimant, or of a consensus was begun by others, the most urgent first."""
    if claimant.stage.kind is StageKind.CONSENSUS_ANNOTATE:
        begun = begun_tasks(claimant.project.id, claimant.stage.id, HEAD, store)
        return list(islice(filter(claimant.may_have, islice(begun, LOOKED_AT_BESIDE)), OWN_AT_ONCE))
    partition = queue.assigned(claimant.project.id, claimant.worker.user_id)
    return list(store.page(TASKS, partition, Query(index="by_owner", limit=OWN_AT_ONCE)).entries)


def _lapsed(claimant: Claimant, store: Store) -> list[Task]:
    """The claimed tasks whose leases lapsed first; they lie in front of their partition."""
    partition = queue.leased(claimant.project.id, claimant.stage.id)
    first = store.page(TASKS, partition, Query(index="by_state", limit=LAPSED_AT_ONCE)).entries
    return [task for task in first if queue.is_free(task.at(claimant.now))]


def _read(tasks: Sequence[Task], store: Store) -> list[Task]:
    """The index may lag behind; what the table says costs a read, and spares a write that would be lost."""
    return store.get_many(TASKS, [task_key(task.id) for task in tasks])


def _take(task: Task, wish: Claim, claimant: Claimant, ports: Ports) -> Task | None:
    subtask_id = claimant.subtask_of(task) if task.subtasks else None
    occasion = Occasion(actor=claimant.worker.user_id, at=claimant.now, event_id=ports.ids.new(), subtask_id=subtask_id)
    moved = rules.act(task, wish, claimant.project.workflow, occasion)
    try:
        ports.store.commit([Save(TASKS, moved.task), Save(STEPS, moved.history)], moved.events)
    except Repeated:
        raise
    except Stale:
        return None
    return consensus.shown(moved.task, subtask_id) if subtask_id else moved.task

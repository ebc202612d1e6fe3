"""Conditional writes for each claimed task when fifty workers ask at once and the index lags; counted, not timed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

from bench.measuring import Comparison
from gloss.adapters.memory import memory_ports
from gloss.domain.access import Caller, Role
from gloss.domain.errors import Conflict, Stale
from gloss.domain.model import ProjectId, StageId, UserId
from gloss.domain.workflow import rules
from gloss.domain.workflow.actions import Claim
from gloss.domain.workflow.rules import Occasion
from gloss.domain.workflow.task import Task
from gloss.kinds.workflow import STEPS, TASKS
from gloss.ports import Ports, Save
from gloss.services import claiming
from gloss.services.claiming import Claiming, StagePath
from gloss.services.queueing import free_tasks
from gloss.services.situating import project_of
from tests.builders_workflow import a_caller, a_running_project, a_task
from tests.interleaving import LaggingStore, TurnTaking

HERE = StagePath(project_id=ProjectId("project"), stage_id=StageId("annotate"))
WORKERS, EACH, WAITING, LAG, SEEDS = 50, 3, 400, 250, 3
Claimer = Callable[[Caller, Ports], Task | None]


def comparisons() -> Iterator[Comparison]:
    """One interleaving a repeat, the same for both."""
    ours, theirs = iter(range(SEEDS)), iter(range(SEEDS))
    yield Comparison(
        f"conditional writes a claim, {WORKERS} workers",
        "writes",
        lambda: writes_a_claim(lambda caller, ports: claiming.claim(HERE, Claiming(), caller, ports), next(ours)),
        {"from the head on": lambda: writes_a_claim(from_the_head, next(theirs))},
        better="less",
        bar=1.5,
        repeats=SEEDS,
    )


def writes_a_claim(claim: Claimer, seed: int) -> float:
    """Fifty workers take three tasks each, in an order drawn from the seed."""
    turns = TurnTaking(seed)
    store = LaggingStore(turns, LAG)
    waiting = (a_task(data_id=f"d{number}") for number in range(WAITING))
    ports = a_running_project(*waiting, ports=replace(memory_ports(), store=store))
    handed: list[Task] = []

    def work(name: str) -> None:
        claimed = (claim(a_caller(Role.ANNOTATOR, name), ports) for _ in range(EACH))
        handed.extend(task for task in claimed if task is not None)

    store.started = True
    turns.run([partial(work, f"w{number}") for number in range(WORKERS)])
    return store.writes / len(handed)


def from_the_head(caller: Caller, ports: Ports) -> Task | None:
    """The plain way: try one task after the other as the index shows them."""
    workflow = project_of(HERE.project_id, ports.store).workflow
    wish = Claim(assignee=UserId(caller.user_id), lease_until=ports.clock.now() + timedelta(hours=1))
    for task in free_tasks(HERE.project_id, HERE.stage_id, 100, ports.store):
        occasion = Occasion(actor=UserId(caller.user_id), at=ports.clock.now(), event_id=ports.ids.new())
        try:
            moved = rules.act(task, wish, workflow, occasion)
            ports.store.commit([Save(TASKS, moved.task), Save(STEPS, moved.history)], moved.events)
        except (Stale, Conflict):
            continue
        return moved.task
    return None

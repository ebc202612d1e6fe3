"""Routers: which pathway a task takes, decided at once by a hash or by the last person who acted."""

import hashlib
from itertools import accumulate

from gloss.domain.model import StageId
from gloss.domain.workflow.graph import PercentageRouter, Router, SharedPathway, UserRouter, Workflow
from gloss.domain.workflow.task import Task


def settled(workflow: Workflow, stage_id: StageId, task: Task) -> StageId:
    """The stage where a task comes to rest that is sent to `stage_id`: every router on the way is followed."""
    stage = workflow.stage(stage_id)
    while isinstance(stage, PercentageRouter | UserRouter):
        stage = workflow.stage(routed(stage, task))
    return stage.id


def routed(router: Router, task: Task) -> StageId:
    """Where one router sends the task."""
    if isinstance(router, PercentageRouter):
        return _shared(router, draw(router, task))
    for pathway in router.pathways:
        if task.last_manual_actor in pathway.users:
            return pathway.to
    return router.exits()[router.default_pathway]


def draw(router: PercentageRouter, task: Task) -> float:
    """A number in [0, 1), fixed for router, epoch and task: the first 48 bits of sha256(router|epoch|task)."""
    digest = hashlib.sha256(f"{router.id}|{router.epoch}|{task.id}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _shared(router: PercentageRouter, drawn: float) -> StageId:
    """Where the pathway leads whose cumulative share covers the draw; a share of 0 never does."""
    taken = [pathway for pathway in router.pathways if pathway.percent > 0]
    limits = accumulate(pathway.percent / 100 for pathway in taken)
    chosen: SharedPathway = next((way for way, limit in zip(taken, limits, strict=True) if drawn < limit), taken[-1])
    return chosen.to

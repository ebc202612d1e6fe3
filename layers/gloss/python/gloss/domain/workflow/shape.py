"""What makes a workflow sound: every broken graph rule is told at once, each with its path."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from gloss.domain.errors import Fault, Invalid
from gloss.domain.model import StageId
from gloss.domain.workflow.graph import (
    MANUAL,
    ROUTERS,
    AgentStage,
    PercentageRouter,
    Placed,
    Staffed,
    Stage,
    StageKind,
    UserRouter,
    Workflow,
)

FOLLOWS_START = frozenset({StageKind.ANNOTATE, StageKind.AGENT})
PERCENT_TOLERANCE = 1e-6


def checked(workflow: Workflow) -> Workflow:
    """The same workflow; raises Invalid with every rule that it breaks."""
    found = faults(workflow)
    if found:
        raise Invalid("The workflow breaks rules of its graph.", found)
    return workflow


def faults(workflow: Workflow) -> list[Fault]:
    """All broken rules; those that need sound edges are only looked at when the edges are sound."""
    edges = list(chain(_counted(workflow), _unique(workflow), _edges(workflow), _settings(workflow)))
    return edges or list(chain(_connected(workflow), _endless_routers(workflow)))


def _counted(workflow: Workflow) -> Iterator[Fault]:
    counts = Counter(stage.kind for stage in workflow.stages)
    for kind in (StageKind.START, StageKind.COMPLETE):
        if counts[kind] != 1:
            yield Fault("stages", f"needs exactly one {kind.value} stage, has {counts[kind]}")
    if not counts[StageKind.ANNOTATE]:
        yield Fault("stages", "needs at least one annotate stage")


def _unique(workflow: Workflow) -> Iterator[Fault]:
    yield from _repeated("stages[{}].id", [stage.id for stage in workflow.stages])
    yield from _repeated("stages[{}].title", [stage.title for stage in workflow.stages])
    for place, stage in enumerate(workflow.stages):
        pathways = getattr(stage, "pathways", ())
        yield from _repeated(f"stages[{place}].pathways[{{}}].id", [pathway.id for pathway in pathways])
        yield from _repeated(f"stages[{place}].pathways[{{}}].name", [pathway.name for pathway in pathways])


def _repeated(path: str, values: Iterable[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, value in enumerate(values):
        if value in seen:
            yield Fault(path.format(place), f"{value!r} is used twice")
        seen.add(value)


def _edges(workflow: Workflow) -> Iterator[Fault]:
    kinds = {stage.id: stage.kind for stage in workflow.stages}
    for place, stage in enumerate(workflow.stages):
        for path, target in _drawn(stage):
            kind = kinds.get(target)
            if kind is None:
                yield Fault(f"stages[{place}].{path}", f"no stage has the id {target!r}")
            elif kind is StageKind.START:
                yield Fault(f"stages[{place}].{path}", "no edge may lead back to Start")
            elif stage.kind is StageKind.START and kind not in FOLLOWS_START:
                yield Fault(f"stages[{place}].{path}", f"a {kind.value} stage may not follow Start")


def _drawn(stage: Stage) -> Iterator[tuple[str, StageId]]:
    pathways = getattr(stage, "pathways", None)
    if pathways is None:
        yield from stage.exits().items()
    else:
        yield from ((f"pathways[{place}].to", pathway.to) for place, pathway in enumerate(pathways))


def _settings(workflow: Workflow) -> Iterator[Fault]:
    manual = {stage.id for stage in workflow.stages if stage.kind in MANUAL}
    for place, stage in enumerate(workflow.stages):
        for path, reason in _own(stage, manual):
            yield Fault(f"stages[{place}].{path}", reason)


def _own(stage: Placed, manual: set[StageId]) -> Iterator[tuple[str, str]]:
    if isinstance(stage, Staffed):
        for place, other in enumerate(stage.barred_by):
            if other not in manual:
                yield f"barred_by[{place}]", f"{other!r} is no annotate or review stage"
    if isinstance(stage, PercentageRouter):
        total = sum(pathway.percent for pathway in stage.pathways)
        if abs(total - 100) > PERCENT_TOLERANCE:
            yield "pathways", f"the percentages sum to {total:g}, not to 100"
    if isinstance(stage, UserRouter | AgentStage) and stage.default_pathway not in {None, *stage.exits()}:
        yield "default_pathway", f"{stage.default_pathway!r} is none of its pathways"


def _connected(workflow: Workflow) -> Iterator[Fault]:
    onward = {stage.id: set(stage.exits().values()) for stage in workflow.stages}
    backward = {stage: {other for other in onward if stage in onward[other]} for stage in onward}
    reached = _reach(onward, workflow.first(StageKind.START).id)
    ending = _reach(backward, workflow.first(StageKind.COMPLETE).id)
    for place, stage in enumerate(workflow.stages):
        if stage.id not in reached:
            yield Fault(f"stages[{place}]", "no way leads here from Start")
        if stage.id not in ending:
            yield Fault(f"stages[{place}]", "no way leads from here to Complete")


def _reach(edges: dict[StageId, set[StageId]], origin: StageId) -> set[StageId]:
    reached, waiting = {origin}, [origin]
    while waiting:
        fresh = edges[waiting.pop()] - reached
        reached |= fresh
        waiting.extend(fresh)
    return reached


def _endless_routers(workflow: Workflow) -> Iterator[Fault]:
    routers = {stage.id for stage in workflow.stages if stage.kind in ROUTERS}
    among = {stage.id: set(stage.exits().values()) & routers for stage in workflow.stages}
    for place, stage in enumerate(workflow.stages):
        if stage.id in routers and any(stage.id in _reach(among, onward) for onward in among[stage.id]):
            yield Fault(f"stages[{place}]", "routers lead in a circle, so a task would never come to rest")

"""What makes a workflow sound: every broken graph rule is told at once, each with its path."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from gloss.domain.errors import Fault, Invalid
from gloss.domain.model import StageId
from gloss.domain.workflow import blocks
from gloss.domain.workflow.graph import (
    LABELLING,
    MANUAL,
    ROUTERS,
    AgentStage,
    AnnotateStage,
    CompleteStage,
    PercentageRouter,
    ReviewStage,
    Stage,
    StageKind,
    StartStage,
    UserRouter,
    Workflow,
)

#: What a project gets that names no template.
STANDARD = Workflow(
    stages=(
        StartStage(id=StageId("start"), title="Start", to=StageId("annotate")),
        AnnotateStage(id=StageId("annotate"), title="Annotate", to=StageId("review")),
        ReviewStage(
            id=StageId("review"),
            title="Review",
            approved=StageId("complete"),
            rejected=StageId("annotate"),
            strict=False,
        ),
        CompleteStage(id=StageId("complete"), title="Complete"),
    )
)

#: What a benchmark project gets that names none: the scores stand for a review.
UNREVIEWED = Workflow(
    stages=(
        StartStage(id=StageId("start"), title="Start", to=StageId("annotate")),
        AnnotateStage(id=StageId("annotate"), title="Annotate", to=StageId("complete")),
        CompleteStage(id=StageId("complete"), title="Complete"),
    )
)

FOLLOWS_START = frozenset({StageKind.ANNOTATE, StageKind.CONSENSUS_ANNOTATE, StageKind.AGENT})
PERCENT_TOLERANCE = 1e-6


def checked(workflow: Workflow) -> Workflow:
    """The same workflow; raises Invalid with every rule that it breaks."""
    found = faults(workflow)
    if found:
        raise Invalid("The workflow breaks rules of its graph.", found)
    return workflow


def faults(workflow: Workflow) -> list[Fault]:
    """All broken rules; those that need sound edges are only looked at when the edges are sound."""
    alone = chain(_counted(workflow), _unique(workflow), _edges(workflow), _settings(workflow))
    edges = list(chain(alone, blocks.faults(workflow)))
    return edges or list(chain(_connected(workflow), _endless_routers(workflow)))


def _counted(workflow: Workflow) -> Iterator[Fault]:
    counts = Counter(stage.kind for stage in workflow.stages)
    for kind in (StageKind.START, StageKind.COMPLETE):
        if counts[kind] != 1:
            yield Fault("stages", f"needs exactly one {kind.value} stage, has {counts[kind]}")
    if not any(counts[kind] for kind in LABELLING):
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
            reason = _misleading(stage.kind, kinds.get(target), target)
            if reason:
                yield Fault(f"stages[{place}].{path}", reason)


def _misleading(origin: StageKind, target: StageKind | None, name: StageId) -> str | None:
    """What is wrong with an edge, if anything."""
    if target is None:
        return f"no stage has the id {name!r}"
    if target is StageKind.START:
        return "no edge may lead back to Start"
    barred = origin is StageKind.START and target not in FOLLOWS_START
    return f"a {target.value} stage may not follow Start" if barred else None


def _drawn(stage: Stage) -> Iterator[tuple[str, StageId]]:
    pathways = getattr(stage, "pathways", None)
    if pathways is None:
        yield from stage.exits().items()
    else:
        yield from ((f"pathways[{place}].to", pathway.to) for place, pathway in enumerate(pathways))


def _settings(workflow: Workflow) -> Iterator[Fault]:
    manual = {stage.id for stage in workflow.stages if stage.kind in MANUAL}
    for place, stage in enumerate(workflow.stages):
        for path, reason in chain(_barring(stage, manual), _shares(stage), _default(stage)):
            yield Fault(f"stages[{place}].{path}", reason)


def _barring(stage: Stage, manual: set[StageId]) -> Iterator[tuple[str, str]]:
    for place, other in enumerate(getattr(stage, "barred_by", ())):
        if other not in manual:
            yield f"barred_by[{place}]", f"{other!r} is no annotate or review stage"


def _shares(stage: Stage) -> Iterator[tuple[str, str]]:
    total = sum(pathway.percent for pathway in stage.pathways) if isinstance(stage, PercentageRouter) else 100
    if abs(total - 100) > PERCENT_TOLERANCE:
        yield "pathways", f"the percentages sum to {total:g}, not to 100"


def _default(stage: Stage) -> Iterator[tuple[str, str]]:
    if isinstance(stage, UserRouter | AgentStage) and stage.default_pathway not in {None, *stage.exits()}:
        yield "default_pathway", f"{stage.default_pathway!r} is none of its pathways"


def _connected(workflow: Workflow) -> Iterator[Fault]:
    onward = {stage.id: set(stage.exits().values()) for stage in workflow.stages}
    backward = {stage: {other for other in onward if stage in onward[other]} for stage in onward}
    yield from _outside(workflow, _reach(onward, workflow.first(StageKind.START).id), "no way leads here from Start")
    ending = _reach(backward, workflow.first(StageKind.COMPLETE).id)
    yield from _outside(workflow, ending, "no way leads from here to Complete")


def _outside(workflow: Workflow, reached: set[StageId], reason: str) -> Iterator[Fault]:
    for place, stage in enumerate(workflow.stages):
        if stage.id not in reached:
            yield Fault(f"stages[{place}]", reason)


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
    resting = {stage.id for stage in workflow.stages if not _returns(stage.id, among)}
    yield from _outside(workflow, resting, "routers lead in a circle, so a task would never come to rest")


def _returns(stage_id: StageId, among: dict[StageId, set[StageId]]) -> bool:
    return any(stage_id in _reach(among, onward) for onward in among[stage_id])

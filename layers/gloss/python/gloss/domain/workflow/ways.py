"""Where an action leads: the way out that a stage offers it, and the stage at the end of that way."""

from collections.abc import Mapping
from typing import Final

from gloss.domain.errors import Fault, IllegalAction, Invalid
from gloss.domain.model import StageId
from gloss.domain.workflow.actions import Action, Move, Proceed
from gloss.domain.workflow.graph import CONSENSUS, ROUTERS, AgentStage, Pathway, Stage, StageKind, Workflow

K = StageKind
RESTING: Final = (K.ANNOTATE, K.REVIEW, K.AGENT, K.CONSENSUS_ANNOTATE, K.CONSENSUS_REVIEW)

#: Which way out a stage offers an action. `stay`: none; `pathway` and `destination`: the action names it;
#: `first`: back to where labels are made first. What is not here is illegal.
EXIT: Final[Mapping[tuple[StageKind, str], str]] = {
    (K.ANNOTATE, "submit"): "to",
    (K.REVIEW, "approve"): "approved",
    (K.REVIEW, "reject"): "rejected",
    (K.CONSENSUS_ANNOTATE, "submit"): "to",
    (K.CONSENSUS_REVIEW, "approve"): "approved",
    (K.CONSENSUS_REVIEW, "reject"): "rejected",
    (K.AGENT, "proceed"): "pathway",
    (K.ANNOTATE, "skip"): "stay",
    (K.CONSENSUS_ANNOTATE, "skip"): "stay",
    **{(kind, action): "stay" for kind in RESTING for action in ("assign", "claim", "release")},
    **{(kind, "set_priority"): "stay" for kind in (*RESTING, K.COMPLETE)},
    **{(kind, "move"): "destination" for kind in (*RESTING, K.COMPLETE)},
    **{(kind, "reopen"): "first" for kind in (K.ANNOTATE, K.REVIEW, K.AGENT, K.COMPLETE)},
}


def exit_of(stage: Stage, action: Action) -> str:
    """The way out of the stage for the action; raises IllegalAction when the table has none."""
    way = EXIT.get((stage.kind, action.kind))
    if way is None:
        known = sorted(name for kind, name in EXIT if kind is stage.kind)
        raise IllegalAction(
            f"In stage {stage.title} one cannot {action.kind}; there is {', '.join(known) or 'nothing'}."
        )
    return way


def target(stage: Stage, way: str, action: Action, workflow: Workflow) -> StageId:
    """Where the way leads, routers on it not yet followed; raises Invalid or IllegalAction when it leads nowhere."""
    if isinstance(action, Proceed) and isinstance(stage, AgentStage):
        return _pathway(stage, action.pathway).to
    if isinstance(action, Move):
        return _destination(stage, action.destination, workflow)
    if way != "first":
        return stage.exits()[way]
    first = workflow.first_labelling().id
    if first == stage.id:
        raise IllegalAction("The task is in the first annotate stage already.")
    return first


def spelled(action: Action, stage: Stage) -> Action:
    """The same action with its pathway by name, as the event tells it."""
    if isinstance(action, Proceed) and isinstance(stage, AgentStage):
        return Proceed(pathway=_pathway(stage, action.pathway).name)
    return action


def _pathway(stage: AgentStage, wanted: str) -> Pathway:
    for pathway in stage.pathways:
        if wanted in (pathway.id, pathway.name):
            return pathway
    names = ", ".join(pathway.name for pathway in stage.pathways)
    raise Invalid(f"Stage {stage.title} has no pathway {wanted}.", [Fault("pathway", f"is none of {names}")])


def _destination(stage: Stage, wanted: StageId, workflow: Workflow) -> StageId:
    kinds = {known.id: known.kind for known in workflow.stages}
    if wanted == stage.id:
        raise IllegalAction(f"The task is in stage {stage.title} already.")
    if kinds.get(wanted, StageKind.START) in {StageKind.START, *ROUTERS}:
        raise Invalid("A task cannot be moved there.", [Fault("destination", "is no stage where tasks rest")])
    if kinds[wanted] in CONSENSUS:
        raise Invalid("A task cannot be moved there.", [Fault("destination", "is a consensus stage")])
    return wanted

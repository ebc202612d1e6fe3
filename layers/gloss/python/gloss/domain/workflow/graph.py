"""The stages of a workflow as one tagged union, their edges, and the shape a template stores."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, NewType

from pydantic import Field

from gloss.domain.errors import Fault, Invalid, NotFound
from gloss.domain.model import StageId, Title, UserId, Value
from gloss.domain.parsing import parsed

PathwayId = NewType("PathwayId", str)
Percent = Annotated[float, Field(ge=0, le=100)]
MOST_ANNOTATORS = 10
ID = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")


class StageKind(StrEnum):
    """What a stage does with the tasks that reach it."""

    START = "start"
    ANNOTATE = "annotate"
    REVIEW = "review"
    PERCENTAGE_ROUTER = "percentage_router"
    USER_ROUTER = "user_router"
    AGENT = "agent"
    CONSENSUS_ANNOTATE = "consensus_annotate"
    CONSENSUS_REVIEW = "consensus_review"
    COMPLETE = "complete"


CONSENSUS = frozenset({StageKind.CONSENSUS_ANNOTATE, StageKind.CONSENSUS_REVIEW})
LABELLING = frozenset({StageKind.ANNOTATE, StageKind.CONSENSUS_ANNOTATE})
MANUAL = frozenset({StageKind.ANNOTATE, StageKind.REVIEW, *CONSENSUS})
ROUTERS = frozenset({StageKind.PERCENTAGE_ROUTER, StageKind.USER_ROUTER})


class Placed(Value):
    """What every stage has: an id that is unique in its workflow, and a title."""

    id: Annotated[StageId, ID]
    title: Title


class Staffed(Placed):
    """A stage where people work: `members` only (None: all whose role fits), not who did a stage of `barred_by`."""

    members: tuple[UserId, ...] | None = None
    barred_by: tuple[StageId, ...] = ()
    hide_unassigned: bool = False


class StartStage(Placed):
    """Where every task enters."""

    kind: Literal[StageKind.START] = StageKind.START
    to: StageId

    def exits(self) -> Mapping[str, StageId]:
        """Edge names and where they lead."""
        return {"to": self.to}


class AnnotateStage(Staffed):
    """People label; rejected tasks come back to the same annotator while `sticky_annotator` holds."""

    kind: Literal[StageKind.ANNOTATE] = StageKind.ANNOTATE
    to: StageId
    allow_reassessment: bool = False
    sticky_annotator: bool = True

    def exits(self) -> Mapping[str, StageId]:
        """Edge names and where they lead."""
        return {"to": self.to}


class ReviewStage(Staffed):
    """People judge labels and then the task; `strict` asks for every label's verdict first."""

    kind: Literal[StageKind.REVIEW] = StageKind.REVIEW
    approved: StageId
    rejected: StageId
    strict: bool = True
    edit_labels: bool = False

    def exits(self) -> Mapping[str, StageId]:
        """Edge names and where they lead."""
        return {"approved": self.approved, "rejected": self.rejected}


class ConsensusAnnotateStage(Staffed):
    """The first half of a consensus block: each task is labelled by some `annotators`, blind to each other.

    A subtask that comes back goes to who handed it in, or with `allow_reassignment` to anybody who has no other one.
    """

    kind: Literal[StageKind.CONSENSUS_ANNOTATE] = StageKind.CONSENSUS_ANNOTATE
    to: StageId
    annotators: Annotated[int, Field(ge=2, le=MOST_ANNOTATORS)] = 2
    allow_reassignment: bool = False

    def exits(self) -> Mapping[str, StageId]:
        """Edge names and where they lead."""
        return {"to": self.to}


class ConsensusReviewStage(Staffed):
    """The second half: somebody chooses whose labels become those of the task.

    With `refine`, labels may be edited too, and a rejection goes back to the annotators. With `determine` at least
    `agreeing` annotators must agree, `agreement` being how alike their labels are then (0-1) unless a person says who
    does; `rejected` is where tasks without consensus go.
    """

    kind: Literal[StageKind.CONSENSUS_REVIEW] = StageKind.CONSENSUS_REVIEW
    approved: StageId
    rejected: StageId
    review_type: Literal["refine", "determine"] = "refine"
    agreeing: Annotated[int, Field(ge=2, le=MOST_ANNOTATORS)] = 2
    agreement: Annotated[float, Field(ge=0, le=1)] = 0.5

    def exits(self) -> Mapping[str, StageId]:
        """Edge names and where they lead."""
        return {"approved": self.approved, "rejected": self.rejected}


class Pathway(Value):
    """A named way out of a stage."""

    id: Annotated[PathwayId, ID]
    name: Title
    to: StageId


class SharedPathway(Pathway):
    """A way out that takes a percentage of the tasks."""

    percent: Percent


class UserPathway(Pathway):
    """A way out for the tasks that these people acted on last."""

    users: tuple[UserId, ...]


class PercentageRouter(Placed):
    """Splits tasks by percentages; the draw is a hash, drawn anew when `epoch` changes."""

    kind: Literal[StageKind.PERCENTAGE_ROUTER] = StageKind.PERCENTAGE_ROUTER
    pathways: Annotated[tuple[SharedPathway, ...], Field(min_length=1, max_length=50)]
    epoch: int = 0

    def exits(self) -> Mapping[str, StageId]:
        """Edge names and where they lead."""
        return {pathway.id: pathway.to for pathway in self.pathways}


class UserRouter(Placed):
    """Splits tasks by the person who last acted on them in a manual stage; `default_pathway` takes everybody else."""

    kind: Literal[StageKind.USER_ROUTER] = StageKind.USER_ROUTER
    pathways: Annotated[tuple[UserPathway, ...], Field(min_length=1, max_length=50)]
    default_pathway: PathwayId

    def exits(self) -> Mapping[str, StageId]:
        """Edge names and where they lead."""
        return {pathway.id: pathway.to for pathway in self.pathways}


class AgentStage(Placed):
    """Tasks wait for code, which sends each along a pathway.

    Who listens is told of work once `batch_size` tasks wait, or one that nobody touched for `max_wait_s`.
    """

    kind: Literal[StageKind.AGENT] = StageKind.AGENT
    pathways: Annotated[tuple[Pathway, ...], Field(min_length=1, max_length=50)]
    default_pathway: PathwayId | None = None
    batch_size: Annotated[int, Field(ge=1, le=10_000)] = 1
    max_wait_s: Annotated[int, Field(ge=0, le=30 * 86_400)] = 3_600

    def way_out(self) -> PathwayId:
        """The pathway that is taken when none is named: the default, or the only one; raises Invalid."""
        if self.default_pathway is None and len(self.pathways) > 1:
            raise Invalid(f"Stage {self.title} has several pathways; name one.", [Fault("pathway", "is needed")])
        return self.default_pathway or self.pathways[0].id

    def exits(self) -> Mapping[str, StageId]:
        """Edge names and where they lead."""
        return {pathway.id: pathway.to for pathway in self.pathways}


class CompleteStage(Placed):
    """Where work ends."""

    kind: Literal[StageKind.COMPLETE] = StageKind.COMPLETE

    def exits(self) -> Mapping[str, StageId]:
        """Edge names and where they lead: none."""
        return {}


Router = PercentageRouter | UserRouter
Stage = Annotated[
    StartStage
    | AnnotateStage
    | ReviewStage
    | ConsensusAnnotateStage
    | ConsensusReviewStage
    | PercentageRouter
    | UserRouter
    | AgentStage
    | CompleteStage,
    Field(discriminator="kind"),
]


class Workflow(Value):
    """The stages of a project or template, in the order in which they are shown; `shape.checked` proves it sound."""

    stages: Annotated[tuple[Stage, ...], Field(min_length=1, max_length=200)]

    def stage(self, stage_id: StageId) -> Stage:
        """The stage of that id; raises NotFound."""
        for stage in self.stages:
            if stage.id == stage_id:
                return stage
        raise NotFound(f"This workflow has no stage {stage_id}.")

    def first(self, kind: StageKind) -> Stage:
        """The first stage of a kind, in shown order; raises NotFound."""
        for stage in self.stages:
            if stage.kind is kind:
                return stage
        raise NotFound(f"This workflow has no {kind.value} stage.")

    def first_labelling(self) -> Stage:
        """Where labels are made first: the first annotate stage, or without one the first of consensus."""
        some = any(stage.kind is StageKind.ANNOTATE for stage in self.stages)
        return self.first(StageKind.ANNOTATE if some else StageKind.CONSENSUS_ANNOTATE)


def read(document: Mapping[str, Any]) -> Workflow:
    """A workflow from a template's JSON; raises Invalid with the path of every malformed field."""
    return parsed(Workflow, document)


def write(workflow: Workflow) -> dict[str, Any]:
    """The template's JSON; `read` gives the workflow back."""
    return workflow.model_dump(mode="json")

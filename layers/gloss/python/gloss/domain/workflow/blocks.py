"""What makes a consensus block whole: an annotate and a review stage that belong to each other and to nobody else."""

from collections import Counter
from collections.abc import Iterator

from gloss.domain.errors import Fault
from gloss.domain.model import StageId
from gloss.domain.workflow.graph import ConsensusAnnotateStage, ConsensusReviewStage, Workflow


def faults(workflow: Workflow) -> Iterator[Fault]:
    """The broken rules of a workflow's consensus blocks, each with its path."""
    blocks = {stage.to: stage for stage in workflow.stages if isinstance(stage, ConsensusAnnotateStage)}
    reviews = {stage.id for stage in workflow.stages if isinstance(stage, ConsensusReviewStage)}
    edges = Counter(end for stage in workflow.stages for end in set(stage.exits().values()))
    for place, stage in enumerate(workflow.stages):
        if isinstance(stage, ConsensusAnnotateStage) and stage.to not in reviews:
            yield Fault(f"stages[{place}].to", f"{stage.to!r} is no consensus review stage")
        if isinstance(stage, ConsensusReviewStage):
            yield from (_of_review(stage, blocks.get(stage.id), edges[stage.id], f"stages[{place}]"))


def _of_review(
    review: ConsensusReviewStage, annotate: ConsensusAnnotateStage | None, edges: int, path: str
) -> Iterator[Fault]:
    if annotate is None or edges > 1:
        yield Fault(path, "needs exactly one edge that leads here, from a consensus annotate stage")
        return
    if review.review_type == "refine" and review.rejected != annotate.id:
        yield Fault(f"{path}.rejected", f"must lead back to {annotate.id!r} while the review refines labels")
    if review.review_type == "determine" and review.agreeing > annotate.annotators:
        yield Fault(f"{path}.agreeing", f"is more than the {annotate.annotators} annotators of {annotate.id!r}")


def review_of(workflow: Workflow, stage_id: StageId) -> ConsensusReviewStage:
    """The review that follows a consensus annotate stage of a sound workflow."""
    (end,) = workflow.stage(stage_id).exits().values()
    review = workflow.stage(end)
    assert isinstance(review, ConsensusReviewStage), "the workflow is sound"
    return review

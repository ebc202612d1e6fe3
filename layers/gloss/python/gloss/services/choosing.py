"""Ending a consensus: whose labels become the task's, when a reviewer approves or the task is moved out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gloss.domain import labels
from gloss.domain.agreement.scores import Scores, pairs_of, scored
from gloss.domain.errors import Fault, IllegalAction, Invalid, TooLarge
from gloss.domain.labels import AnyBody, LabelBody
from gloss.domain.labels.long import MOST_COMPARED, comparable, too_many_to_compare
from gloss.domain.workflow import consensus, reviews
from gloss.domain.workflow.actions import Approve, Move, Requested
from gloss.domain.workflow.graph import CONSENSUS, ConsensusReviewStage
from gloss.domain.workflow.label_rows import Row, row_id_of
from gloss.domain.workflow.labelled import LabelSave, labelled, labels_blob
from gloss.domain.workflow.reviews import ReviewSheet
from gloss.domain.workflow.task import Subtask, Task
from gloss.kinds.workflow import BRANCH_ROWS, branch_row_key
from gloss.ports import Blobs, Ports
from gloss.services import keeping
from gloss.services.situating import Situation

#: A pair takes some 11 us of a core, so that a comparison ends well within a request.
MOST_PAIRS: Final = 1_000_000
INSTEAD: Final = "say which branch is taken, and who agrees."


@dataclass(frozen=True)
class Option:
    """What one annotator handed in."""

    subtask: Subtask
    row: Row
    body: AnyBody


@dataclass(frozen=True)
class Taken:
    """An option that becomes the task's labels, as a save of its own."""

    row: Row
    body: AnyBody
    entry: LabelSave

    def on(self, task: Task) -> Task:
        """The task with these labels, in the same version."""
        counted = self.entry.model_dump(include={"row_version", "objects", "classifications"})
        missing = self.row.missing_answers
        kept = {"label_sha256": self.entry.sha256, "labels_saved_at": self.entry.at, "missing_answers": missing}
        return task.model_copy(update={**counted, **kept})

    def synced(self, sheets: Sequence[ReviewSheet]) -> list[ReviewSheet]:
        """All of the task's sheets as its new labels leave them; those that change are in their next version."""
        changed = reviews.synced(self.entry.task_id, sheets, labelled(self.body))
        return list({sheet.number: sheet for sheet in (*sheets, *changed)}.values())


def options(task: Task, ports: Ports) -> list[Option]:
    """What the annotators of a task labelled, in the order of its subtasks; who saved nothing labelled nothing."""
    branches = [each.branch for each in task.subtasks]
    keys = [branch_row_key(row_id_of(task.id, branch)) for branch in branches]
    kept = {row.branch: row for row in ports.store.get_many(BRANCH_ROWS, keys)}
    rows = [Row(task, branch, kept.get(branch)) for branch in branches]
    read = keeping.bodies(rows, ports.blobs)
    return [Option(each, row, body) for each, (row, body) in zip(task.subtasks, read, strict=True)]


def agreement(found: Sequence[Option]) -> Scores:
    """How far they agree; raises TooLarge where comparing them would outlast a request."""
    if too_many_to_compare([option.body for option in found]):
        raise TooLarge(f"Rows of more than {MOST_COMPARED:,} labels are not compared; {INSTEAD}")
    bodies = comparable([option.body for option in found])
    pairs = pairs_of(bodies)
    if pairs > MOST_PAIRS:
        raise TooLarge(
            f"The labels have {pairs:,} pairs of objects on a frame, of which at most {MOST_PAIRS:,} are compared; "
            f"{INSTEAD}"
        )
    return scored(bodies)


def settled(met: Situation, action: Requested, ports: Ports) -> Requested:
    """The same action with the branch that it chooses, named or not; raises Invalid or IllegalAction when it may not.

    Without a name the labels on `main` win if somebody saved any since the review began, else those of the annotator
    with whom the others agree most.
    """
    if not isinstance(action, Approve | Move):
        return action
    if met.stage.kind not in CONSENSUS:
        _demand_nothing_chosen(action)
        return action
    consensus.demand_branch(met.task, action.branch)
    if isinstance(action, Approve) and isinstance(met.stage, ConsensusReviewStage):
        return _chosen(met, met.stage, action, ports)
    return action


def _demand_nothing_chosen(action: Approve | Move) -> None:
    for name in ("branch", "agreeing"):
        if getattr(action, name, None) is not None:
            raise Invalid("There is nothing to choose.", [Fault(name, "goes with a task under consensus only")])


def _chosen(met: Situation, stage: ConsensusReviewStage, action: Approve, ports: Ports) -> Approve:
    for branch in action.agreeing or ():
        consensus.demand_branch(met.task, branch)
    if stage.review_type == "refine":
        refined = met.task.row_version > met.task.row_version_before
        return action if action.branch is not None or refined else _compared(met, stage, action, ports)
    if action.branch is None or action.agreeing is None:
        return _compared(met, stage, action, ports)
    _demand_agreement(stage, action.branch, set(action.agreeing))
    return action


def _compared(met: Situation, stage: ConsensusReviewStage, action: Approve, ports: Ports) -> Approve:
    """The same once labels are compared: the branch with which the others agree most, if none is named."""
    found = options(met.task, ports)
    scores = agreement(found)
    branches = [option.row.branch for option in found]
    place = scores.best if action.branch is None else branches.index(action.branch)
    if stage.review_type == "determine":
        alike = {branches[it] for it in scores.agreeing(place, stage.agreement)}
        _demand_agreement(stage, branches[place], alike if action.agreeing is None else set(action.agreeing))
    return action.model_copy(update={"branch": branches[place]})


def _demand_agreement(stage: ConsensusReviewStage, chosen: str, agreeing: set[str]) -> None:
    if chosen not in agreeing:
        raise Invalid("The chosen labels are none that agree.", [Fault("agreeing", f"does not name {chosen!r}")])
    if len(agreeing) < stage.agreeing:
        raise IllegalAction(
            f"Stage {stage.title} needs {stage.agreeing} annotators who agree, here are {len(agreeing)}; "
            "say who agrees, or reject the task."
        )


def taken(met: Situation, action: Requested, ports: Ports) -> Taken | None:
    """The labels that the action makes the task's; None: those on `main` stay. What was there stays as a save."""
    branch = action.branch if isinstance(action, Approve | Move) else None
    if branch is None:
        return None
    row = Row(met.task, branch, ports.store.find(BRANCH_ROWS, branch_row_key(row_id_of(met.task.id, branch))))
    ((_, body),) = keeping.bodies([row], ports.blobs)
    counts = labels.summary(body)
    entry = LabelSave(
        task_id=met.task.id,
        row_version=met.task.row_version + 1,
        sha256=row.sha256 or _emptied(ports.blobs),
        objects=counts.objects,
        classifications=counts.classifications,
        by=met.worker.user_id,
        at=met.now,
        project_id=met.project.id,
        stage=met.stage.id,
    )
    return Taken(row, body, entry)


def _emptied(blobs: Blobs) -> str:
    """The name of the labels of who saved none."""
    stored = labels.canonical(LabelBody())
    blobs.put(labels_blob(labels.digest(stored)), stored, "application/json")
    return labels.digest(stored)

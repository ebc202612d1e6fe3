"""The log of a project: what was done to its tasks and, label by label, in each save, in the words of the log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal
from uuid import UUID, uuid5

from gloss.domain.labels.differing import Edit
from gloss.domain.model import DataId, ProjectId, StageId, TaskId, Timestamp, UserId, Value
from gloss.domain.workflow.label_rows import MAIN
from gloss.domain.workflow.labelled import LabelSave
from gloss.domain.workflow.task import Step, task_id_of

Category = Literal["object", "classification", "task", "agent", "editor"]

SAVE: Final = "SAVE"
#: An agent's way on is its result; a claim is an assignment.
STEPS: Final[Mapping[str, str]] = {
    "submit": "SUBMIT_TASK",
    "skip": "SKIP_TASK",
    "approve": "APPROVE_TASK",
    "reject": "REJECT_TASK",
    "assign": "ASSIGN_TASK",
    "claim": "ASSIGN_TASK",
    "release": "RELEASE_TASK",
    "move": "MOVE_TASK",
    "proceed": "AGENT_RESULT",
}
_ENTRIES: Final = UUID("6a0b7c5e-12f4-5c43-8f1e-9d0c3b6a7e21")


class Entry(Value):
    """One entry: a step of a task, a save of labels, or (with `edit`) one thing that a save did.

    `place` is that of the step or save in the project's time, `number` the entry's within it: a save comes first.
    """

    place: str
    what: Step | LabelSave
    number: int = 0
    edit: Edit | None = None

    @property
    def id(self) -> str:
        """The same however often the log is read."""
        return str(uuid5(_ENTRIES, f"{self.place}/{self.number}"))

    @property
    def action(self) -> str:
        """What was done."""
        if isinstance(self.what, Step):
            return STEPS.get(self.what.action, f"{self.what.action.upper()}_TASK")
        return self.edit.action if self.edit else SAVE

    @property
    def category(self) -> Category:
        """To what it was done."""
        if isinstance(self.what, Step):
            return "agent" if self.what.action == "proceed" else "task"
        return self.edit.label_type if self.edit else "editor"

    @property
    def at(self) -> datetime:
        """When."""
        return self.what.at

    @property
    def actor(self) -> UserId:
        """By whom."""
        return self.what.actor if isinstance(self.what, Step) else self.what.by

    @property
    def stage(self) -> StageId:
        """In which stage of the workflow."""
        assert self.what.stage is not None, "saves without a stage are not listed by project"
        return self.what.stage

    @property
    def task(self) -> TaskId:
        """To which task, or whose labels."""
        return self.what.task_id if isinstance(self.what, Step) else self.what.task

    @property
    def row(self) -> str:
        """Which label row: that of the task itself, or of the branch whose labels were saved."""
        return self.what.task_id

    @property
    def branch(self) -> str:
        """The branch of that row."""
        return MAIN if isinstance(self.what, Step) else self.what.branch


class LogFilter(Value):
    """Which entries are wanted: from `after` on, those before `before`; of the rest None means whichever."""

    project_id: ProjectId
    after: Timestamp
    before: Timestamp
    action: str | None = None
    actor: UserId | None = None
    stage: StageId | None = None
    data_id: DataId | None = None

    @property
    def task(self) -> TaskId | None:
        """The task of the data unit that is asked for."""
        return task_id_of(self.project_id, self.data_id) if self.data_id is not None else None

    @property
    def compares(self) -> bool:
        """Whether single labels are asked for, for which saves are compared with those before them."""
        return self.action is None or self.action.endswith(("_OBJECT", "_CLASSIFICATION"))

    def meets(self, entry: Entry) -> bool:
        """Whether the step or save of an entry is wanted, whatever was done."""
        chosen = ((self.actor, entry.actor), (self.stage, entry.stage), (self.task, entry.task))
        return all(wanted is None or wanted == value for wanted, value in chosen)

    def keeps(self, entry: Entry) -> bool:
        """Whether an entry of a step or save that is wanted is wanted itself."""
        return self.action in {None, entry.action}

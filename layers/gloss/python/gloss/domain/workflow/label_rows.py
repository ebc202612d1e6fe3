"""Label rows: the labels of a task on the branch `main`, and copies on other branches that no workflow moves."""

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID, uuid5

from pydantic import Field

from gloss.domain.model import DataId, ProjectId, TaskId, Timestamp, UserId, Value, Versioned
from gloss.domain.workflow.task import Count, Task

MAIN: Final = "main"
_ROWS: Final = UUID("9f4a3c1e-0d5b-5f0e-8a77-2b1f7c6d4e90")

BranchName = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f#]+$")]


class Branch(Value):
    """A branch that a project has besides `main`: it is there once one label row lies on it."""

    project_id: ProjectId
    name: BranchName


class BranchRow(Versioned):
    """A task's labels on a branch other than `main`; `sha256` None: the row was made, but nothing saved yet.

    `save_id` names the last save, so that a request that was cut off and comes again does not save twice.
    """

    id: str
    project_id: ProjectId
    task_id: TaskId
    data_id: DataId
    branch: BranchName
    sha256: str | None = None
    row_version: Count = 0
    objects: Count = 0
    classifications: Count = 0
    missing_answers: Count = 0
    created_at: Timestamp
    saved_at: Timestamp
    saved_by: UserId
    save_id: str = ""


@dataclass(frozen=True)
class Row:
    """A label row that a task has or may get on a branch; `kept` is its record on branches other than `main`."""

    task: Task
    branch: str = MAIN
    kept: BranchRow | None = None

    @property
    def id(self) -> str:
        """The id that the row has, or will have once it is made."""
        return row_id_of(self.task.id, self.branch)

    @property
    def is_made(self) -> bool:
        """Whether there is such a row already: it was asked for, or labels were saved."""
        if self.branch != MAIN:
            return self.kept is not None
        return self.task.row_made_at is not None or self.task.row_version > 0

    @property
    def sha256(self) -> str | None:
        """The name of its body; None before the first save."""
        if self.branch == MAIN:
            return self.task.label_sha256
        return self.kept.sha256 if self.kept else None

    @property
    def labels(self) -> int:
        """How many objects and classifications it holds."""
        counted = self.task if self.branch == MAIN else self.kept
        return counted.objects + counted.classifications if counted else 0

    @property
    def row_version(self) -> int:
        """How often it was saved."""
        if self.branch == MAIN:
            return self.task.row_version
        return self.kept.row_version if self.kept else 0

    @property
    def missing_answers(self) -> int:
        """How much the ontology still asked for when it was saved."""
        if self.branch == MAIN:
            return self.task.missing_answers
        return self.kept.missing_answers if self.kept else 0

    @property
    def created_at(self) -> Timestamp | None:
        """Since when it is there; None: it is not."""
        if self.branch != MAIN:
            return self.kept.created_at if self.kept else None
        return (self.task.row_made_at or self.task.created_at) if self.is_made else None

    @property
    def edited_at(self) -> Timestamp | None:
        """When it was saved last, or made; None: it is not there."""
        if self.branch != MAIN:
            return self.kept.saved_at if self.kept else None
        return (self.task.labels_saved_at or self.created_at) if self.is_made else None


def row_id_of(task_id: TaskId, branch: str) -> str:
    """The id of a task's label row on a branch; that on `main` bears the task's own."""
    return task_id if branch == MAIN else str(uuid5(_ROWS, f"{task_id}/{branch}"))

"""Tasks that are acted on together: more than one transaction holds, and still all of them or none."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gloss.domain.benchmark import Score
from gloss.domain.events import Event
from gloss.domain.model import OrgId, ProjectId, Timestamp, UserId, Value, Versioned
from gloss.domain.workflow.labelled import LabelSave
from gloss.domain.workflow.reviews import ReviewSheet
from gloss.domain.workflow.task import Step, Task

#: So long a convoy may take until it is committed; whoever meets it later may abandon it.
LEASE: Final = timedelta(seconds=30)
KEPT: Final = timedelta(days=30)


class ConvoyStatus(StrEnum):
    """OPEN: its tasks are being reserved. COMMITTED: all will arrive. DONE: all did. ABANDONED: none will."""

    OPEN = "OPEN"
    COMMITTED = "COMMITTED"
    DONE = "DONE"
    ABANDONED = "ABANDONED"


class Convoy(Versioned):
    """Many tasks on their way together; `plan` names the blob with what becomes of each.

    `expires`: when the record may go (epoch seconds); a committed one stays until all have arrived.
    """

    id: str
    org_id: OrgId
    project_id: ProjectId
    opened_by: UserId
    plan: str
    tasks: int
    status: ConvoyStatus = ConvoyStatus.OPEN
    opened_at: Timestamp
    lease_until: Timestamp
    expires: int | None

    def has_lapsed(self, now: datetime) -> bool:
        """Whether it is open for longer than it may be."""
        return self.status is ConvoyStatus.OPEN and self.lease_until <= now


class Arrival(Value):
    """What becomes of one task: `reserved` is how it waits, `task` how it arrives, with all that is told of it."""

    reserved: Task
    task: Task
    steps: tuple[Step, ...]
    sheets: tuple[ReviewSheet, ...] = ()
    saves: tuple[LabelSave, ...] = ()
    scores: tuple[Score, ...] = ()
    events: tuple[Event, ...] = ()

    @property
    def size(self) -> int:
        """How many of a transaction's places it takes."""
        told = (self.steps, self.sheets, self.saves, self.scores, self.events)
        return 1 + sum(map(len, told))


class Plan(Value):
    """What becomes of each task."""

    arrivals: tuple[Arrival, ...]


def reserved(task: Task, convoy_id: str) -> Task:
    """The task's next version, which waits for its convoy."""
    return task.changed(convoy=convoy_id)

"""What may be asked of a task: imperative commands as one tagged union."""

from typing import Annotated, Literal

from pydantic import Field

from gloss.domain.model import Share, StageId, Timestamp, UserId, Value

Comment = Annotated[str, Field(max_length=8192)]
Branch = Annotated[str, Field(min_length=1, max_length=100)]


class Asked(Value):
    """What every action may say of the task as its author saw it: acting on a newer version or fence is refused."""

    version: Annotated[int, Field(ge=1)] | None = None
    fence: Annotated[int, Field(ge=0)] | None = None


class HandingOn(Asked):
    """Who gets the task in the next stage: `assignee`, or with `retain_assignee` whoever holds it now, or nobody."""

    assignee: UserId | None = None
    retain_assignee: bool = False


class Submit(HandingOn):
    """The annotator is done; rejected labels become resolved unless `resolve_label_reviews` is off."""

    kind: Literal["submit"] = Field("submit", alias="action")
    resolve_label_reviews: bool = True


class Approve(HandingOn):
    """The reviewer accepts the task, and with it every label that is still open unless told otherwise.

    After consensus `branch` says whose labels become the task's, and `agreeing` which annotators' branches agree.
    """

    kind: Literal["approve"] = Field("approve", alias="action")
    branch: Branch | None = None
    agreeing: Annotated[tuple[Branch, ...], Field(max_length=10)] | None = None
    approve_label_reviews: bool = True


class Reject(HandingOn):
    """The reviewer sends the task back, and rejects every label that is still open unless told otherwise."""

    kind: Literal["reject"] = Field("reject", alias="action")
    reject_label_reviews: bool = True
    comment: Comment = ""


class Proceed(Asked):
    """An agent sends the task along a pathway, named by its id or by its name."""

    kind: Literal["proceed"] = Field("proceed", alias="action")
    pathway: Annotated[str, Field(min_length=1, max_length=256)]


class Skip(Asked):
    """The annotator passes on the task; it stays in its stage for somebody else."""

    kind: Literal["skip"] = Field("skip", alias="action")
    comment: Comment = ""


class Assign(Asked):
    """The task is given to somebody until it is released; to oneself, it is what initiating does."""

    kind: Literal["assign"] = Field("assign", alias="action")
    assignee: UserId


class Claim(Asked):
    """An assignment that lapses."""

    kind: Literal["claim"] = Field("claim", alias="action")
    assignee: UserId
    lease_until: Timestamp


class Release(Asked):
    """Nobody holds the task any more."""

    kind: Literal["release"] = Field("release", alias="action")


class Move(Asked):
    """The task is put into another stage past all edges (teleport).

    Out of consensus `branch` says whose labels become the task's; without one those on `main` stay.
    """

    kind: Literal["move"] = Field("move", alias="action")
    branch: Branch | None = None
    destination: StageId


class Reopen(Asked):
    """The task goes back to the first annotate stage and keeps its labels."""

    kind: Literal["reopen"] = Field("reopen", alias="action")
    comment: Comment = ""


class SetPriority(Asked):
    """The task's place in the queue: 1 first, 0 last."""

    kind: Literal["set_priority"] = Field("set_priority", alias="action")
    priority: Share


#: What people and agents may ask for: `{"action": "submit", ...}`.
Requested = Annotated[
    Submit | Approve | Reject | Proceed | Skip | Assign | Release | Move | Reopen | SetPriority,
    Field(discriminator="kind"),
]
Action = Requested | Claim

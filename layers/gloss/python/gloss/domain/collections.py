"""Collections: named sets of a project's frames, and how one is sent back to Annotate."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictBool, model_validator

from gloss.domain.capabilities import Capability
from gloss.domain.explore import Filters
from gloss.domain.model import (
    CollectionId,
    Description,
    JobId,
    ProjectId,
    Share,
    StageId,
    TaskId,
    Timestamp,
    Title,
    UserId,
    Value,
    Versioned,
)

MAX_FRAMES_A_REQUEST = 10_000

FrameNames = Annotated[tuple[str, ...], Field(max_length=MAX_FRAMES_A_REQUEST)]


class CollectionKind(StrEnum):
    """What a collection holds; the two are never mixed."""

    FRAME = "FRAME"
    LABEL = "LABEL"


class Collection(Versioned):
    """A named set; its members lie beside it as a list of their own for each version, named after `digest`."""

    id: CollectionId
    project_id: ProjectId
    kind: CollectionKind = CollectionKind.FRAME
    name: Title
    description: Description = ""
    members: int
    digest: str = ""
    created_by: UserId
    created_at: Timestamp
    edited_at: Timestamp


class NewCollection(Value):
    """A collection of all frames that pass the filters, or of the frames named."""

    name: Title
    description: Description = ""
    filters: Filters | None = None
    frames: FrameNames | None = None

    @model_validator(mode="after")
    def has_one_source(self) -> "NewCollection":
        if (self.filters is None) == (self.frames is None):
            raise ValueError("give either filters or frames")
        return self


class Edit(Value):
    """Frames to add and frames to take out; what is in both is taken out."""

    add: FrameNames = ()
    remove: FrameNames = ()


class Edited(Value):
    """What an edit left undone: frames that the project does not have, each by name."""

    failed_items: tuple[str, ...] = ()
    members: int


def edited(members: Sequence[str], edit: Edit, known: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The members after an edit, in order, and the frames to add that are not known."""
    exist, out = set(known), set(edit.remove)
    kept = [frame for frame in dict.fromkeys([*members, *edit.add]) if frame not in out]
    have = set(members)
    return (
        tuple(frame for frame in kept if frame in have or frame in exist),
        tuple(frame for frame in dict.fromkeys(edit.add) if frame not in exist and frame not in out),
    )


class Send(Value):
    """What happens to every task of a collection when it goes back to Annotate; `dry_run` only counts."""

    request_id: Annotated[str, Field(pattern=r"^[\w.:-]{1,128}$")]
    priority: Share | None = None
    reopen_tasks: StrictBool = False
    comment: Annotated[str, Field(max_length=10_000)] = ""
    dry_run: StrictBool = False

    @property
    def needs(self) -> Capability:
        """The capability that the most demanding option needs."""
        return Capability.REOPEN_TASKS if self.reopen_tasks else Capability.SEND_PRIORITIES


class Target(Value):
    """One task of a collection: its frames there, and where it stood before."""

    task_id: TaskId
    frames: tuple[int, ...]
    stage: StageId
    status: str
    priority: float


class Sent(Value):
    """What a sending touches: tasks and frames in all, and the tasks by the stage they were in."""

    tasks: int
    frames: int
    by_stage: dict[str, int]


class Sending(Value):
    """One request to send a collection, kept so that the same request is never carried out twice."""

    id: str
    project_id: ProjectId
    collection_id: CollectionId
    send: Send
    sent: Sent
    job_id: JobId
    requested_by: UserId
    at: Timestamp

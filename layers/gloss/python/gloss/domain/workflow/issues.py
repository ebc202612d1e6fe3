"""Issues: comments that hang on a place of the data unit and stay open until somebody resolves them."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from gloss.domain.errors import Forbidden, IllegalAction
from gloss.domain.model import OrgId, ProjectId, Share, StageId, TaskId, Timestamp, UserId, Value, Versioned

Frame = Annotated[int, Field(ge=0)]
Content = Annotated[str, Field(min_length=1, max_length=8192)]
Tag = Annotated[str, Field(min_length=1, max_length=128)]
Tags = Annotated[tuple[Tag, ...], Field(max_length=50)]
MOST_COMMENTS = 500


class Place(Value):
    """Where an issue hangs; `space` names the member of a data group, if it is on one."""

    space: Annotated[str, Field(min_length=1, max_length=256)] | None = None


class Frames(Value):
    """Frames from first to last, both included."""

    first: Frame
    last: Frame

    @model_validator(mode="after")
    def _demand_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("the last frame comes before the first")
        return self


class AtDataUnit(Place):
    """The whole data unit."""

    kind: Literal["data_unit"] = "data_unit"


class AtFrame(Place):
    """One frame."""

    kind: Literal["frame"] = "frame"
    frame: Frame


class AtPoint(Place):
    """A point on one frame, relative to its size (0-1)."""

    kind: Literal["frame_coordinate"] = "frame_coordinate"
    frame: Frame
    x: Share
    y: Share


class AtFrames(Place):
    """Frames from first to last, both included."""

    kind: Literal["frame_range"] = "frame_range"
    first: Frame
    last: Frame


class AtLabel(Place):
    """One object or classification, on one frame, on some frames, or wherever it is."""

    kind: Literal["annotation"] = "annotation"
    label_id: Annotated[str, Field(min_length=1, max_length=64)]
    frame: Frame | None = None
    frames: Annotated[tuple[Frames, ...], Field(max_length=100)] = ()


Anchor = Annotated[AtDataUnit | AtFrame | AtPoint | AtFrames | AtLabel, Field(discriminator="kind")]


class Remark(Value):
    """What somebody said."""

    content: Content
    author: UserId
    at: Timestamp


class Resolution(Value):
    """An issue was resolved, or opened again."""

    is_resolved: bool
    actor: UserId
    at: Timestamp


class Issue(Versioned):
    """A discussion; it is resolved when the last entry of `resolutions` says so."""

    id: str
    org_id: OrgId
    project_id: ProjectId
    task_id: TaskId
    stage: StageId
    anchor: Anchor
    comments: tuple[Remark, ...]
    tags: Tags = ()
    resolutions: tuple[Resolution, ...] = ()
    created_at: Timestamp

    @property
    def is_resolved(self) -> bool:
        """Whether nothing is left to be done."""
        return bool(self.resolutions) and self.resolutions[-1].is_resolved


class NewIssue(Value):
    """What is needed to open an issue."""

    comment: Content
    anchor: Anchor = AtDataUnit()
    tags: Tags = ()


class IssueEntry(Versioned):
    """Where an issue lies, by its id alone; `deleted_at`: it is gone, and so may this be when it `expires`."""

    id: str
    project_id: ProjectId
    task_id: TaskId
    deleted_at: Timestamp | None = None
    expires: int | None = None


class ProjectTag(Value):
    """A tag that the issues of a project may bear."""

    org_id: OrgId
    project_id: ProjectId
    name: Tag


def demand_may_delete(issue: Issue, by: UserId, manages: bool) -> None:
    """Let an issue be deleted: by those who manage the project, or by who opened it, unless it is a rejection's."""
    own = issue.comments[0].author == by and not isinstance(issue.anchor, AtLabel)
    if not (manages or own):
        raise Forbidden("Only who opened an issue, or who manages the project, may delete it; nothing was deleted.")


def answered(issue: Issue, remark: Remark) -> Issue:
    """The issue with one more comment; raises IllegalAction when it is full."""
    if len(issue.comments) >= MOST_COMMENTS:
        raise IllegalAction(f"An issue takes {MOST_COMMENTS} comments; open another.")
    return issue.changed(comments=(*issue.comments, remark))


def resolved(issue: Issue, actor: UserId, at: Timestamp) -> Issue:
    """The issue, closed; raises IllegalAction when it was."""
    return _turned(issue, Resolution(is_resolved=True, actor=actor, at=at))


def reopened(issue: Issue, actor: UserId, at: Timestamp) -> Issue:
    """The issue, open again; raises IllegalAction when it was."""
    return _turned(issue, Resolution(is_resolved=False, actor=actor, at=at))


def _turned(issue: Issue, turn: Resolution) -> Issue:
    if issue.is_resolved is turn.is_resolved:
        raise IllegalAction(f"The issue is {'resolved' if issue.is_resolved else 'open'} already.")
    return issue.changed(resolutions=(*issue.resolutions, turn))

"""Issues on the SDK's wire: where they hang, what is said there, and their tags."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal
from uuid import UUID, uuid5

from pydantic import Field

from gloss.domain.model import OrgId, Share
from gloss.domain.workflow.issues import (
    Anchor,
    AtDataUnit,
    AtFrame,
    AtFrames,
    AtLabel,
    AtPoint,
    Content,
    Frame,
    Frames,
    Issue,
    Tags,
)
from gloss.sdk.asking import Asking
from gloss.sdk.wire import Wire
from gloss.services.raising import MOST_OPENED

_TAGS: Final = UUID("c6a7a0d4-52c3-5b0f-9a0e-6f7e8c1d2b39")


class IssuesAsking(Asking):
    """Which issues are wanted."""

    data_unit_id: str
    page_token: str | None = Field(default=None, max_length=2048)


class TagsAsking(Asking):
    """Which page of a project's tags."""

    page_token: str | None = Field(default=None, max_length=2048)


class RangeDto(Wire):
    """Frames from start to end, both included."""

    start: Frame
    end: Frame


class _AnchorDto(Wire):
    data_uuid: str
    space_id: str | None = None


class OnFile(_AnchorDto):
    """The whole data unit."""

    type: Literal["dataUnit"]

    def anchor(self) -> Anchor:
        return AtDataUnit(space=self.space_id)


class OnFrame(_AnchorDto):
    """One frame."""

    type: Literal["frame"]
    frame_index: Frame

    def anchor(self) -> Anchor:
        return AtFrame(space=self.space_id, frame=self.frame_index)


class OnPoint(_AnchorDto):
    """A point of one frame."""

    type: Literal["frameCoordinate"]
    frame_index: Frame
    x: Share
    y: Share

    def anchor(self) -> Anchor:
        return AtPoint(space=self.space_id, frame=self.frame_index, x=self.x, y=self.y)


class OnAnnotation(_AnchorDto):
    """A label, everywhere or on some frames."""

    type: Literal["annotation"]
    annotation_id: str
    frame_ranges: list[RangeDto] | None = None

    def anchor(self) -> Anchor:
        frames = tuple(Frames(first=it.start, last=it.end) for it in self.frame_ranges or ())
        return AtLabel(space=self.space_id, label_id=self.annotation_id, frames=frames)


class NewIssueDto(Wire):
    """An issue to open."""

    anchor: Annotated[OnFile | OnFrame | OnPoint | OnAnnotation, Field(discriminator="type")]
    comment: Content
    issue_tags: Tags = ()


class NewIssuesDto(Wire):
    """Issues to open, all or none."""

    issues: Annotated[list[NewIssueDto], Field(min_length=1, max_length=MOST_OPENED)]


class DeletedDto(Wire):
    """Issues to delete, all or none."""

    issue_uuids: Annotated[list[str], Field(max_length=1000)]


class TagNamesDto(Wire):
    """Tags that a project's issues may bear."""

    issue_tag_names: Tags


def tag_dto(org_id: OrgId, name: str) -> dict[str, str]:
    """A tag; its UUID is the same in all projects of an organisation."""
    return {"name": name, "uuid": str(uuid5(_TAGS, f"{org_id}/{name}"))}


def issue_dto(issue: Issue, data_id: str, emails: Mapping[str, str]) -> dict[str, Any]:
    """An issue with all that was said; people by e-mail."""
    comments = [
        {"content": it.content, "authorEmail": emails.get(it.author, ""), "createdAt": it.at.isoformat()}
        for it in issue.comments
    ]
    turns = [
        {"isResolved": it.is_resolved, "createdAt": it.at.isoformat(), "actorEmail": emails.get(it.actor)}
        for it in issue.resolutions
    ]
    return {
        "uuid": issue.id,
        "dataUuid": data_id,
        "comments": comments,
        "tags": [tag_dto(issue.org_id, name) for name in issue.tags],
        "resolutionHistory": turns,
        "spaceId": issue.anchor.space,
        **_PLACES[type(issue.anchor)](issue.anchor),
    }


def _on_label(anchor: AtLabel) -> dict[str, Any]:
    one = (Frames(first=anchor.frame, last=anchor.frame),) if anchor.frame is not None else ()
    ranges = [_range(it) for it in (*anchor.frames, *one)]
    return {"type": "annotation", "annotationId": anchor.label_id, "frameRanges": ranges or None}


def _range(frames: Frames | AtFrames) -> dict[str, int]:
    return {"start": frames.first, "end": frames.last}


_PLACES: Final[Mapping[type, Callable[[Any], dict[str, Any]]]] = {
    AtDataUnit: lambda _: {"type": "dataUnit"},
    AtFrame: lambda it: {"type": "frame", "frameIndex": it.frame},
    AtPoint: lambda it: {
        "type": "frameCoordinate",
        "frameIndex": it.frame,
        "coordinate": {"x": it.x, "y": it.y},
    },
    AtFrames: lambda it: {"type": "frameRange", "frameRanges": [_range(it)]},
    AtLabel: _on_label,
}

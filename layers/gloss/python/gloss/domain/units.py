"""What an import looks at: data units with their media, cut into batches, and the frames that come of them."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import Field

from gloss.domain import sampling
from gloss.domain.errors import Invalid
from gloss.domain.labels import canvas
from gloss.domain.media import Frame, Item, MediaKind, Metadata, Vector
from gloss.domain.model import DataId, ItemId, StageId, TaskId, Value

T = TypeVar("T")
FRAMES_A_BATCH = 200


class Part(Value):
    """One frame's own file: a member of an image group or series, with its place in it."""

    item_id: ItemId
    title: str
    url: str | None
    integration_id: str | None
    width_px: int | None = None
    height_px: int | None = None


class Unit(Value):
    """A data unit as an import sees it: its task, what its item says, and its files from frame `offset` on.

    `whole` is a unit whose frames all lie in one file; a unit whose item is gone has no parts.
    """

    data_id: DataId
    task_id: TaskId
    title: str
    kind: MediaKind
    stage: StageId
    priority: float
    parts: tuple[Part, ...] = ()
    offset: int = 0
    whole: bool = True
    metadata: Metadata = Field(default_factory=dict)
    frame_metadata: dict[Frame, Metadata] = Field(default_factory=dict)
    frame_embeddings: dict[Frame, dict[str, Vector]] = Field(default_factory=dict)
    wanted: tuple[Frame, ...] = (0,)
    label_sha256: str | None = None

    def part(self, frame: Frame) -> Part:
        """The file that holds a frame: its own, or the unit's only one; raises Invalid when the item is gone."""
        if not self.parts:
            raise Invalid("the item was deleted")
        return self.parts[min(frame - self.offset, len(self.parts) - 1)]

    def frame_in_file(self, frame: Frame) -> int:
        """The number of a frame within its file."""
        return frame if self.whole else 0

    def piece(self, wanted: tuple[Frame, ...]) -> "Unit":
        """The same unit for some of its wanted frames, with only the files and words that these need."""
        told = {name: _of(wanted, getattr(self, name)) for name in ("frame_metadata", "frame_embeddings")}
        if len(self.parts) <= 1:
            return self.model_copy(update={"wanted": wanted, **told})
        parts = self.parts[wanted[0] - self.offset : wanted[-1] - self.offset + 1]
        return self.model_copy(update={"wanted": wanted, "parts": parts, "offset": wanted[0], **told})


class FrameRow(Value):
    """A frame in the explorer: which frame of which data unit, its time, size and thumbnail, and its metadata."""

    id: str
    data_id: DataId
    task_id: TaskId
    title: str
    frame_title: str
    kind: MediaKind
    frame: Frame
    timestamp_s: float | None = None
    width_px: int | None = None
    height_px: int | None = None
    stage: StageId
    priority: float
    thumbnail: str | None = None
    metadata: Mapping[str, Any] = Field(default_factory=dict)


def frame_id(data_id: str, frame: int) -> str:
    """A frame's name within its project: the data unit and the number of the frame."""
    return f"{data_id}:{frame}"


def cut(units: Iterable[Unit], frames: int = FRAMES_A_BATCH) -> Iterable[tuple[Unit, ...]]:
    """Batches of units with at most `frames` wanted frames each; a longer unit is cut into pieces of its frames."""
    waiting: list[Unit] = []
    for piece in (piece for unit in units for piece in _pieces(unit, frames)):
        if waiting and sum(len(unit.wanted) for unit in waiting) + len(piece.wanted) > frames:
            yield tuple(waiting)
            waiting = []
        waiting.append(piece)
    if waiting:
        yield tuple(waiting)


def vectors_of(item: Item, wanted: tuple[Frame, ...]) -> dict[Frame, dict[str, Vector]]:
    """The customer's vectors by frame; those of the item itself stand for the first frame that is looked at."""
    first = wanted[0]
    whole = {**item.embeddings, **item.frame_embeddings.get(first, {})}
    return {**item.frame_embeddings, **({first: whole} if whole else {})}


def _of(wanted: tuple[Frame, ...], told: Mapping[Frame, T]) -> dict[Frame, T]:
    return {frame: told[frame] for frame in wanted if frame in told}


def _pieces(unit: Unit, frames: int) -> Iterable[Unit]:
    for start in range(0, len(unit.wanted), frames):
        yield unit.piece(unit.wanted[start : start + frames])


def _sampled(item: Item, rate: float | None) -> tuple[Frame, ...]:
    fps = item.facts.fps or 0.0
    total = item.facts.frame_count or sampling.frame_total(fps, item.facts.duration_s or 0.0)
    return sampling.sampled(total, fps, rate, item.keyframes) or (0,)


def wanted_frames(item: Item, rate: float | None) -> tuple[Frame, ...]:
    """The frames of an item that an import looks at; the item's own sampling rate comes before the import's.

    Groups give every member, sequences every frame of their video, volumes their middle slice, the rest one frame.
    """
    if item.kind is MediaKind.VIDEO:
        return _sampled(item, rate if item.sampling_rate is None else item.sampling_rate)
    if item.kind in (MediaKind.IMAGE_GROUP, MediaKind.IMAGE_SEQUENCE):
        return tuple(range(canvas.frames_of(item) or 1))
    if item.kind in (MediaKind.DICOM_SERIES, MediaKind.NIFTI):
        return ((canvas.frames_of(item) or item.member_count) // 2,)
    return (0,)

"""What a format says of a row beyond its labels: whose it is, how it stands, and the media below."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final
from uuid import UUID, uuid5

from gloss.domain.labels.canvas import frames_of, frames_of_space, is_markup
from gloss.domain.media import Item, MediaKind, Space
from gloss.domain.model import Timestamp, Value
from gloss.domain.workflow.reviews import ReviewStatus

Files = Iterable[tuple[Item, str]]
_MEMBERS = UUID("0d1b7a5e-64c2-4f0c-8f53-7a9a2f1e6c30")

#: What is said of a file whose type its header did not tell.
MIME_TYPES: Final = {
    MediaKind.IMAGE: "image/jpeg",
    MediaKind.VIDEO: "video/mp4",
    MediaKind.AUDIO: "audio/mpeg",
    MediaKind.PDF: "application/pdf",
    MediaKind.TEXT: "text/plain",
    MediaKind.TIME_SERIES: "text/csv",
    MediaKind.NIFTI: "application/nifti1",
    MediaKind.DICOM_FILE: "application/dicom",
    MediaKind.DICOM_SERIES: "application/dicom",
    MediaKind.IMAGE_GROUP: "image/jpeg",
    MediaKind.IMAGE_SEQUENCE: "image/jpeg",
    MediaKind.DATA_GROUP: "application/json",
}


class SliceFacts(Value):
    """One file of a DICOM series."""

    instance_uid: str
    url: str
    width_px: int
    height_px: int
    multiframe_number: int | None = None


class UnitFacts(Value):
    """One file of a row as it is labelled: the row's own, or one image of a group."""

    data_id: str
    title: str
    link: str = ""
    mime_type: str
    sequence: int = 0
    width_px: int | None = None
    height_px: int | None = None
    fps: float | None = None
    duration_s: float | None = None
    codec: str | None = None
    sample_rate_hz: int | None = None
    bit_depth: int | None = None
    num_channels: int | None = None
    slices: tuple[SliceFacts, ...] = ()


class SpaceFacts(Value):
    """A member of a data group as it is labelled; `unit` bears its item's id, by which labels name the space."""

    key: str
    kind: MediaKind
    frames: int | None = None
    markup: bool = False
    unit: UnitFacts


class Judged(Value):
    """The last verdict on a label; who gave it by e-mail address, None: somebody who is gone."""

    status: ReviewStatus
    by: str | None = None
    at: Timestamp


class RowFacts(Value):
    """A label row's head; `units` in frame order when each frame is a file of its own.

    `judged` are verdicts by label, if they are to be told (None: not).
    """

    label_id: str
    data_id: str
    data_title: str
    dataset_id: str
    dataset_title: str
    kind: MediaKind
    label_status: str
    annotation_task_status: str
    created_at: Timestamp
    last_edited_at: Timestamp
    units: tuple[UnitFacts, ...]
    spaces: tuple[SpaceFacts, ...] = ()
    branch: str = "main"
    deleted: bool = False
    valid: bool = True
    benchmark: bool = False
    export_id: str | None = None
    exported_at: Timestamp | None = None
    judged: Mapping[str, Judged] | None = None


class Counts(Value):
    """How many images, annotations and tracks there are."""

    images: int = 0
    annotations: int = 0
    tracks: int = 0

    def plus(self, other: "Counts") -> "Counts":
        return Counts(
            images=self.images + other.images,
            annotations=self.annotations + other.annotations,
            tracks=self.tracks + other.tracks,
        )


#: Kinds whose label rows have a data unit for each frame.
GROUPS = frozenset({MediaKind.IMAGE_GROUP, MediaKind.IMAGE_SEQUENCE})

#: Kinds that have frames (pages, slices) inside one file.
FRAMED = frozenset({MediaKind.VIDEO, MediaKind.DICOM_SERIES, MediaKind.DICOM_FILE, MediaKind.NIFTI, MediaKind.PDF})


def units_of(data_id: str, item: Item, files: Files) -> tuple[UnitFacts, ...]:
    """The units of a row: one for each image of a group or frame of a sequence, else one.

    `files` are the item's members, or itself, each with its link; a sequence's frames all lie in its one video.
    """
    return _UNITS.get(item.kind, _one_unit)(data_id, item, files)


def _one_unit(data_id: str, item: Item, files: Files) -> tuple[UnitFacts, ...]:
    return (_unit(data_id, item, next((link for _, link in files), ""), 0),)


def _unlinked(data_id: str, item: Item, _: Files) -> tuple[UnitFacts, ...]:
    return (_unit(data_id, item, "", 0),)


def _units_of_film(data_id: str, item: Item, files: Files) -> tuple[UnitFacts, ...]:
    link = next((link for _, link in files), "")
    return tuple(_unit(member_id(data_id, at), item, link, at) for at in range(frames_of(item) or 0))


def _units_of_images(data_id: str, _: Item, files: Files) -> tuple[UnitFacts, ...]:
    return tuple(_unit(member_id(data_id, place), it, link, place) for place, (it, link) in enumerate(files))


def _unit_of_slices(data_id: str, item: Item, files: Files) -> tuple[UnitFacts, ...]:
    slices = tuple(_slice(member, link) for member, link in files)
    unit = _unit(data_id, item, slices[0].url if slices else "", 0)
    return (unit.model_copy(update={"slices": slices}),)


_UNITS: Final[Mapping[MediaKind, Callable[[str, Item, Files], tuple[UnitFacts, ...]]]] = {
    MediaKind.IMAGE_SEQUENCE: _units_of_film,
    MediaKind.IMAGE_GROUP: _units_of_images,
    MediaKind.DATA_GROUP: _unlinked,
    MediaKind.DICOM_SERIES: _unit_of_slices,
}


def spaces_of(item: Item, files: Iterable[tuple[Item, str]] = ()) -> tuple[SpaceFacts, ...]:
    """The spaces of a data group in the order of its layout, with links to the files of those that are there."""
    links = {member.id: link for member, link in files if member.deleted_at is None}
    return tuple(_space(it, links.get(it.id, "")) for it in item.spaces)


def _space(space: Space, link: str) -> SpaceFacts:
    unit = _unit(space.id, space, link, 0)
    frames, markup = frames_of_space(space), is_markup(space.facts)
    return SpaceFacts(key=space.key, kind=space.kind, frames=frames, markup=markup, unit=unit)


def member_id(data_id: str, place: int) -> str:
    """The data id of one image of a group, the same in every export."""
    return str(uuid5(_MEMBERS, f"{data_id}/{place}"))


def _unit(data_id: str, item: Item | Space, link: str, sequence: int) -> UnitFacts:
    facts = item.facts
    width_px, height_px = size_px(item)
    return UnitFacts(
        data_id=data_id,
        title=item.title,
        link=link,
        mime_type=facts.mime_type or MIME_TYPES[item.kind],
        sequence=sequence,
        width_px=width_px,
        height_px=height_px,
        fps=facts.fps,
        duration_s=facts.duration_s,
        codec=facts.codec,
        sample_rate_hz=facts.sample_rate_hz,
        bit_depth=facts.bit_depth,
        num_channels=facts.num_channels,
    )


def size_px(item: Item | Space) -> tuple[int | None, int | None]:
    """Width and height; of a volume its first two axes."""
    facts = item.facts
    if facts.width_px is None and facts.shape and len(facts.shape) >= 2:
        return facts.shape[0], facts.shape[1]
    return facts.width_px, facts.height_px


def _slice(member: Item, link: str) -> SliceFacts:
    facts = member.facts
    return SliceFacts(
        instance_uid=facts.instance_uid or member.id,
        url=link,
        width_px=facts.width_px or 0,
        height_px=facts.height_px or 0,
    )

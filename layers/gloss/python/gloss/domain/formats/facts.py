"""What a format says of a row beyond its labels: whose it is, how it stands, and the media below."""

from gloss.domain.media import MediaKind
from gloss.domain.model import Timestamp, Value


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


class RowFacts(Value):
    """A label row's head; `units` in frame order when each frame is a file of its own."""

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
    branch: str = "main"
    deleted: bool = False
    valid: bool = True


#: Kinds whose frames are files of their own.
GROUPS = frozenset({MediaKind.IMAGE_GROUP, MediaKind.IMAGE_SEQUENCE})

#: Kinds that have frames (pages, slices) inside one file.
FRAMED = frozenset({MediaKind.VIDEO, MediaKind.DICOM_SERIES, MediaKind.DICOM_FILE, MediaKind.NIFTI, MediaKind.PDF})

"""What is registered: the kinds of media, the facts of a file, and the item that keeps both."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from gloss.domain.channels import Channels
from gloss.domain.layout import Layout, LayoutKey
from gloss.domain.model import FolderId, IntegrationId, ItemId, JobId, OrgId, Timestamp, Title, UserId, Value, Versioned


class MediaKind(StrEnum):
    """Every sort of item; `dicom_file` is a hidden member of a `dicom_series`."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    PDF = "pdf"
    TEXT = "text"
    TIME_SERIES = "time_series"
    NIFTI = "nifti"
    DICOM_FILE = "dicom_file"
    DICOM_SERIES = "dicom_series"
    IMAGE_GROUP = "image_group"
    IMAGE_SEQUENCE = "image_sequence"
    DATA_GROUP = "data_group"


class Facts(Value):
    """What a header says of a file; None: not said, or not known for this kind.

    `spacing_mm` is (column, row, slice) for DICOM and NIfTI, `shape` the voxels of a volume in the file's order,
    `columns` the header of a time series, whose first column is the time, and `start_s` the first time as it stands
    there, in seconds since 1970 or since a zero of the file's own.
    """

    mime_type: str | None = None
    size_bytes: int | None = None
    width_px: int | None = None
    height_px: int | None = None
    fps: float | None = None
    frame_count: int | None = None
    duration_s: float | None = None
    start_s: float | None = None
    codec: str | None = None
    container: str | None = None
    sample_rate_hz: int | None = None
    bit_depth: int | None = None
    num_channels: int | None = None
    num_pages: int | None = None
    columns: tuple[str, ...] | None = None
    num_rows: int | None = None
    modality: str | None = None
    spacing_mm: tuple[float, ...] | None = None
    shape: tuple[int, ...] | None = None
    patient_id: str | None = None
    study_uid: str | None = None
    series_uid: str | None = None
    instance_uid: str | None = None
    position_mm: tuple[float, float, float] | None = None
    orientation: tuple[float, ...] | None = None


Metadata = dict[str, Any]
"""Client metadata: keys of the client's own schema to JSON values, without `$encord`."""

Vector = Annotated[list[float], Field(min_length=1, max_length=4096)]
Frame = int


class Stowed(Value):
    """Where the document of an item's large metadata lies."""

    key: str
    size_bytes: int


class Roll(Value):
    """Where the list of an item's members or sources lies when it is long: how many lines it has, and their SHA-256."""

    key: str
    count: int
    sha256: str


class Space(Value):
    """A member of a data group as it was when the group was made; labels name it by its item, people by its key."""

    id: ItemId
    key: LayoutKey
    kind: MediaKind
    title: Title
    facts: Facts = Facts()


class Item(Versioned):
    """One registered file, group, sequence or series; `members` are its parts in frame order, `sources` the URLs of the
    images that a sequence's video was made from.

    `roll` points to a list of either that is long; `services/enrolling` reads it. `stowed` points to the document of
    metadata and vectors when it is large; `services/stowing` brings it back.
    `sampling_rate` is the frames a second that the manifest asked for (0: the first frame and key frames only); None:
    it said nothing, so the import decides. `fingerprint` names the kind and canonical URLs of what is several files;
    one file is named by its kind and `url`. `part_of` is the item whose hidden member this is, which says where it lies
    and whether it is there. `spaces` and `layout` are a data group's; `grouped`: it was made a member of one, which
    `services/combining` finds. `view` is how a time series is drawn. `last_edited_at`: None until it is edited.
    """

    id: ItemId
    org_id: OrgId
    folder_id: FolderId
    kind: MediaKind
    title: Title
    description: str = ""
    url: str | None = None
    members: tuple[ItemId, ...] = ()
    sources: tuple[str, ...] = ()
    roll: Roll | None = None
    hidden: bool = False
    part_of: ItemId | None = None
    spaces: tuple[Space, ...] = ()
    layout: Layout | None = None
    grouped: bool = False
    fingerprint: str | None = None
    facts: Facts = Facts()
    metadata: Metadata = Field(default_factory=dict)
    keyframes: tuple[Frame, ...] = ()
    frame_metadata: dict[Frame, Metadata] = Field(default_factory=dict)
    embeddings: dict[str, Vector] = Field(default_factory=dict)
    frame_embeddings: dict[Frame, dict[str, Vector]] = Field(default_factory=dict)
    stowed: Stowed | None = None
    sampling_rate: float | None = None
    view: Channels | None = None
    integration_id: IntegrationId | None = None
    job_id: JobId | None = None
    row: int | None = None
    created_at: Timestamp
    created_by: UserId
    last_edited_at: Timestamp | None = None
    deleted_at: Timestamp | None = None

    @property
    def member_count(self) -> int:
        """How many parts it has, wherever their list lies."""
        return len(self.members) if self.kind is MediaKind.IMAGE_SEQUENCE else len(self.members) or self._enrolled

    @property
    def source_count(self) -> int:
        """From how many images its video was made."""
        return len(self.sources) or self._enrolled if self.kind is MediaKind.IMAGE_SEQUENCE else len(self.sources)

    @property
    def _enrolled(self) -> int:
        return 0 if self.roll is None else self.roll.count

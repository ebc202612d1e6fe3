"""What one row of a manifest asks for: a unit of its kind, or the fault that keeps it from being one."""

from typing import Annotated, Literal, NamedTuple
from urllib.parse import unquote

from pydantic import ConfigDict, Field, TypeAdapter

from gloss.domain.channels import Channels
from gloss.domain.manifest.facts import (
    AudioOverride,
    DicomOverride,
    ImageOverride,
    Override,
    PdfOverride,
    TextOverride,
    VideoOverride,
)
from gloss.domain.media import Facts, MediaKind, Metadata
from gloss.domain.metadata import FrameMarks, frame_marks
from gloss.domain.model import Title, Value

MAX_TITLE = 256
MAX_URL = 16 * 1024
Url = Annotated[str, Field(min_length=1, max_length=MAX_URL)]


class Spot(NamedTuple):
    """Where a row stands: its number in the manifest, its path there, and the line on which it begins, where known."""

    row: int
    path: str
    line: int | None = None


class Row(Value):
    """What every row has: its spot in the manifest, a title and the client's metadata."""

    model_config = ConfigDict(populate_by_name=False)

    row: int = Field(alias="$row")
    path: str = Field(alias="$path")
    line: int | None = Field(default=None, alias="$line")
    client_metadata: Metadata = Field(
        default_factory=dict,
        alias="clientMetadata",
    )
    external_file_type: str | None = Field(default=None, alias="externalFileType")

    def marks(self) -> FrameMarks | None:
        """What the row says of single frames, or None."""
        said = frame_marks(self.client_metadata)
        return None if said is None else FrameMarks.model_validate(said)


class Single(Row):
    """A row of one file."""

    object_url: Url = Field(alias="objectUrl")
    title: Title | None = None
    placeholder_item_uuid: str | None = Field(default=None, alias="placeholderItemUuid")

    @property
    def urls(self) -> tuple[str, ...]:
        return (self.object_url,)

    @property
    def name(self) -> str:
        return self.title or file_name(self.object_url)

    @property
    def overrides(self) -> tuple[Facts | None, ...]:
        return (None,)


class Told(Single):
    """A row of one file of which the client may say the facts itself."""

    said: Override | None = None

    @property
    def overrides(self) -> tuple[Facts | None, ...]:
        return (None if self.said is None else self.said.facts(),)


class VideoUnit(Told):
    """One video."""

    kind: Literal[MediaKind.VIDEO] = Field(alias="$kind")
    said: VideoOverride | None = Field(default=None, alias="videoMetadata")


class ImageUnit(Told):
    """One image."""

    kind: Literal[MediaKind.IMAGE] = Field(alias="$kind")
    said: ImageOverride | None = Field(default=None, alias="imageMetadata")


class AudioUnit(Told):
    """One audio file."""

    kind: Literal[MediaKind.AUDIO] = Field(alias="$kind")
    said: AudioOverride | None = Field(default=None, alias="audioMetadata")


class PdfUnit(Told):
    """One PDF."""

    kind: Literal[MediaKind.PDF] = Field(alias="$kind")
    said: PdfOverride | None = Field(default=None, alias="pdfMetadata")


class TextUnit(Told):
    """One text, HTML, JSON or XML file."""

    kind: Literal[MediaKind.TEXT] = Field(alias="$kind")
    said: TextOverride | None = Field(default=None, alias="textMetadata")


class NiftiUnit(Single):
    """One NIfTI volume."""

    kind: Literal[MediaKind.NIFTI] = Field(alias="$kind")


class TimeSeriesUnit(Single):
    """One CSV file of measurements, and how its columns are drawn."""

    kind: Literal[MediaKind.TIME_SERIES] = Field(alias="$kind")
    settings: Channels | None = None


class Member(Value):
    """One file of a group, sequence or series."""

    model_config = ConfigDict(populate_by_name=False)

    url: Url
    title: Title | None = None
    placeholder_item_uuid: str | None = Field(default=None, alias="placeholderItemUuid")


class ImageMember(Member):
    """One image of a group or sequence."""

    said: ImageOverride | None = Field(default=None, alias="imageMetadata")


class DicomMember(Member):
    """One file of a series."""

    said: DicomOverride | None = Field(default=None, alias="dicomMetadata")


class Several(Row):
    """A row of several files in order; a title of null is the first file's name."""

    title: Title | None

    @property
    def parts(self) -> tuple[ImageMember | DicomMember, ...]:
        return ()

    @property
    def urls(self) -> tuple[str, ...]:
        return tuple(part.url for part in self.parts)

    @property
    def name(self) -> str:
        return self.title or file_name(self.urls[0])

    @property
    def overrides(self) -> tuple[Facts | None, ...]:
        return tuple(None if part.said is None else part.said.facts() for part in self.parts)


class _Group(Several):
    images: tuple[ImageMember, ...] = Field(min_length=1, max_length=200_000)
    cluster_by_resolution: bool = Field(
        default=False,
        alias="clusterByResolution",
    )

    @property
    def parts(self) -> tuple[ImageMember | DicomMember, ...]:
        return self.images


class GroupUnit(_Group):
    """Images of one task, each in its own size."""

    kind: Literal[MediaKind.IMAGE_GROUP] = Field(alias="$kind")


class SequenceUnit(_Group):
    """Images that become one video of the first image's size."""

    kind: Literal[MediaKind.IMAGE_SEQUENCE] = Field(alias="$kind")


class SeriesUnit(Several):
    """The files of one DICOM series."""

    kind: Literal[MediaKind.DICOM_SERIES] = Field(alias="$kind")
    dicom_files: tuple[DicomMember, ...] = Field(
        min_length=1,
        max_length=200_000,
        alias="dicomFiles",
    )

    @property
    def parts(self) -> tuple[ImageMember | DicomMember, ...]:
        return self.dicom_files


OneFile = VideoUnit | ImageUnit | AudioUnit | PdfUnit | TextUnit | NiftiUnit | TimeSeriesUnit
Unit = OneFile | GroupUnit | SequenceUnit | SeriesUnit
UNIT: TypeAdapter[Unit] = TypeAdapter(Annotated[Unit, Field(discriminator="kind")])


class RowFault(Value):
    """A row that cannot be registered: its spot, with the path of the fault, the reason, and the URLs it named."""

    row: int
    path: str
    reason: str
    urls: tuple[str, ...] = ()
    line: int | None = None


def file_name(url: str) -> str:
    """The name of the file that a URL names; at most as long as a title may be. Only web URLs are percent-encoded."""
    path = url.partition("?")[0].rstrip("/")
    name = path.rpartition("/")[2]
    return (unquote(name) if url.startswith("http") else name)[-MAX_TITLE:] or url[-MAX_TITLE:]

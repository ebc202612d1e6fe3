"""The `...Metadata` overrides of a manifest: trusted as they stand, and turned into facts."""

from typing import Any

from pydantic import ConfigDict, model_validator
from pydantic.alias_generators import to_camel

from gloss.domain.media import Facts
from gloss.domain.model import Value
from gloss.domain.sampling import frame_total

REQUIRED_TAGS = frozenset(
    {
        *("00080018", "00100020", "00180050", "00181114", "00181164", "0020000D", "0020000E", "00200013"),
        *("00200032", "00200037", "00209113", "00209116", "00280004", "00280008", "00280010", "00280011"),
        *("00280030", "00281050", "00281051", "00289110", "52009229", "52009230"),
    }
)

_FACT = {
    "file_size": "size_bytes",
    "width": "width_px",
    "height": "height_px",
    "duration": "duration_s",
    "sample_rate": "sample_rate_hz",
}


class Override(Value):
    """What the client says of a file instead of letting Gloss read it; camel and snake case are both read."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    def facts(self) -> Facts:
        """The same as facts."""
        return Facts(**{_FACT.get(name, name): value for name, value in self})


class ImageOverride(Override):
    """`imageMetadata`."""

    mime_type: str
    file_size: int
    width: int
    height: int


class VideoOverride(Override):
    """`videoMetadata`; the number of frames is round(fps * duration)."""

    fps: float
    duration: float
    width: int
    height: int
    file_size: int
    mime_type: str

    def facts(self) -> Facts:
        return super().facts().model_copy(update={"frame_count": frame_total(self.fps, self.duration)})


class AudioOverride(Override):
    """`audioMetadata`."""

    duration: float
    file_size: int
    mime_type: str
    sample_rate: int
    bit_depth: int
    codec: str
    num_channels: int


class TextOverride(Override):
    """`textMetadata`."""

    file_size: int
    mime_type: str


class PdfOverride(Override):
    """`pdfMetadata`."""

    file_size: int
    num_pages: int

    def facts(self) -> Facts:
        return super().facts().model_copy(update={"mime_type": "application/pdf"})


class DicomOverride(Override):
    """`dicomMetadata`: tags in the DICOM JSON model; each of the 22 keys must be there, its value may be null."""

    tags: dict[str, Any]

    @model_validator(mode="after")
    def _complete(self) -> "DicomOverride":
        missing = sorted(REQUIRED_TAGS - {tag.upper() for tag in self.tags})
        if missing:
            raise ValueError(f"dicomMetadata.tags lacks {', '.join(missing)}")
        return self

    def facts(self) -> Facts:
        spacing = _numbers(self._values("00280030"))
        slice_mm = _numbers(self._values("00180050"))
        position = _numbers(self._values("00200032"))
        return Facts(
            mime_type="application/dicom",
            width_px=self._first("00280011"),
            height_px=self._first("00280010"),
            modality=self._first("00080060"),
            patient_id=self._first("00100020"),
            study_uid=self._first("0020000D"),
            series_uid=self._first("0020000E"),
            instance_uid=self._first("00080018"),
            spacing_mm=(spacing[1], spacing[0], *slice_mm[:1]) if len(spacing) == 2 else None,
            position_mm=(position[0], position[1], position[2]) if len(position) == 3 else None,
            orientation=_numbers(self._values("00200037")) or None,
            frame_count=int(self._first("00280008") or 1),
        )

    def _values(self, tag: str) -> list[Any]:
        said = {key.upper(): value for key, value in self.tags.items()}.get(tag)
        values = said.get("Value") if isinstance(said, dict) else said
        return values if isinstance(values, list) else [] if values is None else [values]

    def _first(self, tag: str) -> Any:
        values = self._values(tag)
        return values[0] if values else None


def _numbers(values: list[Any]) -> tuple[float, ...]:
    return tuple(float(value) for value in values if isinstance(value, int | float | str))

"""Datasets and data units on the SDK's wires."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from gloss.domain.access import Role
from gloss.domain.dataset import DataRow, Dataset
from gloss.domain.formats.facts import member_id
from gloss.domain.media import Item, MediaKind
from gloss.domain.model import DatasetId, Timestamp
from gloss.sdk.wire import Wire

DATA_TYPES: Final[Mapping[MediaKind, str]] = {
    MediaKind.IMAGE: "IMAGE",
    MediaKind.VIDEO: "VIDEO",
    MediaKind.AUDIO: "AUDIO",
    MediaKind.PDF: "PDF",
    MediaKind.TEXT: "PLAIN_TEXT",
    MediaKind.TIME_SERIES: "TIME_SERIES",
    MediaKind.NIFTI: "NIFTI",
    MediaKind.DICOM_SERIES: "DICOM",
    MediaKind.IMAGE_GROUP: "IMG_GROUP",
    MediaKind.IMAGE_SEQUENCE: "IMG_GROUP",
    MediaKind.DATA_GROUP: "GROUP",
}
#: Where files lie, as numbers; what has none is New Storage to the client.
NEW_STORAGE: Final = -99
LOCATIONS: Final[Mapping[str, int]] = {"encord": 0, "s3": 1, "gcp": 2, "azure": 3, "s3Compatible": 4}


class DatasetPayload(Wire):
    """A dataset to make."""

    title: str
    description: str | None = None
    create_backing_folder: bool = True


class MadeDataset(Wire):
    """A new dataset and the folder that backs it."""

    dataset_uuid: str
    backing_folder_uuid: str | None

    @classmethod
    def of(cls, dataset: Dataset) -> "MadeDataset":
        return cls(dataset_uuid=dataset.id, backing_folder_uuid=dataset.folder_id)


class DatasetDto(Wire):
    """A dataset in a list."""

    dataset_uuid: str
    title: str
    description: str
    created_at: Timestamp
    last_edited_at: Timestamp
    user_role: str | None
    storage_location: int = 0
    backing_folder_uuid: str | None

    @classmethod
    def of(cls, dataset: Dataset, role: Role | None) -> "DatasetDto":
        return cls(
            dataset_uuid=dataset.id,
            title=dataset.title,
            description=dataset.description,
            created_at=dataset.created_at,
            last_edited_at=dataset.last_edited_at,
            user_role=None if role is None else "admin" if role is Role.ADMIN else "user",
            backing_folder_uuid=dataset.folder_id,
        )


class DatasetsDto(Wire):
    """All of them at once; this list has no pages."""

    result: list[DatasetDto]


class ProjectsDataset(Wire):
    """A dataset of a project."""

    dataset_hash: DatasetId
    title: str
    description: str


class RowShown(NamedTuple):
    """What is told of a data unit beside itself: its item and where that lies, and what was asked for besides."""

    item: Item | None = None
    location: str = "encord"
    more: Mapping[str, Any] = {}


def dataset_dict(dataset: Dataset) -> dict[str, Any]:
    """A dataset on the legacy wire, without its data units."""
    return {
        "dataset_hash": dataset.id,
        "title": dataset.title,
        "description": dataset.description,
        "dataset_type": "CORD_STORAGE",
        "backing_folder_uuid": dataset.folder_id,
    }


def row_dict(row: DataRow, shown: RowShown) -> dict[str, Any]:
    """A data unit on the legacy wire, with the facts of the item that backs it; one that is gone has none."""
    return {
        "data_hash": row.id,
        "data_title": row.title,
        "data_type": DATA_TYPES[row.media_kind],
        "created_at": row.attached_at.isoformat(),
        "last_edited_at": (row.last_edited_at or row.attached_at).isoformat(),
        "is_optimised_image_group": _is_sequence(row.media_kind),
        "backing_item_uuid": row.item_id,
        **_file(shown.item, shown.location),
        **shown.more,
    }


def image_dicts(row: DataRow, images: Sequence[Item], urls: Sequence[str | None]) -> list[dict[str, Any]]:
    """The images of a group on the legacy wire, named as labels name them."""
    return [_image(row, place, images[place], urls[place]) for place in range(len(images))]


def _image(row: DataRow, place: int, image: Item, url: str | None) -> dict[str, Any]:
    file = _file(image, "encord" if image.integration_id is None else "s3")
    return {
        "image_hash": member_id(row.id, place),
        "title": image.title,
        "created_at": image.created_at.isoformat(),
        "last_edited_at": (image.last_edited_at or image.created_at).isoformat(),
        "signed_url": url,
        **{name: file[name] for name in ("file_link", "file_type", "file_size", "storage_location", "height", "width")},
    }


def _file(item: Item | None, location: str) -> dict[str, Any]:
    facts = None if item is None else item.facts
    return {
        "width": facts and facts.width_px,
        "height": facts and facts.height_px,
        "file_link": item and item.url,
        "file_size": facts and facts.size_bytes,
        "file_type": facts and facts.mime_type,
        "storage_location": LOCATIONS.get(location, NEW_STORAGE),
        "frames_per_second": facts and facts.fps,
        "duration": facts and facts.duration_s,
    }


def _is_sequence(kind: MediaKind) -> bool | None:
    return kind is MediaKind.IMAGE_SEQUENCE if DATA_TYPES[kind] == "IMG_GROUP" else None

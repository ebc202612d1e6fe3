"""Datasets and data units on the SDK's wires."""

from collections.abc import Mapping
from typing import Any, Final

from gloss.domain.dataset import DataRow, Dataset
from gloss.domain.media import Item, MediaKind
from gloss.sdk.wire import Wire

DATA_TYPES: Final[Mapping[MediaKind, str]] = {
    MediaKind.IMAGE: "IMAGE",
    MediaKind.VIDEO: "VIDEO",
    MediaKind.AUDIO: "AUDIO",
    MediaKind.PDF: "PDF",
    MediaKind.TEXT: "PLAIN_TEXT",
    MediaKind.NIFTI: "NIFTI",
    MediaKind.DICOM_SERIES: "DICOM",
    MediaKind.IMAGE_GROUP: "IMG_GROUP",
    MediaKind.IMAGE_SEQUENCE: "IMG_GROUP",
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


def dataset_dict(dataset: Dataset, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A dataset on the legacy wire."""
    return {
        "dataset_hash": dataset.id,
        "title": dataset.title,
        "description": dataset.description,
        "dataset_type": "CORD_STORAGE",
        "backing_folder_uuid": dataset.folder_id,
        "data_rows": rows,
    }


def row_dict(row: DataRow, item: Item | None, location: str) -> dict[str, Any]:
    """A data unit on the legacy wire, with the facts of the item that backs it; one that is gone has none."""
    facts = None if item is None else item.facts
    return {
        "data_hash": row.id,
        "data_title": row.title,
        "data_type": DATA_TYPES[row.media_kind],
        "created_at": row.attached_at.isoformat(),
        "last_edited_at": row.attached_at.isoformat(),
        "width": facts and facts.width_px,
        "height": facts and facts.height_px,
        "file_link": item and item.url,
        "file_size": facts and facts.size_bytes,
        "file_type": facts and facts.mime_type,
        "storage_location": LOCATIONS.get(location, NEW_STORAGE),
        "frames_per_second": facts and facts.fps,
        "duration": facts and facts.duration_s,
        "is_optimised_image_group": row.media_kind is MediaKind.IMAGE_SEQUENCE or None,
        "backing_item_uuid": row.item_id,
    }

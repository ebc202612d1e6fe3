"""Datasets: items of media chosen for labelling. Each attachment of an item is a data unit of its own."""

from enum import StrEnum
from uuid import UUID, uuid5

from gloss.domain.media import MediaKind
from gloss.domain.model import (
    DataId,
    DatasetId,
    Description,
    FolderId,
    ItemId,
    OrgId,
    ProjectId,
    Timestamp,
    Title,
    UserId,
    Value,
    Versioned,
)

_DATA_UNITS = UUID("7f0c8a52-3b1d-4e86-9a5f-2d6c1b0e9f43")


class Duplicates(StrEnum):
    """What to do with an item that the dataset holds already: make a second data unit, refuse all, or pass over it."""

    DUPLICATE = "duplicate"
    FAIL = "fail"
    SKIP = "skip"


class Dataset(Versioned):
    """A titled collection of data units, owned by an organisation; `folder_id` is the folder that backs it."""

    id: DatasetId
    org_id: OrgId
    title: Title
    description: Description = ""
    folder_id: FolderId | None = None
    created_by: UserId
    created_at: Timestamp
    last_edited_at: Timestamp


class DataRow(Versioned):
    """A data unit: one item in one dataset."""

    id: DataId
    dataset_id: DatasetId
    org_id: OrgId
    item_id: ItemId
    media_kind: MediaKind
    title: Title
    attached_by: UserId
    attached_at: Timestamp
    last_edited_at: Timestamp | None = None


class Uses(Versioned):
    """How many data units an item backs, in all datasets."""

    item_id: ItemId
    data_units: int


class Attachment(Value):
    """A dataset is on a project: data units that come to it later get their tasks there."""

    dataset_id: DatasetId
    project_id: ProjectId
    attached_at: Timestamp


def first_data_id(dataset_id: DatasetId, item_id: ItemId) -> DataId:
    """The id of an item's first data unit in a dataset; the same again, so attaching twice at once makes one."""
    return DataId(str(uuid5(_DATA_UNITS, f"{dataset_id}/{item_id}")))

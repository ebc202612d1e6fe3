"""Doorways of datasets and their data units."""

from gloss import edge, wiring
from gloss.domain.dataset import DataRow, Dataset
from gloss.domain.media import MediaKind
from gloss.domain.model import DataId, DatasetId, FolderId, ItemId, OrgId, Timestamp, UserId, Value
from gloss.kinds.catalog import DATASETS
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import attaching, cataloguing, finding
from gloss.services.attaching import Attached, Attaching
from gloss.services.cataloguing import NewDataset

router = edge.router()


class DatasetView(Value):
    """A dataset."""

    id: DatasetId
    org_id: OrgId
    title: str
    description: str
    folder_id: FolderId | None
    created_by: UserId
    created_at: Timestamp
    last_edited_at: Timestamp
    version: int

    @classmethod
    def of(cls, dataset: Dataset) -> "DatasetView":
        return cls.model_validate(dict(dataset))


class DataRowView(Value):
    """A data unit of a dataset."""

    data_id: DataId
    dataset_id: DatasetId
    item_id: ItemId
    media_kind: MediaKind
    title: str
    attached_by: UserId
    attached_at: Timestamp
    last_edited_at: Timestamp | None

    @classmethod
    def of(cls, row: DataRow) -> "DataRowView":
        return cls.model_validate({**row.model_dump(exclude={"id", "org_id", "version"}), "data_id": row.id})


@router.post("/v1/datasets")
def make_dataset(body: NewDataset) -> DatasetView:
    return DatasetView.of(cataloguing.make_dataset(body, edge.caller(), wiring.ports()))


@router.get("/v1/datasets")
def list_datasets(limit: Limit = 100, token: Token = None) -> Listing[DatasetView]:
    page = finding.visible("dataset", DATASETS, edge.caller(), Query(limit=limit, after=token), wiring.store())
    return Listing(entries=[DatasetView.of(each) for each in page.entries], next_token=page.next_token)


@router.get("/v1/datasets/<dataset_id>")
def get_dataset(dataset_id: str) -> DatasetView:
    return DatasetView.of(cataloguing.dataset(dataset_id, wiring.store()))


@router.get("/v1/datasets/<dataset_id>/rows")
def list_rows(dataset_id: DatasetId, limit: Limit = 100, token: Token = None) -> Listing[DataRowView]:
    page = attaching.rows_of(dataset_id, Query(limit=limit, after=token), wiring.store())
    return Listing(entries=[DataRowView.of(each) for each in page.entries], next_token=page.next_token)


@router.post("/v1/datasets/<dataset_id>/items")
def attach_items(dataset_id: DatasetId, body: Attaching) -> Attached:
    return attaching.attach(dataset_id, body, edge.caller(), wiring.ports())


@router.delete("/v1/datasets/<dataset_id>/rows/<data_id>")
def detach_row(dataset_id: DatasetId, data_id: DataId) -> DataRowView:
    return DataRowView.of(attaching.detach(dataset_id, data_id, edge.caller(), wiring.ports()))

"""Doorways of datasets."""

from gloss import edge, wiring
from gloss.domain.dataset import Dataset
from gloss.domain.model import DatasetId, OrgId, Timestamp, UserId, Value
from gloss.kinds.catalog import DATASETS
from gloss.paging import Limit, Listing, Token
from gloss.ports import Query
from gloss.services import cataloguing, finding
from gloss.services.cataloguing import NewDataset

router = edge.router()


class DatasetView(Value):
    """A dataset."""

    id: DatasetId
    org_id: OrgId
    title: str
    description: str
    created_by: UserId
    created_at: Timestamp
    last_edited_at: Timestamp
    version: int

    @classmethod
    def of(cls, dataset: Dataset) -> "DatasetView":
        return cls.model_validate(dict(dataset))


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

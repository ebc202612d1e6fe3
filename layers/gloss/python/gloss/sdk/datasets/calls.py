"""What the SDK asks of datasets as a whole."""

from itertools import chain
from typing import Any

from pydantic_core import to_json

from gloss.domain.access import Caller
from gloss.domain.dataset import Dataset, Duplicates
from gloss.domain.errors import Fault, Invalid
from gloss.domain.model import DatasetId, ItemId, ProjectId, Timestamp
from gloss.domain.parsing import parsed
from gloss.kinds.catalog import DATASETS
from gloss.ports import Key, Page, Ports, Query, Store
from gloss.sdk.asking import Asking
from gloss.sdk.datasets.rows import AccessSettings, dicts, in_order, told
from gloss.sdk.datasets.shapes import DatasetDto, DatasetPayload, DatasetsDto, ProjectsDataset, dataset_dict
from gloss.sdk.labels.filters import like
from gloss.sdk.operations import Asked, Payload
from gloss.sdk.refusing import as_illegal
from gloss.sdk.wire import Pieces, Results, written
from gloss.services import attaching, authorising, backing, cataloguing, departing, finding, projecting
from gloss.services.attaching import Attaching
from gloss.services.cataloguing import NewDataset
from gloss.services.projecting import MoreDatasets


class DatasetQuery(Payload):
    """Which of it is wanted."""

    dataset_access_settings: AccessSettings = AccessSettings()


class LinkPayload(Payload):
    """Items to link."""

    item_uuids: tuple[ItemId, ...]
    duplicates_behavior: str = "SKIP"


class DatasetsAsking(Asking):
    """Which datasets."""

    title_eq: str | None = None
    title_like: str | None = None
    description_eq: str | None = None
    description_like: str | None = None
    created_before: Timestamp | None = None
    created_after: Timestamp | None = None
    edited_before: Timestamp | None = None
    edited_after: Timestamp | None = None

    def fits(self, dataset: Dataset) -> bool:
        """Whether a dataset is one of those."""
        return (
            _is_like(dataset.title, self.title_eq, self.title_like)
            and _is_like(dataset.description, self.description_eq, self.description_like)
            and _is_between(dataset.created_at, self.created_after, self.created_before)
            and _is_between(dataset.last_edited_at, self.edited_after, self.edited_before)
        )


class DatasetHashes(Payload):
    """Datasets by their ids."""

    dataset_hashes: tuple[DatasetId, ...]


def make(payload: DatasetPayload, caller: Caller, ports: Ports) -> Dataset:
    """A new dataset, with a folder that backs it unless that is not wanted."""
    wanted = NewDataset(title=payload.title, description=payload.description or "")
    if payload.create_backing_folder:
        return backing.make_dataset(wanted, caller, ports)
    return cataloguing.make_dataset(wanted, caller, ports)


def listed(asking: DatasetsAsking, caller: Caller, store: Store) -> DatasetsDto:
    """All datasets that fit and that the caller may see."""
    found, token = list[Dataset](), None
    while True:
        page: Page[Dataset] = finding.visible("dataset", DATASETS, caller, Query(limit=1000, after=token), store)
        found += [it for it in page.entries if asking.fits(it)]
        token = page.next_token
        if token is None:
            break
    roles = authorising.roles_on(caller, [f"dataset:{it.id}" for it in found], store)
    return DatasetsDto(result=[DatasetDto.of(it, roles.get(f"dataset:{it.id}")) for it in found])


def get(asked: Asked, ports: Ports) -> Pieces:
    """A dataset with its data units; raises Overlong before their first for more than the ration."""
    settings = parsed(DatasetQuery, asked.values.payload or {}, "payload").dataset_access_settings
    dataset = cataloguing.dataset(asked.resource_id, ports.store)
    rows = in_order(dataset.id, asked.ration, ports.store) if settings.fetch_rows else []
    head = to_json(dataset_dict(dataset))[:-1] + b',"data_rows":'
    return Pieces(chain([head], written(told(rows, settings, asked.ration, ports)), [b"}"]))


def link(asked: Asked, ports: Ports) -> list[dict[str, Any]]:
    """Make data units of items; those that were made, or that stood there already where these are passed over."""
    payload = parsed(LinkPayload, asked.values.payload, "payload")
    behaviour = payload.duplicates_behavior.lower()
    if behaviour not in set(Duplicates):
        reason = f"is none of {', '.join(each.value.upper() for each in Duplicates)}"
        raise Invalid("Duplicates cannot be treated so.", [Fault("duplicates_behavior", reason)])
    wanted = Attaching(item_ids=payload.item_uuids, duplicates=Duplicates(behaviour))
    rows = attaching.link(DatasetId(asked.resource_id), wanted, asked.caller, ports)
    return dicts(rows, AccessSettings(), ports)


def of_project(project_id: ProjectId, store: Store) -> Results[ProjectsDataset]:
    """The datasets that a project is of."""
    ids = projecting.get(project_id, store).dataset_ids
    found = store.get_many(DATASETS, [Key(f"DATASET#{id_}") for id_ in ids])
    return Results(
        results=[ProjectsDataset(dataset_hash=it.id, title=it.title, description=it.description) for it in found]
    )


def put_on_project(asked: Asked, ports: Ports) -> bool:
    """Datasets put on a project; their data units get tasks there."""
    payload = parsed(DatasetHashes, asked.values.payload, "payload")
    if payload.dataset_hashes:
        wanted = MoreDatasets(dataset_ids=payload.dataset_hashes)
        projecting.add_datasets(ProjectId(asked.resource_id), wanted, asked.caller, ports)
    return True


def take_off_project(asked: Asked, ports: Ports) -> bool:
    """Datasets taken off a project, and with them the tasks of their data units; labels stay stored."""
    uid = asked.values.uid
    ids = tuple(DatasetId(each) for each in ([uid] if isinstance(uid, str) else uid or ()))
    with as_illegal():
        departing.take_off(ProjectId(asked.resource_id), ids, asked.caller, ports)
    return True


def _is_like(text: str, exact: str | None, pattern: str | None) -> bool:
    return (exact is None or text == exact) and (pattern is None or bool(like(pattern)(text)))


def _is_between(moment: Timestamp, after: Timestamp | None, before: Timestamp | None) -> bool:
    return (after is None or moment > after) and (before is None or moment < before)

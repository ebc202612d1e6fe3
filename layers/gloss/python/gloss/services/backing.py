"""Folders that back a dataset: made together with it, and what is registered in one becomes its data units."""

from collections.abc import Iterable

from gloss.domain.access import Caller
from gloss.domain.dataset import Dataset
from gloss.domain.folder import Folder
from gloss.domain.job import Job
from gloss.domain.media import Item
from gloss.domain.model import DatasetId, FolderId
from gloss.kinds.catalog import DATASETS
from gloss.kinds.register import FOLDERS
from gloss.ports import Key, Ports, Save
from gloss.services import attaching, authorising, making
from gloss.services.attaching import Arrival
from gloss.services.authorising import founding_grants
from gloss.services.cataloguing import NewDataset


def make_dataset(wanted: NewDataset, caller: Caller, ports: Ports) -> Dataset:
    """An empty dataset and the empty folder that backs it, with the caller as the Admin of both."""
    now, dataset_id, folder_id = ports.clock.now(), DatasetId(ports.ids.new()), FolderId(ports.ids.new())
    shared = {"org_id": caller.org_id, "created_by": caller.user_id, **dict(wanted)}
    times = {"created_at": now, "last_edited_at": now}
    dataset = Dataset.model_validate({**shared, **times, "id": dataset_id, "folder_id": folder_id})
    folder = Folder.model_validate({**shared, **times, "id": folder_id, "dataset_id": dataset_id})
    grants = [grant for name in _names(dataset, folder) for grant in founding_grants(name, caller, now)]
    return making.once(DATASETS, dataset, ports.store, [Save(FOLDERS, folder), *grants])


def take_in(job: Job, items: Iterable[Item], ports: Ports) -> None:
    """Make data units of what a job registered, in each dataset that it is for; repeated, it makes none twice.

    A dataset that is gone gets none.
    """
    whole = [item for item in items if not item.hidden and item.part_of is None]
    if not job.dataset_ids or not whole:
        return
    maker = authorising.person(job.created_by, ports.store)
    for dataset in ports.store.get_many(DATASETS, [Key(f"DATASET#{id_}") for id_ in job.dataset_ids]):
        attaching.take_in(Arrival(dataset, whole), maker, ports)


def _names(dataset: Dataset, folder: Folder) -> tuple[str, str]:
    return f"dataset:{dataset.id}", f"folder:{folder.id}"

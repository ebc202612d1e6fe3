"""Records of folders, items, integrations and registration jobs."""

from gloss.domain.folder import Folder
from gloss.domain.integration import Integration
from gloss.domain.job import Batch, Job
from gloss.domain.media import Item
from gloss.domain.model import iso
from gloss.domain.registering import Registered, is_listed
from gloss.ports import Key, Kind

#: A folder by id; the folders in a folder by title (by_parent).
FOLDERS = Kind(
    "folder",
    Folder,
    lambda it: folder_key(it.id),
    {"by_parent": lambda it: _within(it) if it.parent_id and it.deleted_at is None else None},
)

#: An item by id; the visible items of a folder in the order of registration (by_parent).
ITEMS = Kind(
    "item",
    Item,
    lambda it: item_key(it.id),
    {"by_parent": lambda it: _listed(it) if is_listed(it) else None},
)

#: The item that a folder has for a kind of media and its canonical URLs.
REGISTERED = Kind("registered URL", Registered, lambda it: registered_key(it.folder_id, it.fingerprint))

#: A cloud integration by id.
INTEGRATIONS = Kind("integration", Integration, lambda it: integration_key(it.id))

#: A registration job by id; the jobs of a folder, by time (by_parent).
JOBS = Kind(
    "upload job",
    Job,
    lambda it: job_key(it.id),
    {"by_parent": lambda it: Key(f"FOLDER#{it.folder_id}#JOBS", iso(it.created_at))},
)

#: What became of each batch of a job.
BATCHES = Kind("batch", Batch, lambda it: Key(batches_of(it.job_id), f"{it.number:06}"))


def folder_key(folder_id: str) -> Key:
    """Where a folder lies."""
    return Key(f"FOLDER#{folder_id}")


def item_key(item_id: str) -> Key:
    """Where an item lies."""
    return Key(f"ITEM#{item_id}")


def integration_key(integration_id: str) -> Key:
    """Where an integration lies."""
    return Key(f"INTEGRATION#{integration_id}")


def job_key(job_id: str) -> Key:
    """Where a registration job lies."""
    return Key(f"JOB#{job_id}")


def registered_key(folder_id: str, fingerprint: str) -> Key:
    """Where it is noted that a folder has certain URLs."""
    return Key(f"FOLDER#{folder_id}#URL#{fingerprint}")


def items_of(folder_id: str) -> str:
    """The partition of a folder's items in the index by_parent."""
    return f"FOLDER#{folder_id}#ITEMS"


def folders_of(folder_id: str) -> str:
    """The partition of a folder's folders in the index by_parent."""
    return f"FOLDER#{folder_id}#FOLDERS"


def batches_of(job_id: str) -> str:
    """The partition of a job's batches."""
    return f"JOB#{job_id}#BATCHES"


def _within(folder: Folder) -> Key:
    return Key(folders_of(folder.parent_id or ""), f"{folder.title}#{folder.id}")


def _listed(item: Item) -> Key:
    return Key(items_of(item.folder_id), f"{iso(item.created_at)}#{item.row or 0:09}")

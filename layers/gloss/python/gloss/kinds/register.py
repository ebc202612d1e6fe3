"""Records of folders, items, integrations and registration jobs."""

from gloss.domain.data_group import Grouped
from gloss.domain.folder import Folder
from gloss.domain.integration import Integration
from gloss.domain.job import Batch, Job
from gloss.domain.media import Item
from gloss.domain.model import cut, iso
from gloss.domain.registering import Registered, is_listed
from gloss.domain.tally import Holdings, Tally
from gloss.domain.uploads import Upload
from gloss.ports import Key, Kind

#: So much of a title orders a list; the id behind it makes each place one thing's own.
TITLE_BYTES = 960

#: A folder by id; the folders in a folder, or at the top, by title (by_parent); an organisation's by title (by_owner)
#: and by time (by_state).
FOLDERS = Kind(
    "folder",
    Folder,
    lambda it: folder_key(it.id),
    {
        "by_parent": lambda it: Key(beside(it), titled(it)) if it.deleted_at is None else None,
        "by_owner": lambda it: Key(all_folders_of(it.org_id), titled(it)) if it.deleted_at is None else None,
        "by_state": lambda it: (
            Key(times_of(it.org_id), f"{iso(it.created_at)}#{it.id}") if it.deleted_at is None else None
        ),
    },
)

#: An item by id; the visible items of a folder in the order of registration (by_parent) and by title (by_owner).
ITEMS = Kind(
    "item",
    Item,
    lambda it: item_key(it.id),
    {
        "by_parent": lambda it: _listed(it) if is_listed(it) else None,
        "by_owner": lambda it: Key(titles_of(it.folder_id), titled(it)) if is_listed(it) else None,
    },
    # Most items stay below 1 KiB, which is one write unit here and one in each index, when defaults are left out.
    text=lambda it: it.model_dump_json(exclude_defaults=True),
)

#: That an item is a member of a data group; whether the group is there still, its own item says.
GROUPED = Kind("member of a data group", Grouped, lambda it: Key(groups_with(it.item_id), it.group_id))

#: The first item that a folder got for a kind of media and its canonical URLs from a job that keeps duplicates.
REGISTERED = Kind("registered URL", Registered, lambda it: registered_key(it.folder_id, it.fingerprint))

#: Each further item of the same URLs.
FURTHER = Kind(
    "further registered URL", Registered, lambda it: Key(further_of(it.folder_id, it.fingerprint), it.item_id)
)

#: What a folder holds, as far as tallies were folded into it.
HOLDINGS = Kind("holdings", Holdings, lambda it: holdings_key(it.folder_id))

#: By how much single changes altered what a folder holds, until they are folded.
TALLIES = Kind("tally", Tally, lambda it: Key(tallies_of(it.folder_id), it.id))

#: A cloud integration by id.
INTEGRATIONS = Kind("integration", Integration, lambda it: integration_key(it.id))

#: A registration job by id; the jobs of a folder, by time (by_parent).
JOBS = Kind(
    "upload job",
    Job,
    lambda it: job_key(it.id),
    {"by_parent": lambda it: Key(jobs_of(it.folder_id), iso(it.created_at))},
)

#: What became of each batch of a job.
BATCHES = Kind("batch", Batch, lambda it: batch_key(it.job_id, it.number))

#: An uploaded file by id.
UPLOADS = Kind("upload", Upload, lambda it: upload_key(it.id))


def folder_key(folder_id: str) -> Key:
    """Where a folder lies."""
    return Key(f"FOLDER#{folder_id}")


def item_key(item_id: str) -> Key:
    """Where an item lies."""
    return Key(f"ITEM#{item_id}")


def groups_with(item_id: str) -> str:
    """The partition of the data groups that were made of an item."""
    return f"ITEM#{item_id}#GROUPS"


def upload_key(upload_id: str) -> Key:
    """Where an upload lies."""
    return Key(f"UPLOAD#{upload_id}")


def integration_key(integration_id: str) -> Key:
    """Where an integration lies."""
    return Key(f"INTEGRATION#{integration_id}")


def jobs_of(folder_id: str) -> str:
    """The partition of a folder's jobs in the index by_parent."""
    return f"FOLDER#{folder_id}#JOBS"


def job_key(job_id: str) -> Key:
    """Where a registration job lies."""
    return Key(f"JOB#{job_id}")


def registered_key(folder_id: str, fingerprint: str) -> Key:
    """Where it is noted that a folder has certain URLs."""
    return Key(f"FOLDER#{folder_id}#URL#{fingerprint}")


def further_of(folder_id: str, fingerprint: str) -> str:
    """The partition of what else a folder has under certain URLs."""
    return f"FOLDER#{folder_id}#URL#{fingerprint}#FURTHER"


def items_of(folder_id: str) -> str:
    """The partition of a folder's items in the index by_parent."""
    return f"FOLDER#{folder_id}#ITEMS"


def titles_of(folder_id: str) -> str:
    """The partition of a folder's items in the index by_owner, where they lie by title."""
    return f"FOLDER#{folder_id}#TITLES"


def folders_of(folder_id: str) -> str:
    """The partition of a folder's folders in the index by_parent."""
    return f"FOLDER#{folder_id}#FOLDERS"


def folders_on_top(org_id: str) -> str:
    """The partition of the folders that lie in none, in the index by_parent."""
    return f"ORG#{org_id}#TOP"


def all_folders_of(org_id: str) -> str:
    """The partition of an organisation's folders in the index by_owner."""
    return f"ORG#{org_id}#FOLDERS"


def times_of(org_id: str) -> str:
    """The partition of an organisation's folders in the index by_state, where they lie by time."""
    return f"ORG#{org_id}#FOLDERS#TIMES"


def beside(folder: Folder) -> str:
    """The partition in which a folder lies beside those of the same parent."""
    return folders_on_top(folder.org_id) if folder.parent_id is None else folders_of(folder.parent_id)


def titled(it: Folder | Item) -> str:
    """A place in a list by title, whatever its letters' case."""
    return f"{title_start(it.title)}#{it.id}"


def title_start(title: str) -> str:
    """How a title begins in a list by title."""
    return cut(title.casefold(), TITLE_BYTES)


def holdings_key(folder_id: str) -> Key:
    """Where the sum of a folder's tallies lies."""
    return Key(f"FOLDER#{folder_id}#HOLDINGS")


def tallies_of(folder_id: str) -> str:
    """The partition of a folder's tallies."""
    return f"FOLDER#{folder_id}#TALLIES"


def batches_of(job_id: str) -> str:
    """The partition of a job's batches."""
    return f"JOB#{job_id}#BATCHES"


def batch_key(job_id: str, number: int) -> Key:
    """Where a batch of a job lies."""
    return Key(batches_of(job_id), f"{number:06}")


def _listed(item: Item) -> Key:
    return Key(items_of(item.folder_id), f"{iso(item.created_at)}#{item.row or 0:09}")

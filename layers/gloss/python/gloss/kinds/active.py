"""Records of staged imports, what a project's explorer shows, collections, and what was sent to Annotate."""

from gloss.domain.capabilities import Stage
from gloss.domain.collections import Collection, Sending
from gloss.domain.imports import Batch, Explored, Import
from gloss.domain.model import iso
from gloss.ports import Key, Kind

#: An import by id; the imports of a project, by time (by_parent).
IMPORTS = Kind(
    "import",
    Import,
    lambda it: import_key(it.id),
    {"by_parent": lambda it: Key(imports_of(it.project_id), f"{iso(it.began_at)}#{it.id}")},
)

#: One batch of one stage of an import, and all batches of a stage; a job's counts are sums over them.
IMPORT_BATCHES = Kind(
    "import batch", Batch, lambda it: Key(import_batches_of(it.import_id, it.stage), f"{it.number:06}")
)

#: What a project's explorer shows: which import, which index, which stage has closed.
EXPLORED = Kind("explored project", Explored, lambda it: explored_key(it.project_id))

#: A collection by project and id, and all collections of a project.
COLLECTIONS = Kind("collection", Collection, lambda it: collection_key(it.project_id, it.id))

#: One sending of a collection to Annotate, by the request that asked for it.
SENDINGS = Kind("sending", Sending, lambda it: sending_key(it.project_id, it.id))


def import_key(import_id: str) -> Key:
    """Where an import lies."""
    return Key(f"IMPORT#{import_id}")


def imports_of(project_id: str) -> str:
    """The partition of a project's imports in the index by_parent."""
    return f"PROJECT#{project_id}#IMPORTS"


def import_batches_of(import_id: str, stage: Stage) -> str:
    """The partition of the batches of one stage."""
    return f"IMPORT#{import_id}#STAGE#{stage.value}"


def import_batch_key(import_id: str, stage: Stage, number: int) -> Key:
    """Where one batch lies."""
    return Key(import_batches_of(import_id, stage), f"{number:06}")


def explored_key(project_id: str) -> Key:
    """Where it is noted what a project's explorer shows."""
    return Key(f"PROJECT#{project_id}", "EXPLORED")


def collections_of(project_id: str) -> str:
    """The partition of a project's collections."""
    return f"PROJECT#{project_id}#COLLECTIONS"


def collection_key(project_id: str, collection_id: str) -> Key:
    """Where a collection lies."""
    return Key(collections_of(project_id), collection_id)


def sending_key(project_id: str, sending_id: str) -> Key:
    """Where the sending of a request lies."""
    return Key(f"PROJECT#{project_id}#SENDINGS", sending_id)

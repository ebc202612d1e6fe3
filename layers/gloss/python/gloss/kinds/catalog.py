"""Records of ontologies, datasets, workflow templates and projects."""

from gloss.domain.dataset import Attachment, DataRow, Dataset, Uses
from gloss.domain.model import iso
from gloss.domain.ontology import Ontology, OntologyUse
from gloss.domain.project import Project, WorkflowTemplate
from gloss.ports import Key, Kind

#: An ontology by id.
ONTOLOGIES = Kind("ontology", Ontology, lambda it: Key(f"ONTOLOGY#{it.id}"))

#: A dataset by id.
DATASETS = Kind("dataset", Dataset, lambda it: Key(f"DATASET#{it.id}"))

#: A data unit by dataset and id, and all of a dataset; in the order of attachment (by_parent); by id alone (by_state);
#: the data units that an item backs (by_owner).
DATA_ROWS = Kind(
    "data row",
    DataRow,
    lambda it: data_row_key(it.dataset_id, it.id),
    {
        "by_parent": lambda it: Key(data_rows_of(it.dataset_id), f"{iso(it.attached_at)}#{it.title}"),
        "by_state": lambda it: Key(data_units_by_id(it.id)),
        "by_owner": lambda it: Key(data_units_of(it.item_id), it.dataset_id),
    },
)

#: How many data units an item backs; saved with each data unit, so that lists of items need not count.
USES = Kind("uses of an item", Uses, lambda it: uses_key(it.item_id))

#: The projects that a dataset is on.
ATTACHMENTS = Kind("attachment", Attachment, lambda it: attachment_key(it.dataset_id, it.project_id))

#: The projects that work by an ontology, whose people may read it.
ONTOLOGY_USES = Kind("ontology use", OntologyUse, lambda it: Key(uses_of(it.ontology_id), it.project_id))

#: A workflow template by id.
TEMPLATES = Kind("workflow template", WorkflowTemplate, lambda it: Key(f"TEMPLATE#{it.id}"))

#: A project, with its workflow, by id.
PROJECTS = Kind("project", Project, lambda it: Key(f"PROJECT#{it.id}"))


def uses_key(item_id: str) -> Key:
    """Where it lies how often an item is used."""
    return Key(f"ITEM#{item_id}", "USES")


def attachment_key(dataset_id: str, project_id: str) -> Key:
    """Where the link between a dataset and a project lies."""
    return Key(f"DATASET#{dataset_id}#PROJECTS", project_id)


def data_units_of(item_id: str) -> str:
    """The partition of the data units that an item backs, in the index by_owner."""
    return f"ITEM#{item_id}#DATA"


def uses_of(ontology_id: str) -> str:
    """The partition of the projects that work by an ontology."""
    return f"ONTOLOGY#{ontology_id}#PROJECTS"


def data_units_by_id(data_id: str) -> str:
    """The partition of a data unit of whatever dataset, in the index by_state."""
    return f"DATA#{data_id}"


def data_rows_of(dataset_id: str) -> str:
    """The partition of a dataset's data units."""
    return f"DATASET#{dataset_id}#ROWS"


def data_row_key(dataset_id: str, data_id: str) -> Key:
    """Where a data unit lies."""
    return Key(data_rows_of(dataset_id), data_id)

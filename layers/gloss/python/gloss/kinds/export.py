"""Records of exports, their batches and label versions."""

from gloss.domain.export import Export, ExportBatch, LabelVersion
from gloss.domain.model import iso
from gloss.ports import Key, Kind

#: An export by id; the exports of a project, by time (by_parent).
EXPORTS = Kind(
    "export",
    Export,
    lambda it: export_key(it.id),
    {"by_parent": lambda it: Key(exports_of(it.project_id), f"{iso(it.created_at)}#{it.id}")},
)

#: What was written of each batch of an export, in order; its counts are sums over them.
EXPORT_BATCHES = Kind("export batch", ExportBatch, lambda it: export_batch_key(it.export_id, it.number))

#: A label version by id; those of a project, by time (by_parent).
LABEL_VERSIONS = Kind(
    "label version",
    LabelVersion,
    lambda it: label_version_key(it.id),
    {"by_parent": lambda it: Key(label_versions_of(it.project_id), f"{iso(it.created_at)}#{it.id}")},
)


def export_key(export_id: str) -> Key:
    """Where an export lies."""
    return Key(f"EXPORT#{export_id}")


def exports_of(project_id: str) -> str:
    """The by_parent partition of a project's exports."""
    return f"PROJECT#{project_id}#EXPORTS"


def export_batches_of(export_id: str) -> str:
    """The partition of an export's batches."""
    return f"EXPORT#{export_id}#BATCHES"


def export_batch_key(export_id: str, number: int) -> Key:
    """Where one batch of an export lies."""
    return Key(export_batches_of(export_id), f"{number:06}")


def label_version_key(version_id: str) -> Key:
    """Where a label version lies."""
    return Key(f"LABELVERSION#{version_id}")


def label_versions_of(project_id: str) -> str:
    """The by_parent partition of a project's label versions."""
    return f"PROJECT#{project_id}#LABELVERSIONS"

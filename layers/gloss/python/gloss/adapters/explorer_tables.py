"""The tables of the embedded explorer index: which shards they are read from and which columns they have."""

from collections.abc import Mapping

from gloss.domain.metrics.registry import DATA_METRICS, LABEL_METRICS

Columns = Mapping[str, str]

FRAME: Columns = {
    "id": "VARCHAR",
    "data_id": "VARCHAR",
    "task_id": "VARCHAR",
    "title": "VARCHAR",
    "frame_title": "VARCHAR",
    "kind": "VARCHAR",
    "frame": "BIGINT",
    "timestamp_s": "DOUBLE",
    "width_px": "BIGINT",
    "height_px": "BIGINT",
    "stage": "VARCHAR",
    "priority": "DOUBLE",
    "thumbnail": "VARCHAR",
    "metadata": "JSON",
}
DATA: Columns = {metric.key: "DOUBLE" for metric in DATA_METRICS}
PLACE: Columns = {"x": "DOUBLE", "y": "DOUBLE"}
LABEL: Columns = {
    "id": "VARCHAR",
    "frame_id": "VARCHAR",
    "feature": "VARCHAR",
    "kind": "VARCHAR",
    "manual": "BOOLEAN",
    "object_hash": "VARCHAR",
}
LABEL_DATA: Columns = {metric.key: "DOUBLE" for metric in LABEL_METRICS}
FACT: Columns = {
    "id": "VARCHAR",
    "key": "VARCHAR",
    "type": "VARCHAR",
    "text": "VARCHAR",
    "number": "DOUBLE",
    "moment": "TIMESTAMPTZ",
    "latitude": "DOUBLE",
    "longitude": "DOUBLE",
}

#: Every folder of shards and the columns that its lines may have; a folder without shards reads as an empty table.
SHARDS: Mapping[str, Columns] = {
    "frames": FRAME,
    "facts": FACT,
    "labels": LABEL,
    "measures": {"id": "VARCHAR", **DATA},
    "label-measures": {"id": "VARCHAR", **LABEL_DATA},
    "vectors": {"id": "VARCHAR", "place": "BIGINT"},
    "custom": {"id": "VARCHAR", "key": "VARCHAR", "place": "BIGINT"},
    "relations": {"id": "VARCHAR", "uniqueness": "DOUBLE"},
    "map": {"id": "VARCHAR", "diversity": "DOUBLE", **PLACE},
}

_LATE = ("uniqueness", "diversity")
_MEASURED = ", ".join(f"m.{key}" for key in DATA if key not in _LATE)

#: The index's tables, made from the shards; `row` is a frame's place in the vector matrices.
INDEX: Mapping[str, str] = {
    "frames": f"""
        SELECT row_number() OVER (ORDER BY f.data_id, f.frame, f.id) - 1 AS row, f.*, {_MEASURED},
               r.uniqueness, p.diversity, p.x, p.y, v.place IS NOT NULL AS embedded
        FROM frames f LEFT JOIN measures m USING (id) LEFT JOIN relations r USING (id)
        LEFT JOIN map p USING (id) LEFT JOIN vectors v USING (id) ORDER BY row""",  # noqa: S608
    "labels": f"""
        SELECT i.row, l.*, {", ".join(f"m.{key}" for key in LABEL_DATA)}
        FROM labels l JOIN indexed i ON i.id = l.frame_id
        LEFT JOIN "label-measures" m ON m.id = l.id ORDER BY i.row, l.id""",  # noqa: S608
    "custom": """
        SELECT c.key, row_number() OVER (PARTITION BY c.key ORDER BY i.row) - 1 AS place, i.row, c.place AS source
        FROM custom c JOIN indexed i USING (id) ORDER BY c.key, i.row""",
    "facts": "SELECT i.row, f.* EXCLUDE (id) FROM facts f JOIN indexed i USING (id) ORDER BY f.key, i.row",
}


def empty(columns: Columns) -> str:
    """SQL of a table without rows."""
    return "SELECT " + ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in columns.items()) + " WHERE false"


def read(columns: Columns, pattern: str) -> str:
    """SQL that reads NDJSON files."""
    typed = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    return f"SELECT * FROM read_json('{pattern}', format='newline_delimited', columns={{{typed}}})"  # noqa: S608

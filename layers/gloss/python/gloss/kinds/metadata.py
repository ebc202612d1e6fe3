"""Records of metadata schemas."""

from gloss.domain.metadata_schema import MetadataSchema, PastSchema
from gloss.ports import Key, Kind

#: The metadata schema of an organisation.
SCHEMAS = Kind("metadata schema", MetadataSchema, lambda it: schema_key(it.org_id))

#: Every version of a metadata schema: what a job that began under it reads.
PAST_SCHEMAS = Kind("past metadata schema", PastSchema, lambda it: past_schema_key(it.org_id, it.number))


def schema_key(org_id: str) -> Key:
    """Where an organisation's metadata schema lies."""
    return Key(f"ORG#{org_id}#METADATA-SCHEMA")


def past_schema_key(org_id: str, number: int) -> Key:
    """Where a version of it lies."""
    return Key(f"ORG#{org_id}#METADATA-SCHEMA", f"VERSION#{number:09}")

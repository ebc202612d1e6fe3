"""The organisation's metadata schema: shown, replaced, and asked what metadata may be."""

from collections.abc import Iterable

from pydantic import Field
from pydantic_core import to_json

from gloss.domain import metadata_schema
from gloss.domain.access import Caller
from gloss.domain.errors import Fault, Invalid, Stale
from gloss.domain.imports import Import
from gloss.domain.job import Job
from gloss.domain.manifest.units import RowFault, Unit
from gloss.domain.media import Metadata
from gloss.domain.metadata import RESERVED
from gloss.domain.metadata_schema import MetadataSchema, PastSchema, Types
from gloss.domain.metadata_types import KeyType
from gloss.domain.model import OrgId, Value
from gloss.kinds.metadata import PAST_SCHEMAS, SCHEMAS, past_schema_key, schema_key
from gloss.ports import Ports, Save, Store

FAULTS_A_ROW = 5
LARGEST_OF_FOLDER = 256 * 1024


class WantedSchema(Value):
    """A whole schema; keys that it leaves out are deleted, softly. With `version`, only that version is replaced."""

    types: dict[str, KeyType] = Field(max_length=5000)
    version: int | None = Field(default=None, ge=0)


def schema_of(org_id: OrgId, store: Store) -> MetadataSchema:
    """The schema as it stands; version 0 without a type when nobody has written one."""
    return store.find(SCHEMAS, schema_key(org_id)) or MetadataSchema(org_id=org_id)


def replace(wanted: WantedSchema, caller: Caller, ports: Ports) -> MetadataSchema:
    """Its next version, or the stored one when it says the same; raises Invalid, or Stale on an old version."""
    stored = schema_of(caller.org_id, ports.store)
    if wanted.types == stored.types:
        return stored
    if wanted.version not in (None, stored.version):
        raise Stale(f"The metadata schema is at version {stored.version}, not {wanted.version}; read it again.")
    made = metadata_schema.replaced(stored, wanted.types, caller.user_id, ports.clock.now())
    past = PastSchema(org_id=made.org_id, number=made.version, types=made.types)
    ports.store.commit([Save(SCHEMAS, made), Save(PAST_SCHEMAS, past)])
    return made


def types_of(job: Job | Import, store: Store) -> Types:
    """The types that a job pinned when it began, so that every row is read alike whatever is changed meanwhile."""
    if job.schema_version is None:
        return schema_of(job.org_id, store).types
    if job.schema_version == 0:
        return {}
    return store.get(PAST_SCHEMAS, past_schema_key(job.org_id, job.schema_version)).types


def of_folder(said: Metadata, org_id: OrgId, store: Store) -> Metadata:
    """A folder's metadata as they are kept; raises Invalid for what breaks the schema or is too much for a folder."""
    values = metadata_schema.demand(said, schema_of(org_id, store).types)
    reserved = [
        Fault(f"metadata.{key}", "a folder has no frames; this key belongs to items") for key in RESERVED & said.keys()
    ]
    size = len(to_json(values))
    if reserved or size > LARGEST_OF_FOLDER:
        message = (
            f"A folder's metadata have no marks on frames and at most {LARGEST_OF_FOLDER} bytes; these take {size}."
        )
        raise Invalid(message, reserved)
    return values


def read_rows(rows: Iterable[Unit | RowFault], job: Job, store: Store) -> list[Unit | RowFault]:
    """Rows with their metadata as they are kept; a row that breaks the job's schema becomes a fault that says where."""
    types = types_of(job, store)
    return [row if isinstance(row, RowFault) or not row.client_metadata else _row(row, types) for row in rows]


def _row(unit: Unit, types: Types) -> Unit | RowFault:
    values, found = metadata_schema.read_row(unit.client_metadata, types)
    if found:
        path, reason = metadata_schema.in_row(f"{unit.path}.clientMetadata", found, FAULTS_A_ROW)
        return RowFault(row=unit.row, path=path, reason=reason, urls=unit.urls, line=unit.line)
    return unit.model_copy(update={"client_metadata": values})
